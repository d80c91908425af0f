#include "offprint/papers/target_surrogates/races.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/tasks/gradient_methods.h"

namespace offprint::papers::target_surrogates {

Race run_race(const Problem& p, const Entrant& entrant, int64_t most_calls, Rng rng,
              const Progress& progress) {
  const at::NoGradGuard no_grad;
  const nn::TargetMap all = p.model.on({});
  Race race;
  double next = 0;
  // The loss over all examples is looked at for the race alone and counts for nobody; after a while
  // only every 3 % of the calls.
  const tasks::Watch watch = [&](const tasks::MinimizeState& s) {
    const auto batch = static_cast<double>(p.batch);
    race.calls = static_cast<double>(s.calls.gradient_examples) / batch;
    race.values = static_cast<double>(s.calls.value_examples) / batch;
    race.evaluations = static_cast<double>(s.model_evaluations);
    progress.throw_if_stopped();
    if (race.calls < next) return true;
    next = std::floor(race.calls * 1.03) + 1;
    const double loss = p.loss.ask(all.outputs(s.theta), {}).value;
    race.at.push_back(race.calls), race.losses.push_back(loss);
    race.reached = loss <= p.goal;
    return !race.reached && std::isfinite(loss) && loss < 1e3 * p.first;
  };
  Progress silent;
  if (entrant.kind == "sso")
    tasks::minimize(p.loss, p.model, p.start,
                    {.calls = most_calls,
                     .batch = p.batch,
                     .inner = entrant.inner,
                     .inner_by = entrant.inner_by,
                     .rule = entrant.rule,
                     .divergence = entrant.divergence},
                    rng, silent, watch);
  else
    tasks::minimize_by_gradients(
        p.loss, p.model, p.start,
        {.kind = entrant.kind, .rate = entrant.rate, .calls = most_calls, .batch = p.batch}, rng,
        silent, watch);
  // Whoever did not get there is worth all its calls at least.
  if (!race.reached) race.calls = std::max(race.calls, static_cast<double>(most_calls));
  return race;
}

double Field::median_calls() const {
  std::vector<double> calls;
  for (const Race& r : races) calls.push_back(r.calls);
  return median(calls);
}

double Field::median_time(double c) const {
  std::vector<double> times;
  for (const Race& r : races) times.push_back(r.modelled_time(c));
  return median(times);
}

int64_t Field::reached() const { return std::ranges::count(races, true, &Race::reached); }

std::vector<Field> run_fields(const Problem& problem, const std::vector<Entrant>& entrants,
                              const RaceOptions& o, const Rng& rng, const Progress& progress) {
  std::vector<Field> fields;
  for (const Entrant& e : entrants)
    fields.push_back({e, std::vector<Race>(static_cast<size_t>(o.seeds))});
  // Each race is small: races go side by side, and each keeps to one thread.
  const auto entries = std::ssize(entrants);
  at::parallel_for(0, entries * o.seeds, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      Field& field = fields[static_cast<size_t>(i % entries)];
      const auto seed = static_cast<uint64_t>(i / entries);
      field.races[seed] = run_race(problem, field.entrant, o.most_calls, rng.split(seed), progress);
    }
  });
  return fields;
}

std::vector<Entrant> grid_of(const std::string& kind, int64_t a_decade) {
  if (kind == "sls") return {{.kind = kind, .rate = 1}};
  const bool adam = kind == "adam";
  const int64_t low = adam ? -4 : -3, high = adam ? 0 : 2;
  std::vector<Entrant> out;
  for (int64_t i = low * a_decade; i <= high * a_decade; ++i)
    out.push_back({.kind = kind,
                   .rate = std::pow(10.0, static_cast<double>(i) / static_cast<double>(a_decade))});
  return out;
}

const Field& best_of(const std::vector<Field>& fields, const std::string& kind) {
  const Field* best = nullptr;
  for (const Field& f : fields)
    if (f.entrant.kind == kind && (!best || f.median_calls() < best->median_calls())) best = &f;
  require(best != nullptr, "race: nobody of '{}'", kind);
  return *best;
}

}  // namespace offprint::papers::target_surrogates
