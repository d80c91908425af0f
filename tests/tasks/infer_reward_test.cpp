#include "offprint/tasks/infer_reward.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>

#include "offprint/core/file.h"
#include "offprint/kernels/mixed_integer.h"
#include "offprint/kernels/reward_distance.h"
#include "offprint/worlds/behaviour.h"
#include "tests/places.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

std::filesystem::path file_of(const std::string& name, const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / ("offprint_irl_" + name);
  write_file(path, text);
  return path;
}

// A play of the world as a person's log.
std::string log_of(const worlds::Steps& steps, bool next) {
  std::string text = next ? "trajectory,state,action,next\n" : "trajectory,state,action\n";
  for (int64_t i = 0; i < steps.state.size(0); ++i) {
    text += fmt::format("p{},s{},a{}", steps.trajectory[i].item<int64_t>(),
                        steps.state[i].item<int64_t>(), steps.action[i].item<int64_t>());
    text += next ? fmt::format(",s{}\n", steps.next[i].item<int64_t>()) : "\n";
  }
  return text;
}

BehaviourLog read(const std::string& text, const std::string& transitions = "") {
  return read_behaviour_log(
      file_of("log.csv", text),
      transitions.empty() ? std::filesystem::path() : file_of("transitions.csv", transitions));
}

}  // namespace

TEST_CASE("behaviour log: states, actions and where they lead, by name") {
  const BehaviourLog log = read(
      "trajectory,state,action\na,home,walk\nb,home,ride\na,shop,walk\nb,work,walk\na,home,walk\n");
  CHECK(log.states == std::vector<std::string>{"home", "shop", "work"});
  CHECK(log.actions == std::vector<std::string>{"walk", "ride"});
  CHECK(log.trajectories == 2);
  // Interleaved trajectories: walking from home led to the shop, riding to work.
  CHECK(log.transition[0][0][1].item<double>() == 1);
  CHECK(log.transition[0][1][2].item<double>() == 1);
  CHECK(log.transition[1][1][0].item<double>() == 1);  // riding from the shop: as walking
  CHECK(log.transition[2][0][2].item<double>() == 1);  // work was never seen to be left
  CHECK(log.notes.size() == 3);
  CHECK((log.transition.sum(-1) - 1).abs().max().item<double>() < 1e-12);
}

TEST_CASE("behaviour log: an empty next is an end, a table of transitions is taken at its word") {
  const BehaviourLog ends = read("state,action,next\n1,l,2\n2,r,\n1,r,1\n");
  CHECK(ends.states == std::vector<std::string>{"1", "2", "(end)"});
  CHECK(ends.trajectories == 1);
  CHECK(ends.transition[1][1][2].item<double>() == 1);
  CHECK(ends.transition[2][0][2].item<double>() == 1);
  const BehaviourLog told =
      read("state,action\n1,l\n2,r\n",
           "state,action,next,probability\n1,l,2,0.25\n1,l,3,0.75\n1,r,1,1\n2,l,1,1\n2,r,2,1\n");
  CHECK(told.states.size() == 3);
  CHECK(told.transition[0][0][2].item<double>() == doctest::Approx(0.75));
  CHECK(told.transition[2][1][2].item<double>() == 1);
}

TEST_CASE("behaviour log: what cannot be used is one line with its place") {
  CHECK_THROWS_WITH(read("state,action\n1,l\n2,l\n"),
                    doctest::Contains("log.csv: 1 action, expected at least two"));
  CHECK_THROWS_WITH(
      read("state,action\n1,l\n,r\n"),
      doctest::Contains("log.csv: line 3, column 'state' is empty, expected a state"));
  CHECK_THROWS_WITH(read("state,what\n1,l\n"), doctest::Contains("no column 'action'"));
  CHECK_THROWS_WITH(read("state,action\n1,l\n2,r\n", "state,action,next,probability\n1,l,2,0.5\n"),
                    doctest::Contains("state '1', action 'l': probabilities sum to 0.5"));
  CHECK_THROWS_WITH(read("state,action\n1,l\n2,r\n", "state,action,next,probability\n1,x,2,1\n"),
                    doctest::Contains("'x' is no action of the log"));
}

TEST_CASE("infer reward: from a log the reward comes back, within its intervals") {
  auto w = worlds::garnets(1, {.states = 5, .actions = 3, .branching = 3}, Rng(1));
  const Tensor policy = worlds::behave(w, {}, Rng(1))[0];
  const worlds::Steps steps = worlds::play(w, 0, policy, 400, 25, Rng(2));
  const auto path = file_of("garnet.csv", log_of(steps, true));
  Progress quiet;
  RewardModelOptions o;
  o.discount = 0.9;
  const InferredReward r = infer_reward(path, o, quiet);
  // By name: the log numbers states in order of appearance.
  Tensor truth = at::zeros({5, 3}, at::kDouble), found = truth.clone();
  const Tensor advantage =
      kernels::canonical({w.transition, w.discount}, w.reward, kernels::Canonical::levelled)[0];
  int64_t inside = 0;
  for (int64_t i = 0; i < 15; ++i) {
    const int64_t s = std::stoll(r.log.states[static_cast<size_t>(i / 3)].substr(1)),
                  a = std::stoll(r.log.actions[static_cast<size_t>(i % 3)].substr(1));
    const double off = advantage[s][a].item<double>() - r.entries[i].item<double>();
    inside += std::abs(off) < 3 * r.errors[i].item<double>();
    CHECK(std::abs(off) < 0.35);
  }
  CHECK(inside >= 13);
  CHECK(r.per_step > r.by_chance);
  CHECK(r.notes.empty());
}

TEST_CASE("infer reward: states alone, and the optimal model") {
  auto w = worlds::gridworlds(1, 3, 0.1, 0.9, Rng(1));
  const Tensor policy = worlds::behave(w, {.temperature = 0.1}, Rng(1))[0];
  const auto path = file_of("grid.csv", log_of(worlds::play(w, 0, policy, 100, 20, Rng(2)), false));
  Progress quiet;
  RewardModelOptions o;
  o.reward_of = "state", o.temperature = 0.1;
  std::string table = "state,action,next,probability\n";
  for (int64_t i = 0; i < 9 * 4 * 9; ++i)
    table += fmt::format("s{},a{},s{},{}\n", i / 36, i / 9 % 4, i % 9,
                         w.transition[0][i / 36][i / 9 % 4][i % 9].item<double>());
  o.transitions = file_of("grid_transitions.csv", table).string();
  const InferredReward r = infer_reward(path, o, quiet);
  CHECK(r.entries.size(0) == 9);
  CHECK(std::abs(r.entries.sum().item<double>()) < 1e-9);
  const auto goal = std::ranges::find(r.log.states, "s8") - r.log.states.begin();
  CHECK(r.entries.argmax().item<int64_t>() == goal);
  if (!kernels::has_mixed_integer()) return;
  o.model = "optimal", o.ridge = 0.01;
  const InferredReward best = infer_reward(path, o, quiet);
  CHECK(!best.errors.defined());
  CHECK(best.entries.argmax().item<int64_t>() == goal);
  CHECK(best.notes.size() >= 1);
}

TEST_CASE("infer reward: options that make no sense are one line") {
  const auto path = file_of("two.csv", "state,action\n1,l\n2,r\n");
  Progress quiet;
  const auto with = [&](double discount, double temperature, double ridge) {
    RewardModelOptions o;
    o.discount = discount, o.temperature = temperature, o.ridge = ridge;
    return infer_reward(path, o, quiet);
  };
  CHECK_THROWS_WITH(with(1, 1, 1), "--discount: 1, expected in [0,1)");
  CHECK_THROWS_WITH(with(0.9, 0, 1), "--temperature: 0, expected above zero");
  CHECK_THROWS_WITH(with(0.9, 1, -1), "--ridge: -1, expected above zero");
  CHECK(with(0.9, 1, 0.1).notes.back().starts_with("1 trajectory:"));
}
