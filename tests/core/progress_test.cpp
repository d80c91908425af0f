#include "offprint/core/progress.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "offprint/core/error.h"
#include "offprint/core/json.h"

using namespace offprint;

namespace {
// What a sink of this style writes for the work, on a clock the work moves by hand.
template <class Work>
std::string written(ProgressStyle style, Work work) {
  std::ostringstream out;
  double now = 0;
  {
    Progress progress(progress_to(
        out, style, [&now] { return now; }, 60));
    work(progress, now);
  }
  return out.str();
}
}  // namespace

TEST_CASE("Progress: a sink hears the task, each step and each message once") {
  std::vector<ProgressUpdate> heard;
  Progress progress([&](const ProgressUpdate& u) { heard.push_back(u); });
  progress.start("fit", 3);
  progress.at(1, {{"loss", 0.5}});
  progress.say("half way");
  progress.at(2);
  REQUIRE(heard.size() == 4);
  CHECK(heard[0].task == "fit");
  CHECK(heard[0].total == 3);
  CHECK(heard[1].values[0].first == "loss");
  CHECK(heard[2].message == "half way");
  CHECK(heard[2].step == 1);
  CHECK(heard[3].message.empty());
}

TEST_CASE("Progress: a stop request reaches the loop, silence never stops") {
  std::atomic<bool> stop = false;
  const Progress progress(nullptr, &stop);
  CHECK_NOTHROW(progress.throw_if_stopped());
  stop = true;
  CHECK(progress.stop_requested());
  CHECK_THROWS_AS(progress.throw_if_stopped(), Stopped);
  CHECK_FALSE(Progress().stop_requested());
}

TEST_CASE("Progress lines: one in ten seconds, the last step and every message") {
  const std::string text = written(ProgressStyle::lines, [](Progress& p, double& now) {
    p.start("fit", 100);
    for (int step = 1; step <= 100; ++step) {
      now += 0.25;
      p.at(step, {{"loss", 1.0 / step}});
      if (step == 3) p.say("warm");
    }
  });
  CHECK(text ==
        "fit\n"
        "warm\n"
        "fit: 40 of 100  loss 0.025\n"
        "fit: 80 of 100  loss 0.0125\n"
        "fit: 100 of 100  loss 0.01\n");
}

TEST_CASE("Progress lines: a task is named once, and again when it begins anew") {
  const std::string text = written(ProgressStyle::lines, [](Progress& p, double&) {
    for (int seed = 0; seed < 2; ++seed) {
      p.start("fit", 9);
      p.at(0);
      p.at(5);
    }
  });
  CHECK(text == "fit\nfit\n");
}

TEST_CASE("Progress bar: redraws one line, keeps messages, never exceeds the terminal") {
  const std::string text = written(ProgressStyle::bar, [](Progress& p, double& now) {
    p.start("fit", 4);
    now = 1;
    p.at(2, {{"loss", 0.25}});
    p.say("kept");
    now = 2;
    p.at(4);
  });
  CHECK(text.find(" 50 %") != text.npos);
  CHECK(text.find("of about 0:02") != text.npos);
  CHECK(text.find("\r\x1b[Kkept\n") != text.npos);
  CHECK(text.ends_with("\n"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);  // the message and the finished bar
}

TEST_CASE("Progress bar: an unfinished bar is closed when the sink goes") {
  const std::string text =
      written(ProgressStyle::bar, [](Progress& p, double&) { p.start("endless"); });
  CHECK(text.ends_with("\n"));
}

TEST_CASE("Progress JSON: each line parses, and carries values and messages") {
  const std::string text = written(ProgressStyle::json, [](Progress& p, double& now) {
    p.start("fit \"A\"", 2);
    now = 1;
    p.at(2, {{"loss", 0.5}});
    p.say("done \xff");  // not UTF-8: replaced, not thrown
  });
  std::istringstream lines(text);
  std::vector<Json> parsed;
  for (std::string line; std::getline(lines, line);) parsed.push_back(parse_json(line, "line"));
  REQUIRE(parsed.size() == 3);
  CHECK(parsed[0]["task"] == "fit \"A\"");
  CHECK(parsed[1]["values"]["loss"] == 0.5);
  CHECK(parsed[2].contains("message"));
}
