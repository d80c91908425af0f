// A site on a port of its own with one run card, for tests that ask it as browsers and programs do.
#pragma once
#include <doctest/doctest.h>
#include <httplib.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "offprint/papers/run_card.h"
#include "offprint/store/jobs.h"
#include "offprint/web/server.h"

namespace offprint {

struct RunningServer {
  std::filesystem::path folder;
  std::unique_ptr<web::Site> site;
  std::unique_ptr<web::Server> server;
  std::thread thread;

  explicit RunningServer(const std::string& name, web::SiteOptions options = {})
      : folder(std::filesystem::temp_directory_path() /
               ("offprint_" + name + "_" + std::to_string(getpid()))) {
    std::filesystem::remove_all(folder);
    options.with_meaning = false;
    site = std::make_unique<web::Site>(folder, options);
    papers::RunCard card;
    card.slug = "s4d", card.scale = "quick", card.started = "2025-11-01T00:00:00Z";
    papers::Measured claim;
    claim.statement = "measured <here>", claim.verdict = papers::Verdict::holds;
    claim.direction = "at most", claim.kind = "trend";
    card.claims = {claim};
    site->shelf().put(card);
    site->take_verdicts();
    server = std::make_unique<web::Server>(*site, "127.0.0.1", 0);
    thread = std::thread([this] { server->run(); });
    while (!ask("/healthz")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  ~RunningServer() {
    server->stop();
    thread.join();
    std::filesystem::remove_all(folder);
  }

  // A run that ended and left this card; its number.
  int64_t add_run(const papers::RunCard& card) const {
    const store::JobRequest request{
        .slug = card.slug, .scale = card.scale, .seed = card.seed, .revision = "r"};
    const int64_t key = store::add_job(site->database(), request, 0, 100);
    store::claim_job(site->database(), "w", 1, 101);
    store::finish_job(site->database(), key, "w", store::JobState::done,
                      json_text(papers::to_json(card)), "", 102);
    return key;
  }

  httplib::Result ask(const std::string& path) const {
    return httplib::Client("127.0.0.1", server->port()).Get(path.c_str());
  }
  std::string body(const std::string& path, int status = 200) const {
    const auto reply = ask(path);
    REQUIRE_MESSAGE(reply, path);
    CHECK_MESSAGE(reply->status == status, path);
    return reply->body;
  }
};

// As a browser would send it back.
inline std::string form_token(const std::string& page) {
  const std::string_view mark = "name=\"form_token\" value=\"";
  const size_t at = page.find(mark);
  REQUIRE(at != page.npos);
  return page.substr(at + mark.size(), page.find('"', at + mark.size()) - at - mark.size());
}

// Somebody's browser: keeps its cookie, sends where it comes from, and fills in forms of the page
// it saw last.
class Browser {
 public:
  explicit Browser(const RunningServer& server)
      : client_("127.0.0.1", server.server->port()),
        origin_("http://127.0.0.1:" + std::to_string(server.server->port())) {}

  httplib::Response open(const std::string& path) {
    const auto reply = client_.Get(path.c_str(), headers());
    REQUIRE_MESSAGE(reply, path);
    page_ = reply->body;
    return *reply;
  }
  // Follows no redirection: the status is the server's answer to the form.
  httplib::Response send(const std::string& path, httplib::Params fields, bool with_token = true) {
    if (with_token) fields.emplace("form_token", form_token(page_));
    httplib::MultipartFormDataItems parts;
    for (const auto& [name, value] : fields) parts.push_back({name, value, "", ""});
    const auto reply = client_.Post(path.c_str(), headers(), parts);
    REQUIRE_MESSAGE(reply, path);
    if (reply->has_header("Set-Cookie")) {
      const std::string cookie = reply->get_header_value("Set-Cookie");
      cookie_ = cookie.substr(0, cookie.find(';'));
    }
    return *reply;
  }
  const std::string& cookie() const { return cookie_; }

 private:
  httplib::Headers headers() const {
    httplib::Headers all = {{"Origin", origin_}, {"Sec-Fetch-Site", "same-origin"}};
    if (!cookie_.empty()) all.emplace("Cookie", cookie_);
    return all;
  }
  httplib::Client client_;
  std::string origin_, cookie_, page_;
};

}  // namespace offprint
