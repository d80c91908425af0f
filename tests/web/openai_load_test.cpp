// Many clients of a served model at once, a third of whom leave in the middle.
// OFFPRINT_LOAD_SECONDS=300 for as long by hand.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>

#include "offprint/core/rng.h"
#include "offprint/web/served_model.h"
#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"
#include "tests/web/running_server.h"

using namespace offprint;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kClients = 64;

double resident_mib() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

struct Tally {
  std::mutex lock;
  std::vector<double> waits;  // seconds to the first byte of those who stayed
  std::vector<int> served = std::vector<int>(kClients);
  int left = 0, refused = 0;
  std::map<std::string, int> broken;  // no answer, or not a whole one
};

Json ask_of(Rng& rng, int client) {
  const std::string text = "client " + std::to_string(client % 5) + " asks";
  Json ask = {{"messages", {{{"role", "user"}, {"content", text}}}},
              {"max_tokens", 2 + static_cast<int>(rng.uniform() * 12)},
              {"temperature", 1},
              {"stream", rng.uniform() < 0.6}};
  if (rng.uniform() < 0.2) ask["n"] = 2;
  if (rng.uniform() < 0.2) ask["response_format"] = {{"type", "json_object"}};
  return ask;
}

// Asks once, false where it was sent away; leaves after some pieces where `leaves` says so.
bool ask_once(httplib::Client& http, int client, Rng& rng, bool leaves, Tally& tally) {
  const Json ask = ask_of(rng, client);
  const auto begin = Clock::now();
  double wait = -1;
  std::string body;
  int pieces = leaves ? static_cast<int>(rng.uniform() * 4) : -1, status = 0;
  httplib::Request request;
  request.method = "POST", request.path = "/v1/chat/completions", request.body = json_text(ask);
  request.set_header("Content-Type", "application/json");
  request.response_handler = [&](const httplib::Response& response) {
    status = response.status;
    return pieces != 0;
  };
  request.content_receiver = [&](const char* data, size_t size, uint64_t, uint64_t) {
    if (wait < 0) wait = std::chrono::duration<double>(Clock::now() - begin).count();
    body.append(data, size);
    return pieces < 0 || --pieces > 0;
  };
  const auto reply = http.send(request);
  const std::lock_guard guard(tally.lock);
  if (leaves && !reply)
    ++tally.left;
  else if (!reply)
    ++tally.broken[httplib::to_string(reply.error())];
  else if (status == 503)
    return ++tally.refused, false;
  else if (status != 200 || body.find(ask["stream"] == true ? "[DONE]" : "\"usage\"") == body.npos)
    ++tally.broken["status " + std::to_string(status) + ": " + body.substr(0, 200)];
  else
    tally.waits.push_back(wait), ++tally.served[static_cast<size_t>(client)];
  return true;
}

void load(int port, double seconds, Tally& tally) {
  std::vector<std::thread> threads;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  for (int client = 0; client < kClients; ++client)
    threads.emplace_back([&, client] {
      httplib::Client http("127.0.0.1", port);
      http.set_read_timeout(120), http.set_keep_alive(true);
      Rng rng = Rng(11).split(static_cast<uint64_t>(client));
      do {
        if (!ask_once(http, client, rng, rng.uniform() < 1.0 / 3, tally))
          std::this_thread::sleep_for(50ms);  // as clients do that are told to come later
      } while (Clock::now() < end);
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("openai: under load nothing leaks, no place stays taken, and nobody is passed over") {
  const char* given = std::getenv("OFFPRINT_LOAD_SECONDS");
  const double seconds = given ? std::atof(given) : 4;
  const data::Scratch scratch;
  models::write_tiny_decoder(
      scratch / "m.gguf",
      {.context = 512,
       .chat_template = "{% for m in messages %}{{ m.role }}:{{ m.content }}<|end|>{% endfor %}"});
  const RunningServer server("openai_load");
  const auto model = std::make_shared<web::ServedModel>(scratch / "m.gguf", "tiny");
  server.site->serve(model);
  Tally warm, tally;
  load(server.server->port(), std::min(seconds / 4, 20.0), warm);
  const double before = resident_mib();
  load(server.server->port(), seconds, tally);
  // Who left is noticed at the next piece.
  for (int i = 0; i < 500 && model->queue.figures().places + model->queue.figures().waiting > 0;
       ++i)
    std::this_thread::sleep_for(10ms);
  const tasks::QueueFigures f = model->queue.figures();
  std::ranges::sort(tally.waits);
  REQUIRE(tally.waits.size() >= kClients);
  const auto [least, most] = std::ranges::minmax(tally.served);
  const double median = tally.waits[tally.waits.size() / 2], longest = tally.waits.back();
  MESSAGE(fmt::format(
      "{} s, {} clients: {} answered, {} left, {} sent away; first byte after {:.2f} s (median), "
      "{:.2f} s (99 %), {:.2f} s (longest); a client got {} to {}; {:.1f} MiB more "
      "than before; tokens: {} drawn, {} read, {} found read",
      seconds, kClients, tally.waits.size(), tally.left, tally.refused, median,
      tally.waits[tally.waits.size() * 99 / 100], longest, least, most, resident_mib() - before,
      f.said, f.read, f.shared));
  CHECK(f.places == 0);
  CHECK(f.waiting == 0);
  for (const auto& [problem, times] : tally.broken) CHECK_MESSAGE(times == 0, problem);
  // Those who left fill the queue until that is seen.
  CHECK(tally.refused < std::ssize(tally.waits));
  CHECK(f.done + f.left >= std::ssize(tally.waits) + std::ssize(warm.waits));
  CHECK(least >= 1);
  // The address sanitizer keeps what was freed for a while, and looks for leaks itself.
#if !defined(__SANITIZE_ADDRESS__)
  CHECK(resident_mib() - before < 64);
#endif
}
