#include "offprint/tasks/imitation.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"

using namespace offprint;
using namespace offprint::tasks;

TEST_CASE("imitation: what an expert did comes back as an action, in every world") {
  for (const ImitationWorld& world : imitation_worlds()) {
    CAPTURE(world.name);
    const std::vector<double> states = world.start(8, Rng{1});
    const std::vector<double> actions = world.expert(states);
    const Tensor wanted = world.label(actions), features = world.encode(states);
    CHECK(wanted.size(0) == 8);
    CHECK(wanted.size(1) == world.outputs);
    CHECK(features.size(1) == world.features);
    const std::vector<double> back = world.act(wanted);
    for (size_t i = 0; i < 8; ++i) CHECK(back[i] == doctest::Approx(actions[i]));
  }
}

TEST_CASE("imitation: every learner comes to balance the pole, and pays for each state it asks") {
  const ImitationWorld pole = imitation_worlds()[0];
  for (const char* learner : {"sso", "sso-ftrl", "adam", "adam-dagger"}) {
    CAPTURE(learner);
    Progress silent;
    const ImitationRun run = imitate(
        pole, {.learner = learner, .rounds = 60, .rows = 5, .steps = 4, .inner = 20, .rate = 0.05},
        Rng{2}, silent);
    CHECK(run.expert == 500);
    CHECK(run.labels_to_goal > 0);
    CHECK(run.labels_to_goal % 20 == 0);
    CHECK(run.labels.back() == static_cast<double>(run.labels_to_goal));
    CHECK(run.returns.back() >= run.idle + 0.95 * (run.expert - run.idle));
  }
}

TEST_CASE("imitation: a goal that is not reached is said, wrong learners and sizes are one line") {
  const ImitationWorld pendulum = imitation_worlds()[1];
  Progress silent;
  const ImitationRun run =
      imitate(pendulum, {.learner = "adam", .rounds = 2, .rate = 1e-4}, Rng{3}, silent);
  CHECK(run.labels_to_goal == 0);
  CHECK(run.labels.size() == 2);
  CHECK_THROWS_WITH_AS(imitate(pendulum, {.learner = "dagger"}, Rng{1}, silent),
                       "imitation: learner 'dagger', expected sso|sso-ftrl|adam|adam-dagger",
                       Error);
  CHECK_THROWS_AS(imitate(pendulum, {.rounds = 0}, Rng{1}, silent), Error);
}
