// The site over HTTP: pages, the hub's JSON API, feeds. Reads only; what writes comes later.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "offprint/web/site.h"

namespace offprint::web {

class Server {
 public:
  // Listens from now on. Port 0 takes any free one. Throws Error, one line, where the port is in
  // use or not ours to take. `address` is what links in feeds begin with; empty: http://host:port.
  Server(Site& site, const std::string& host, int port, std::string address = "");
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;
  const std::string& address() const;  // "http://localhost:8400"

  // Answers until `stop` is set or stop() is called from another thread, before run() or during
  // it. Looks at the shelf for new cards every two seconds.
  void run(const std::atomic<bool>* stop = nullptr);
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace offprint::web
