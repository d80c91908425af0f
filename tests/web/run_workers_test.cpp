// Workers with shell scripts in place of the program, and once with the program itself.
#include "offprint/web/run_workers.h"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <functional>

#include "offprint/core/file.h"
#include "offprint/papers/card_shelf.h"
#include "offprint/web/run_jobs.h"
#include "offprint/web/use_jobs.h"
#include "tests/data/scratch.h"
#include "tests/places.h"

using namespace offprint;
using namespace offprint::web;
using namespace offprint::tests;
namespace fs = std::filesystem;

namespace {

struct Base {
  data::Scratch scratch;
  const fs::path& folder = scratch.folder;
  std::unique_ptr<store::Database> database =
      std::make_unique<store::Database>((folder / "db.sqlite").string());

  int64_t ask(uint64_t seed, Json options = Json::object()) {
    const Json asked = {{"slug", "s4d"}, {"seed", seed}, {"options", std::move(options)}};
    return ask_for_run(*database, run_request(asked), 0, 1000)->job;
  }
  store::Job job(int64_t key) { return store::find_job(*database, key).value(); }
  store::Job wait(int64_t key, const std::function<bool(const store::Job&)>& until) {
    for (int i = 0; i < 2400 && !until(job(key)); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    return job(key);
  }
  store::Job wait_for_end(int64_t key) {
    return wait(key, [](const store::Job& j) { return j.ended(); });
  }
  // `script` is what the program does; its last argument is --json=FILE.
  WorkerOptions with(const std::string& script) {
    const fs::path program = folder / "program.sh";
    write_file(program, "#!/bin/sh\nfor last; do :; done\ncard=${last#--json=}\n" + script + "\n");
    fs::permissions(program, fs::perms::owner_all);
    WorkerOptions options;
    options.program = program, options.folder = folder;
    return options;
  }
};

}  // namespace

TEST_CASE("run command: the words a person would type") {
  store::JobRequest request;
  request.slug = "s4d", request.scale = "standard", request.seed = 7;
  request.options = "{\"lr\":0.5,\"ablation\":true,\"free\":false,\"init\":\"legs\"}";
  CHECK(run_command(request, "c.json") ==
        std::vector<std::string>{"run", "s4d", "--scale=standard", "--seed=7", "--progress=json",
                                 "--json=c.json", "--lr=0.5", "--ablation", "--no-free",
                                 "--init=legs"});
}

TEST_CASE("run log: progress, messages worth keeping, and other last words") {
  RunLog log;
  log.take("{\"task\":\"training\",\"step\":3,\"total\":9,\"values\":{\"loss\":0.5}}");
  log.take("{\"task\":\"training\",\"message\":\"LegS: 96 %\"}");
  log.take("offprint: out of memory");
  CHECK(log.to_json()["task"] == "training");
  CHECK(log.to_json()["log"] == Json::array({"LegS: 96 %"}));
  CHECK(log.last_words() == "offprint: out of memory");
}

TEST_CASE("workers: a run that fails, crashes, hangs or takes too much costs that run alone") {
  Base base;
  WorkerOptions options = base.with(R"(case "$*" in
    *seed=2*) echo 'offprint: no such luck' >&2; exit 1;;
    *seed=3*) kill -SEGV $$;;
    *seed=4*) sleep 60;;
    *seed=5*) trap 'exit 130' INT; while :; do sleep 0.05; done;;
    *seed=6*) exit 0;;
  esac)");
  options.quick_seconds = 1.5, options.count = 2;
  const int64_t fails = base.ask(2), crashes = base.ask(3), hangs = base.ask(4),
                empty = base.ask(6);
  {
    const RunWorkers workers(*base.database, options);
    CHECK(base.wait_for_end(fails).error == "offprint: no such luck");
    CHECK(base.wait_for_end(crashes).error.starts_with("the run crashed: "));
    CHECK(base.wait_for_end(hangs).error == "ended: it took longer than 2 s");
    CHECK(base.wait_for_end(empty).error == "the run ended with status 0");  // and left no card
    for (const int64_t key : {fails, crashes, hangs, empty})
      CHECK(base.job(key).state == store::JobState::failed);
    const int64_t stopped = base.ask(5);
    base.wait(stopped, [](const store::Job& j) { return j.state == store::JobState::running; });
    store::stop_job(*base.database, stopped, 2000);
    CHECK(base.wait_for_end(stopped).state == store::JobState::stopped);
  }
  CHECK(fs::is_empty(base.folder / "runs"));  // no card folders are left
}

TEST_CASE("workers: ended with a run under way, they stop it and say so") {
  Base base;
  const int64_t key = base.ask(5);
  {
    const RunWorkers workers(*base.database,
                             base.with("trap 'exit 130' INT; while :; do sleep 0.05; done"));
    base.wait(key, [](const store::Job& j) { return j.state == store::JobState::running; });
  }
  CHECK(base.job(key).state == store::JobState::stopped);
}

TEST_CASE("workers: the program itself: progress while it runs, the card equals the shelf's") {
  Base base;
  WorkerOptions options;
  options.program = program(), options.folder = base.folder;
  const int64_t key = base.ask(3, {{"delay-steps", 4}, {"delay-length", 128}, {"delay-lag", 10}});
  const RunWorkers workers(*base.database, options);
  const store::Job done = base.wait_for_end(key);
  CHECK(done.state == store::JobState::done);
  CHECK(done.error == "");
  const auto card = card_of(done);
  REQUIRE(card);
  CHECK(card->seed == 3);
  CHECK(!to_json(done)["progress"]["log"].empty());
  const auto shelved = papers::CardShelf(base.folder).best("s4d");
  REQUIRE(shelved);
  CHECK(json_text(papers::to_json(*shelved)) == json_text(papers::to_json(*card)));
}

TEST_CASE("workers: a method on a person's table: what it prints and its files are kept") {
  Base base;
  std::string table = "load\n";
  for (int i = 0; i < 200; ++i) table += std::to_string(i % 7) + "\n";
  const std::string upload = keep_upload(base.folder, table);
  const auto request = use_request(tasks::find_data_verb("forecast"),
                                   {{"method", "drift"}, {"option-horizon", "5"}}, upload);
  const auto bad = use_request(tasks::find_data_verb("forecast"), {{"target", "none"}}, upload);
  WorkerOptions options;
  options.program = program(), options.folder = base.folder;
  const int64_t key = ask_for_run(*base.database, request, 0, 1000)->job;
  const int64_t wrong = ask_for_run(*base.database, bad, 0, 1000)->job;
  const RunWorkers workers(*base.database, options);
  const store::Job done = base.wait_for_end(key);
  CHECK(done.error == "");
  REQUIRE(done.state == store::JobState::done);
  const Json result = parse_json(done.card, "result");
  CHECK(result["files"] == Json({"forecast.csv", "forecast.svg"}));
  CHECK(result["text"].get<std::string>().find("200 rows") != std::string::npos);
  CHECK(!ask_for_run(*base.database, request, 0, 2000)->fresh);  // the same again is not done again
  const store::Job failed = base.wait_for_end(wrong);
  CHECK(failed.state == store::JobState::failed);
  CHECK(failed.error.find("none") != std::string::npos);
  CHECK(failed.error.find(base.folder.string()) == std::string::npos);
}
