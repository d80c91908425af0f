#include "offprint/papers/hippo/digit_runs.h"

namespace offprint::papers::hippo {

std::vector<DigitRun> run_digits(const tasks::Sequences& data, const Options& o, const Rng& rng,
                                 Progress& progress) {
  std::vector<DigitRun> runs;
  for (const char* basis : {"legs", "fout", "legt"}) {
    tasks::ClassifyOptions fitting;
    fitting.method = "s4", fitting.epochs = o.digit_epochs;
    fitting.lr = o.digit_lr, fitting.validation = 0;
    fitting.model.channels = data.x.size(2), fitting.model.length = data.x.size(1);
    fitting.model.outputs = static_cast<int64_t>(data.classes.size());
    fitting.model.width = o.digit_width, fitting.model.depth = o.digit_depth;
    fitting.model.mixer.basis = basis, fitting.model.mixer.s4d.d_state = o.digit_state;
    DigitRun run{basis, {}};
    for (int64_t seed = 0; seed < o.digit_seeds; ++seed) {
      const Rng of_seed = rng.split(static_cast<uint64_t>(seed));
      const tasks::Split split = tasks::split_by_class(data, 0.2, of_seed.split("split"));
      const auto fitted =
          tasks::fit(data.select(split.first), fitting, of_seed.split("fit"), progress);
      progress.throw_if_stopped();
      run.accuracies.push_back(
          100 * tasks::evaluate(fitted.classifier, data.select(split.second)).accuracy);
      progress.say(fmt::format("digits of {} steps, S4-{}: {:.1f} %", data.x.size(1), basis,
                               run.accuracies.back()));
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace offprint::papers::hippo
