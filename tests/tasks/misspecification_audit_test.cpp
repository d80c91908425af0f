#include "offprint/tasks/misspecification_audit.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "offprint/core/file.h"
#include "offprint/worlds/behaviour.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

MisspecificationRequest request_of(uint64_t seed) {
  auto w = worlds::garnets(1, {.states = 4, .actions = 3, .branching = 2}, Rng(seed));
  const Tensor policy = worlds::behave(w, {}, Rng(1))[0];
  const worlds::Steps steps = worlds::play(w, 0, policy, 100, 20, Rng(seed));
  std::string text = "trajectory,state,action,next\n";
  for (int64_t i = 0; i < steps.state.size(0); ++i)
    text += fmt::format("{},{},{},{}\n", steps.trajectory[i].item<int64_t>(),
                        steps.state[i].item<int64_t>(), steps.action[i].item<int64_t>(),
                        steps.next[i].item<int64_t>());
  MisspecificationRequest request;
  request.data = std::filesystem::temp_directory_path() / "offprint_misspecification.csv";
  write_file(request.data, text);
  request.options.reward.discount = 0.9, request.options.reward.ridge = 1e-4;
  request.options.draws = 2;
  return request;
}

}  // namespace

TEST_CASE("audit misspecification: a wrong temperature is harmless, stronger forms harm more") {
  Progress quiet;
  const MisspecificationAudit a = audit_misspecification(request_of(1), quiet);
  REQUIRE(a.trials.size() == 20);
  int64_t ordered = 0;
  for (size_t i = 0; i < 10; ++i) {
    const DeviationTrial &mild = a.trials[i], &strong = a.trials[i + 10];
    CHECK(mild.deviation == strong.deviation);
    if (mild.deviation == "temperature") {
      CHECK(strong.distance < 1e-3);
      continue;
    }
    CHECK(strong.distance > 1e-3);
    ordered += strong.distance > mild.distance;
    // What could be at worst is no less than what is to be expected.
    if (mild.worst) CHECK(*mild.worst >= mild.distance);
    CHECK(mild.worst.has_value() ==
          (mild.deviation == "discount" || mild.deviation == "transition" ||
           mild.deviation == "prospect"));
  }
  CHECK(ordered >= 8);
}

TEST_CASE("audit misspecification: the worst case is as far off as it says") {
  Progress quiet;
  const MisspecificationAudit a = audit_misspecification(request_of(2), quiet);
  const auto named = std::ranges::find(a.trials, a.example_label, &DeviationTrial::label);
  REQUIRE(named != a.trials.end());
  const double apart =
      (a.example_inferred - a.example_worst).square().sum().sqrt().item<double>() / 2;
  CHECK(apart == doctest::Approx(named->worst.value()).epsilon(0.01));
  CHECK(a.attack.found);
  CHECK(a.attack.distance >= 0.5);
  const Outcome out = misspecification_outcome(a);
  CHECK(out.tables.size() == 2);
  CHECK(out.json["deviations"].size() == 20);
  CHECK(out.plots.front().categories.size() == 10);
}

TEST_CASE("audit misspecification: the same seed, the same answer") {
  Progress quiet;
  const auto request = request_of(3);
  CHECK(misspecification_outcome(audit_misspecification(request, quiet)).json ==
        misspecification_outcome(audit_misspecification(request, quiet)).json);
}
