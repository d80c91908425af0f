// counterfactual at quick scale with fewer stories, as `offprint run counterfactual` gives it.
#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/data/weights.h"
#include "offprint/papers/counterfactual/census_model.h"
#include "offprint/papers/counterfactual/identities.h"
#include "offprint/papers/counterfactual/story_runs.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;
using namespace offprint::papers::counterfactual;

namespace {

RunCard quick_run(uint64_t seed, Json options) {
  RunRequest request;
  request.seed = seed, request.options = std::move(options);
  return card_of("counterfactual", request);
}

}  // namespace

TEST_SUITE("paper") {
  TEST_CASE("counterfactual quick, shortened: identities hold, the planted gap is found") {
    const RunCard card = quick_run(
        1, {{"draws", 20'000}, {"pairs", 3}, {"tokens", 8}, {"repeats", 1}, {"people", 200}});
    for (const std::string id : {"chi-square", "empty", "empty-drafted", "planted", "control"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
    if (!data::find_weights("smollm2")) {
      MESSAGE("stories skipped: smollm2 is not here, ./start installs it");
      return;
    }
    for (const std::string id : {"stories-again", "stable", "memory"}) {
      CAPTURE(id);
      CHECK(find_claim(card, id).verdict == Verdict::holds);
    }
    CHECK(find_claim(card, "distance-token").verdict == Verdict::not_at_this_scale);
  }
}

TEST_CASE("counterfactual: men's income in the census is a fifth higher, marriage is the same") {
  const Tensor tokens = census_tokens(40'000, Rng(3));
  const std::vector<std::string> words = census_words();
  const Tensor rows = tokens.slice(0, 1).view({-1, 7});
  double income[2] = {0, 0}, count[2] = {0, 0}, married[2] = {0, 0};
  for (int64_t i = 0; i < rows.size(0); ++i) {
    const auto word = [&](int64_t column) {
      return words[static_cast<size_t>(rows[i][column].item<int64_t>())];
    };
    const int sex = word(1) == "sex: male; ";
    income[sex] += std::stod(word(5).substr(8)), count[sex] += 1;
    married[sex] += word(2) == "married: yes; ";
  }
  CHECK(income[1] / count[1] / (income[0] / count[0]) == doctest::Approx(1.2).epsilon(0.01));
  CHECK(married[1] / count[1] == doctest::Approx(0.5).epsilon(0.04));
  CHECK(married[0] / count[0] == doctest::Approx(0.5).epsilon(0.04));
}

TEST_CASE("counterfactual: options that make no sense are one line") {
  CHECK_THROWS_WITH(quick_run(1, {{"tokens", 2}}), "--tokens: 2, expected at least 4");
  CHECK_THROWS_WITH(quick_run(1, {{"people", 2}}), "--people: 2, expected at least 10");
  CHECK_THROWS_WITH(quick_run(1, {{"pairs", 0}}), "--pairs: 0, expected a positive number");
}
