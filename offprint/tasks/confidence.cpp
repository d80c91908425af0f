#include "offprint/tasks/confidence.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/kernels/logistic_solve.h"

namespace offprint::tasks {
namespace {

constexpr double kRidge = 1e-2;
constexpr auto kSignals = std::ssize(CallSignals::kNames);

double score(const ConfidenceModel& m, const CallSignals& signals) {
  const auto values = signals.values();
  double sum = m.weights.back();
  for (size_t i = 0; i < values.size(); ++i)
    sum += m.weights[i] * (values[i] - m.mean[i]) / m.scale[i];
  return sum;
}

// All but calibration.
ConfidenceModel fit_scores(const std::vector<SignalCase>& cases) {
  const auto n = std::ssize(cases);
  Tensor x = at::empty({n, kSignals}, at::kDouble), y = at::empty({n}, at::kDouble);
  double* to = x.mutable_data_ptr<double>();
  for (const SignalCase& c : cases) to = std::ranges::copy(c.signals.values(), to).out;
  for (int64_t i = 0; i < n; ++i) y[i] = cases[static_cast<size_t>(i)].right ? 1.0 : 0.0;
  const Tensor mean = x.mean(0), scale = x.std(0, false).clamp_min(1e-9);
  const auto list = [](const Tensor& t) {
    const Tensor c = t.contiguous();
    return std::vector<double>(c.const_data_ptr<double>(), c.const_data_ptr<double>() + c.numel());
  };
  const kernels::LogisticFit fit = kernels::logistic_solve((x - mean) / scale, y, {.l2 = kRidge});
  return {list(mean), list(scale), list(fit.weights), {}};
}

bool both_kinds(const std::vector<SignalCase>& cases) {
  return std::ranges::any_of(cases, &SignalCase::right) &&
         !std::ranges::all_of(cases, &SignalCase::right);
}

}  // namespace

CallSignals signals_of(const Generated& answer, const std::vector<std::string>& samples) {
  CallSignals s;
  for (const Decision& d : answer.decisions) {
    s.log_p += d.log_p, s.least = std::min(s.least, d.log_p);
    s.certainty = std::min(s.certainty, -d.entropy), s.margin = std::min(s.margin, d.margin);
    s.kept = std::min(s.kept, d.kept);
  }
  if (!samples.empty())
    s.agreement = static_cast<double>(std::ranges::count(samples, answer.text)) /
                  static_cast<double>(samples.size());
  return s;
}

double ConfidenceModel::operator()(const CallSignals& signals) const {
  return calibration(score(*this, signals));
}

ConfidenceModel fit_confidence(const std::vector<SignalCase>& cases, int64_t folds) {
  require(folds >= 2 && std::ssize(cases) >= 2 * folds,
          "confidence: {} cases in {} folds, expected at least two a fold", cases.size(), folds);
  require(both_kinds(cases), "confidence: cases are all {}, expected some of both kinds",
          cases.front().right ? "right" : "wrong");
  std::vector<Judged> crossed;
  for (int64_t fold = 0; fold < folds; ++fold) {
    std::vector<SignalCase> rest, own;
    for (size_t i = 0; i < cases.size(); ++i)
      (static_cast<int64_t>(i) % folds == fold ? own : rest).push_back(cases[i]);
    if (!both_kinds(rest)) continue;
    const ConfidenceModel m = fit_scores(rest);
    for (const SignalCase& c : own) crossed.push_back({score(m, c.signals), c.right});
  }
  ConfidenceModel m = fit_scores(cases);
  // A single case of one kind leaves no fold that has both: then its own scores must do.
  if (crossed.empty())
    for (const SignalCase& c : cases) crossed.push_back({score(m, c.signals), c.right});
  m.calibration = fit_platt(crossed);
  return m;
}

Json to_json(const ConfidenceModel& m) {
  return {{"signals", CallSignals::kNames},
          {"mean", m.mean},
          {"scale", m.scale},
          {"weights", m.weights},
          {"calibration", {{"slope", m.calibration.slope}, {"offset", m.calibration.offset}}}};
}

ConfidenceModel confidence_from_json(const Json& json, std::string_view source) {
  const auto numbers = [&](const char* key, int64_t count) {
    auto list = json_get<std::vector<double>>(json, key, source);
    require(std::ssize(list) == count, "{}: '{}' has {} numbers, expected {}", source, key,
            list.size(), count);
    return list;
  };
  const auto names = json_get<std::vector<std::string>>(json, "signals", source);
  require(std::ranges::equal(names, CallSignals::kNames), "{}: 'signals' are {}, expected {}",
          source, fmt::join(names, ", "), fmt::join(CallSignals::kNames, ", "));
  ConfidenceModel m{
      numbers("mean", kSignals), numbers("scale", kSignals), numbers("weights", kSignals + 1), {}};
  const Json& c = json_member(json, "calibration", source);
  m.calibration = {json_get<double>(c, "slope", source), json_get<double>(c, "offset", source)};
  for (const double s : m.scale) require(s > 0, "{}: 'scale' {}, expected above zero", source, s);
  return m;
}

}  // namespace offprint::tasks
