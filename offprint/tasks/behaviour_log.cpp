#include "offprint/tasks/behaviour_log.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "offprint/core/error.h"
#include "offprint/data/csv.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kMostStates = 2000;
constexpr int64_t kRare = 5;  // times; fewer make a poor estimate
constexpr const char* kEnd = "(end)";

// Names to numbers, in order of appearance.
class Names {
 public:
  int64_t of(const std::string& name) {
    const auto [at, added] = numbers_.emplace(name, std::ssize(names_));
    if (added) names_.push_back(name);
    return at->second;
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, int64_t> numbers_;
  std::vector<std::string> names_;
};

std::vector<std::string> filled(const data::Table& table, const char* column) {
  std::vector<std::string> texts = table.texts(column);
  for (int64_t row = 0; row < table.rows; ++row)
    require(!texts[static_cast<size_t>(row)].empty(), "{} is empty, expected a {}",
            table.place(row, column), column);
  return texts;
}

struct Reading {
  Names states, actions, trajectories;
  std::vector<int64_t> trajectory, state, action, next;
  bool ends = false;
};

Reading read_rows(const data::Table& table) {
  require(table.rows > 0, "{}: no rows, expected a row a decision", table.source);
  const std::vector<std::string> states = filled(table, "state"), actions = filled(table, "action");
  const std::vector<std::string> who = table.contains("trajectory")
                                           ? filled(table, "trajectory")
                                           : std::vector<std::string>(states.size(), "1");
  const bool told = table.contains("next");
  const std::vector<std::string> next = told ? table.texts("next") : std::vector<std::string>();
  Reading r;
  for (size_t i = 0; i < states.size(); ++i) {
    r.trajectory.push_back(r.trajectories.of(who[i]));
    r.state.push_back(r.states.of(states[i]));
    r.action.push_back(r.actions.of(actions[i]));
    r.next.push_back(-1);
  }
  for (size_t i = 0; told && i < next.size(); ++i) {
    r.ends = r.ends || next[i].empty();
    r.next[i] = r.states.of(next[i].empty() ? kEnd : next[i]);
  }
  // Rows of a trajectory need not stand together.
  std::vector<int64_t> last(r.trajectories.names().size(), -1);
  for (size_t i = 0; !told && i < states.size(); ++i) {
    int64_t& before = last[static_cast<size_t>(r.trajectory[i])];
    if (before >= 0) r.next[static_cast<size_t>(before)] = r.state[i];
    before = static_cast<int64_t>(i);
  }
  return r;
}

Tensor numbers(const std::vector<int64_t>& from) { return at::tensor(from, at::kLong); }

// Shares seen; where nothing was, the state's other actions, or staying.
Tensor estimated(const BehaviourLog& log, std::vector<std::string>& notes) {
  const int64_t states = std::ssize(log.states), actions = std::ssize(log.actions);
  Tensor counts = at::zeros({states, actions, states}, at::kDouble);
  auto n = counts.accessor<double, 3>();
  const auto s = log.steps.state.accessor<int64_t, 1>(),
             a = log.steps.action.accessor<int64_t, 1>(),
             to = log.steps.next.accessor<int64_t, 1>();
  for (int64_t i = 0; i < s.size(0); ++i)
    if (to[i] >= 0) n[s[i]][a[i]][to[i]] += 1;
  const Tensor seen = counts.sum(-1, true), left = counts.sum(1, true), any = left.sum(-1, true);
  const Tensor stay = at::eye(states, at::kDouble).unsqueeze(1);
  const Tensor others = at::where(any > 0, left / any.clamp_min(1), stay);
  const int64_t guessed = (seen == 0).logical_and(any > 0).sum().item<int64_t>(),
                kept = (any == 0).sum().item<int64_t>();
  if (guessed > 0)
    notes.push_back(fmt::format(
        "{} of {} pairs of state and action were never seen to lead anywhere: taken to lead where "
        "the state's other actions do",
        guessed, states * actions));
  const int64_t rare = (seen < kRare).logical_and(seen > 0).sum().item<int64_t>();
  if (rare > 0)
    notes.push_back(fmt::format(
        "{} of {} pairs were seen less than {} times to lead anywhere: wrong transitions alone can "
        "turn a reward round, so give them with --transitions where you know them",
        rare, states * actions, kRare));
  if (kept > 0)
    notes.push_back(fmt::format("{} state{} never seen to be left: taken to stay", kept,
                                kept == 1 ? " was" : "s were"));
  return at::where(seen > 0, counts / seen.clamp_min(1), others);
}

Tensor read_transitions(const data::Table& table, Names& states, const Names& actions) {
  const auto from = filled(table, "state"), action = filled(table, "action"),
             next = filled(table, "next");
  const std::vector<double>& p = table.numbers("probability");
  std::vector<int64_t> s, a, to;
  const auto& known = actions.names();
  for (size_t i = 0; i < from.size(); ++i) {
    const auto row = static_cast<int64_t>(i);
    require(std::isfinite(p[i]) && p[i] >= 0, "{} is {}, expected a probability",
            table.place(row, "probability"), p[i]);
    const auto found = std::ranges::find(known, action[i]);
    require(found != known.end(), "{}: '{}' is no action of the log", table.place(row, "action"),
            action[i]);
    s.push_back(states.of(from[i])), to.push_back(states.of(next[i]));
    a.push_back(found - known.begin());
  }
  const int64_t many = std::ssize(states.names());
  require(many <= kMostStates, "{}: {} states, expected at most {}", table.source, many,
          kMostStates);
  Tensor out = at::zeros({many, std::ssize(known), many}, at::kDouble);
  auto cells = out.accessor<double, 3>();
  for (size_t i = 0; i < s.size(); ++i) cells[s[i]][a[i]][to[i]] += p[i];
  return out;
}

// States that the table does not leave stay; other rows have to be distributions.
void complete(Tensor& transition, const std::string& source, const Names& states,
              const Names& actions, std::vector<std::string>& notes) {
  auto p = transition.accessor<double, 3>();
  int64_t stays = 0;
  for (int64_t s = 0; s < p.size(0); ++s) {
    const double all = transition[s].sum().item<double>();
    stays += all == 0;
    for (int64_t a = 0; a < p.size(1); ++a) {
      if (all == 0) p[s][a][s] = 1;
      const double sum = transition[s][a].sum().item<double>();
      require(std::abs(sum - 1) < 1e-6,
              "{}: state '{}', action '{}': probabilities sum to {}, expected 1", source,
              states.names()[static_cast<size_t>(s)], actions.names()[static_cast<size_t>(a)], sum);
      transition[s][a] /= sum;
    }
  }
  if (stays > 0)
    notes.push_back(fmt::format("{} state{} not left in {}: taken to stay", stays,
                                stays == 1 ? " is" : "s are", source));
}

}  // namespace

BehaviourLog read_behaviour_log(const std::filesystem::path& path,
                                const std::filesystem::path& transitions) {
  const data::Table table = data::read_csv(path);
  Reading r = read_rows(table);
  require(std::ssize(r.actions.names()) >= 2,
          "{}: {} action, expected at least two: without a choice nothing is told of a reward",
          table.source, r.actions.names().size());
  require(std::ssize(r.states.names()) <= kMostStates, "{}: {} states, expected at most {}",
          table.source, r.states.names().size(), kMostStates);
  BehaviourLog log;
  if (!transitions.empty()) {
    const data::Table given = data::read_csv(transitions);
    log.transition = read_transitions(given, r.states, r.actions);
    complete(log.transition, given.source, r.states, r.actions, log.notes);
  }
  log.states = r.states.names(), log.actions = r.actions.names();
  log.trajectories = std::ssize(r.trajectories.names());
  log.steps = {numbers(r.trajectory), numbers(r.state), numbers(r.action), numbers(r.next)};
  if (r.ends) log.notes.push_back("an empty cell of 'next' is an end: the state '(end)'");
  if (transitions.empty()) log.transition = estimated(log, log.notes);
  return log;
}

}  // namespace offprint::tasks
