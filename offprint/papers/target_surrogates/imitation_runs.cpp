#include "offprint/papers/target_surrogates/imitation_runs.h"

#include <fmt/format.h>

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"

namespace offprint::papers::target_surrogates {
namespace {

struct Job {
  const tasks::ImitationWorld* world = nullptr;
  std::string learner;  // as the table names it
  double rate = 0;
  uint64_t seed = 0;
  double labels = 0;
  tasks::ImitationRun run = {};
};

tasks::ImitationOptions options_of(const Job& job, const ImitationSettings& s) {
  tasks::ImitationOptions o{.learner = job.learner, .rounds = s.rounds, .rows = 10, .steps = 5};
  o.inner = s.inner, o.rate = job.rate;
  if (job.learner == "adam-dagger-1") o.learner = "adam-dagger", o.inner = 1;
  return o;
}

std::vector<Job> jobs_of(const std::vector<tasks::ImitationWorld>& worlds,
                         const ImitationSettings& s) {
  std::vector<Job> jobs;
  for (int64_t seed = 0; seed < s.seeds; ++seed)
    for (const tasks::ImitationWorld& world : worlds) {
      const auto add = [&](const char* learner, double rate) {
        jobs.push_back({&world, learner, rate, static_cast<uint64_t>(seed)});
      };
      add("sso-ftrl", 1), add("sso", 1);
      for (const char* learner : {"adam", "adam-dagger-1", "adam-dagger"})
        for (const double rate : s.rates) add(learner, rate);
    }
  return jobs;
}

}  // namespace

std::vector<Imitators> run_imitations(const ImitationSettings& s, const Rng& rng,
                                      const Progress& progress) {
  const std::vector<tasks::ImitationWorld> worlds = tasks::imitation_worlds();
  std::vector<Job> jobs = jobs_of(worlds, s);
  const auto count = std::ssize(jobs);
  // Two halves of a sorted list would not take equally long: every second job each.
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      progress.throw_if_stopped();
      const int64_t half = (count + 1) / 2;
      Job& job = jobs[static_cast<size_t>(i < half ? 2 * i : 2 * (i - half) + 1)];
      const tasks::ImitationOptions o = options_of(job, s);
      Progress silent;
      job.run = tasks::imitate(*job.world, o, rng.split(job.world->name).split(job.seed), silent);
      const int64_t all = o.rounds * o.rows * o.steps;
      job.labels = static_cast<double>(job.run.labels_to_goal > 0 ? job.run.labels_to_goal : all);
    }
  });
  std::vector<Imitators> out;
  for (const tasks::ImitationWorld& world : worlds)
    for (const char* learner : {"sso-ftrl", "sso", "adam", "adam-dagger-1", "adam-dagger"}) {
      Imitators best;
      std::vector<double> rates;
      for (const Job& job : jobs)
        if (job.world == &world && job.learner == learner &&
            std::ranges::find(rates, job.rate) == rates.end())
          rates.push_back(job.rate);
      for (const double rate : rates) {
        Imitators now{.world = world.name, .learner = learner, .rate = rate};
        std::vector<double> labels;
        for (const Job& job : jobs) {
          if (job.world != &world || job.learner != learner || job.rate != rate) continue;
          labels.push_back(job.labels), now.reached += job.run.labels_to_goal > 0;
          if (job.seed == 0)
            now.shown = job.run, now.expert = job.run.expert, now.idle = job.run.idle;
        }
        now.labels = median(labels);
        if (best.world.empty() || now.labels < best.labels) best = now;
      }
      out.push_back(best);
    }
  return out;
}

}  // namespace offprint::papers::target_surrogates
