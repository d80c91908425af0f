#include "offprint/papers/recipe_run.h"

#include <doctest/doctest.h>

#include <atomic>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::papers;

namespace {

struct Options {
  int64_t seeds = 1, epochs = 3;
  std::string device = "cpu";
  void visit(auto&& field) {
    field("seeds", seeds, "runs");
    field("epochs", epochs, "passes, 0 for none");
  }
};

Options options_for(Scale scale) { return {.seeds = scale == Scale::quick ? 2 : 5}; }

void check(const Options& o) { require_positive(o, {"epochs"}); }

std::vector<Claim> claims() {
  Claim first, second;
  first.id = "first", second.id = "second";
  first.quick = second.quick = 10;
  return {first, second};
}

void measure(Bench<Options>& b) {
  b.measured["first"] = {static_cast<double>(b.options.seeds + b.options.epochs), "", "", ""};
  b.note("on " + b.options.device);
  b.progress.throw_if_stopped();
  b.measured["second"] = {11, "", "", ""};
}

void note_scale(Bench<Options>& b) { b.note("small"); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"toy", options_for, check, claims, measure, note_scale}, request,
                             progress);
}

}  // namespace

TEST_CASE("run_recipe: the request's options stand over the scale's, and claims are judged") {
  Progress progress;
  const RunCard card = run({.seed = 7, .device = "meta", .options = {{"epochs", 4}}}, progress);
  CHECK(card.scale == "quick");
  CHECK(card.seed == 7);
  CHECK(card.device == "meta");
  CHECK(card.options == Json{{"seeds", 2}, {"epochs", 4}});
  CHECK(card.claims.at(0).ours == 6);
  CHECK(card.claims.at(0).verdict == Verdict::holds);
  CHECK(card.claims.at(1).verdict == Verdict::fails);
  CHECK(card.notes == std::vector<std::string>{"on meta", "small"});
  CHECK(!card.stopped);
}

TEST_CASE("run_recipe: a stop keeps what was measured until then") {
  const std::atomic<bool> stop = true;
  Progress progress({}, &stop);
  const RunCard card = run({}, progress);
  CHECK(card.stopped);
  CHECK(card.claims.at(0).ours == 5);
  CHECK(!card.claims.at(1).ours);
  CHECK(card.notes.back() == "small");
}

TEST_CASE("run_recipe: an option that is none, and a size of zero where that means nothing") {
  Progress progress;
  CHECK_THROWS_WITH_AS(run({.options = {{"seeds", 0}}}, progress),
                       "--seeds: 0, expected a positive number", Error);
  CHECK_THROWS_AS(run({.options = {{"epochs", -1}}}, progress), Error);
  CHECK_NOTHROW(run({.options = {{"epochs", 0}}}, progress));
  CHECK_THROWS_AS(run({.options = {{"sedes", 2}}}, progress), Error);
}
