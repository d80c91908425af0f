#include "offprint/papers/s4d/digit_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "offprint/models/sequence_model.h"
#include "offprint/nn/parameters.h"

namespace offprint::papers::s4d {
namespace {

int64_t parameters_of(const models::SequenceOptions& options) {
  Rng rng(0);
  models::SequenceModel model = models::make_sequence_model(options, rng);
  return nn::parameter_count(nn::parameters_of(model));
}

models::SequenceOptions model_options(const DigitCase& c, const tasks::Sequences& data,
                                      const Options& o) {
  models::SequenceOptions m;
  m.channels = data.x.size(2), m.length = data.x.size(1);
  m.outputs = static_cast<int64_t>(data.classes.size());
  m.width = o.digit_width, m.depth = o.digit_depth, m.dropout = 0.1;
  m.mixer.s4d.d_state = o.digit_state;
  m.mixer.s4d.init = "legs";
  m.mixer.kind = "s4d";
  const int64_t budget = parameters_of(m);
  m.mixer.kind = c.method, m.mixer.s4d.init = c.init;
  if (c.method != "s4d") m.width = models::width_for_budget(m, budget);
  return m;
}

}  // namespace

double DigitRun::mean() const {
  return std::accumulate(accuracies.begin(), accuracies.end(), 0.0) /
         static_cast<double>(accuracies.size());
}

std::vector<DigitCase> digit_cases() {
  return {{"S4D-LegS", "s4d", "legs", 1, true},
          {"S4D-Inv", "s4d", "inv", 1},
          {"S4D-Lin", "s4d", "lin", 1},
          {"S4D-Quad", "s4d", "quad", 1},
          {"S4D-Real", "s4d", "real", 1, true},
          {"S4D-Rand", "s4d", "rand", 1},
          {"S4-LegS (NPLR)", "s4", "legs", 1, true},
          {"DSS", "dss", "legs", 1},
          {"LSTM", "lstm", "legs", 0.3, true},
          {"dilated CNN", "cnn", "legs", 1},
          {"Transformer", "transformer", "legs", 0.2}};
}

std::vector<DigitCase> long_cases() {
  std::vector<DigitCase> cases = digit_cases();
  std::erase_if(cases, [](const DigitCase& c) { return !c.on_long; });
  return cases;
}

std::vector<DigitRun> run_digits(const std::vector<DigitCase>& cases, const tasks::Sequences& data,
                                 const Options& o, const Rng& rng, Progress& progress) {
  std::vector<DigitRun> runs;
  for (const DigitCase& c : cases) {
    tasks::ClassifyOptions fitting;
    fitting.method = c.method, fitting.device = o.device;
    fitting.epochs =
        std::max<int64_t>(1, std::llround(c.epochs_share * static_cast<double>(o.digit_epochs)));
    fitting.batch = o.digit_batch, fitting.lr = o.digit_lr, fitting.validation = 0;
    fitting.model = model_options(c, data, o);
    // What trains well at a high rate when it is a state space diverges or stalls when it is not.
    if (c.method == "lstm" || c.method == "transformer" || c.method == "cnn") fitting.lr *= 0.4;
    DigitRun run{c, fitting.model.width, parameters_of(fitting.model), fitting.epochs, {}};
    for (int64_t seed = 0; seed < o.digit_seeds; ++seed) {
      const Rng of_seed = rng.split(static_cast<uint64_t>(seed));
      const tasks::Split split = tasks::split_by_class(data, 0.2, of_seed.split("split"));
      const auto fitted =
          tasks::fit(data.select(split.first), fitting, of_seed.split("fit"), progress);
      progress.throw_if_stopped();
      run.accuracies.push_back(
          100 * tasks::evaluate(fitted.classifier, data.select(split.second)).accuracy);
      progress.say(fmt::format("digits of {} steps, {}: {:.1f} %", data.x.size(1), c.name,
                               run.accuracies.back()));
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace offprint::papers::s4d
