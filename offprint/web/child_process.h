// A program that runs beside this one: its lines on stderr, its end, and how it is ended.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace offprint::web {

// Used by one thread, which must not end before it: the child dies with the thread that started it.
class ChildProcess {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;

  // Starts command[0], a path, at low priority, with `more` added to this program's environment;
  // it reads nothing, and what it prints to stdout goes to the file `out`, or nowhere. Throws Error
  // where the system has no room for it. A path that is no program ends with exit code 127.
  explicit ChildProcess(const std::vector<std::string>& command, const Environment& more = {},
                        const std::filesystem::path& out = "/dev/null");
  ~ChildProcess();  // kills it and what it started, if it lives
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Whole lines that came on stderr, waiting up to `milliseconds` for the first. A line is at most
  // 64 KiB; longer ones come in pieces.
  std::vector<std::string> lines(int milliseconds);
  bool ended();  // it is gone, and every line was taken

  void interrupt();  // as Ctrl-C does
  void kill();
  int64_t memory_mib() const;  // resident now; 0 once it ended

  int exit_code() const { return exit_code_; }  // once ended; -1 if a signal ended it
  int signal() const { return signal_; }        // that ended it; else 0

 private:
  void look();
  pid_t pid_ = -1;
  int pipe_ = -1;
  bool gone_ = false, drained_ = false;
  std::string partial_;
  int exit_code_ = -1, signal_ = 0;
};

}  // namespace offprint::web
