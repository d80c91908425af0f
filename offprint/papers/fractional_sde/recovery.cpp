#include "offprint/papers/fractional_sde/recovery.h"

#include "offprint/core/numbers.h"
#include "offprint/tasks/fractional_fit.h"
#include "offprint/tasks/hurst_estimates.h"
#include "offprint/worlds/fractional_noise.h"

namespace offprint::papers::fractional_sde {
std::vector<Recovered> recover_hurst(int64_t steps, int64_t seeds, int64_t terms, Rng rng,
                                     Progress& progress) {
  const tasks::FractionalFitOptions options{
      .terms = terms, .pull = false, .drift = false, .noise = false};
  std::vector<Recovered> out;
  progress.start("Hurst indices", 9);
  for (int tenth = 1; tenth <= 9; ++tenth) {
    Recovered r;
    r.truth = tenth / 10.0;
    const Tensor noise = worlds::fractional_noise(r.truth, seeds, steps, rng);
    for (int64_t seed = 0; seed < seeds; ++seed) {
      const auto increments = numbers(noise[seed]);
      const auto path = numbers(at::cat({at::zeros({1}, at::kDouble), noise[seed].cumsum(0)}));
      const tasks::FractionalFit fit = tasks::fit_fractional(path, options);
      r.ours.push_back(fit.line.driver.hurst);
      r.lead.push_back(fit.log_evidence - tasks::fit_brownian(path, options).log_evidence);
      r.whittle.push_back(tasks::whittle_hurst(increments));
      r.dfa.push_back(tasks::dfa_hurst(increments));
      r.madogram.push_back(tasks::madogram_hurst(path));
    }
    out.push_back(std::move(r));
    progress.at(tenth), progress.throw_if_stopped();
  }
  return out;
}

}  // namespace offprint::papers::fractional_sde
