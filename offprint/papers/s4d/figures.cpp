#include "offprint/papers/s4d/figures.h"

#include <ATen/ops/imag.h>
#include <fmt/format.h>

#include <algorithm>

#include "offprint/kernels/vandermonde.h"
#include "offprint/nn/normal_part.h"
#include "offprint/nn/ssm_init.h"

namespace offprint::papers::s4d {
namespace {

constexpr int64_t kState = 16;

std::vector<double> values(const Tensor& t) {
  const Tensor flat = t.to(at::kDouble).flatten().contiguous();
  const double* const data = flat.const_data_ptr<double>();
  return {data, data + flat.numel()};
}

std::vector<double> as_doubles(const std::vector<int64_t>& numbers) {
  return {numbers.begin(), numbers.end()};
}

std::string case_name(const DelayCase& c) {
  return fmt::format("{} {} {}{}", c.init, c.rule, c.real_part, c.train_b ? "" : ", B fixed");
}

}  // namespace

Figure eigenvalue_figure(Rng rng) {
  constexpr double kStep = 0.02;
  Plot plot;
  plot.title = "Where each initialisation puts its modes";
  plot.x_label = "Re exp(A dt)", plot.y_label = "Im exp(A dt)";
  for (const std::string& init : nn::diagonal_inits()) {
    const Tensor a = at::exp(nn::make_diagonal_ssm(init, 1, kState, rng).A * kStep);
    Plot::Line line{init, values(at::real(a)), values(at::imag(a)), {}, {}, false, true};
    plot.lines.push_back(std::move(line));
  }
  return {
      "Discretised eigenvalues of one channel, N 16, dt 0.02. Angle is frequency, distance to "
      "the unit circle is forgetting: Real never turns, Rand crowds at low frequencies.",
      std::move(plot)};
}

Figure kernel_figure(Rng rng) {
  constexpr int64_t kLags = 400;
  constexpr double kStep = 0.01;
  const Tensor C = at::complex(rng.normal({1, kState / 2}, at::kDouble),
                               rng.normal({1, kState / 2}, at::kDouble));
  Plot plot;
  plot.title = "Kernels before training";
  plot.x_label = "lag [steps]", plot.y_label = "K";
  for (const char* init : {"legs", "inv", "lin", "real", "rand"}) {
    const nn::DiagonalSsm ssm = nn::make_diagonal_ssm(init, 1, kState, rng);
    const Tensor dt = at::full({1}, kStep, at::kDouble);
    const auto d = nn::discretize_zoh(ssm.A, ssm.B, dt);
    const Tensor K = kernels::vandermonde(C * d.B, d.log_a, kLags);
    std::vector<double> lags = values(at::arange(kLags));
    plot.lines.push_back({init, std::move(lags), values(K), {}, {}, false, false});
  }
  return {"One channel, N 16, dt 0.01, the same random C for all.", std::move(plot)};
}

Figure theorem_figure(const NormalPart& errors) {
  Plot plot;
  plot.title = "The normal part of LegS against LegS";
  plot.x_label = "state size N", plot.y_label = "relative L2 difference";
  plot.log_x = plot.log_y = true;
  const std::vector<double> N = as_doubles(errors.sizes);
  plot.lines.push_back({"kernel, point by point", N, errors.kernel, {}, {}, true, false});
  plot.lines.push_back({"response, band-limited input", N, errors.response, {}, {}, false, false});
  return {"Row 0 of the state. The theorem's limit is weak: responses meet, kernels do not.",
          std::move(plot)};
}

Figure basis_figure() {
  constexpr int64_t kPoints = 400, kOrder = 64;
  constexpr double kStep = 0.01;
  const Tensor t = at::arange(kPoints, at::TensorOptions().dtype(at::kDouble)) * kStep;
  Plot plot;
  plot.title = "Basis function 0 of LegS and of its normal part, N 64";
  plot.x_label = "time since the input", plot.y_label = "K_0(t)";
  plot.lines.push_back({"normal part",
                        values(t),
                        values(nn::normal_basis(0, kOrder, kStep, kPoints)),
                        {},
                        {},
                        false,
                        false});
  plot.lines.push_back({"LegS", values(t), values(nn::legs_basis(0, t)), {}, {}, true, false});
  return {"The difference is fast oscillation that a slow input does not see.", std::move(plot)};
}

Figure delay_figure(const std::vector<DelayRun>& runs) {
  Plot plot;
  plot.title = "Delay task after training";
  plot.x_label = "initialisation", plot.y_label = "share of the target's variance left";
  Plot::Bars bars{"error", {}, {}, {}};
  for (const DelayRun& run : runs) {
    plot.categories.push_back(run.setting.init);
    bars.values.push_back(run.mean());
    bars.low.push_back(run.least());
    bars.high.push_back(run.most());
  }
  plot.bars.push_back(std::move(bars));
  plot.marks.push_back({"our bar", 0.1, false});
  return {"Mean over seeds with the least and the most; silence scores 1.", std::move(plot)};
}

Figure digit_figure(const std::vector<DigitRun>& runs) {
  Plot plot;
  plot.title = "Sequential digits at equal parameters";
  plot.x_label = "layer", plot.y_label = "test accuracy [%]";
  Plot::Bars bars{"accuracy", {}, {}, {}};
  for (const DigitRun& run : runs) {
    plot.categories.push_back(run.setting.name);
    bars.values.push_back(run.mean());
    const auto [low, high] = std::minmax_element(run.accuracies.begin(), run.accuracies.end());
    bars.low.push_back(*low);
    bars.high.push_back(*high);
  }
  plot.bars.push_back(std::move(bars));
  plot.marks.push_back({"our bar", 95, false});
  return {"Mean over seeds with the least and the most.", std::move(plot)};
}

TextTable delay_table(const std::vector<DelayRun>& runs, const std::string& title) {
  TextTable table{title, {"layer", "error", "least", "most", "seeds"}, {}};
  for (const DelayRun& run : runs)
    table.rows.push_back({case_name(run.setting), number_text(run.mean()), number_text(run.least()),
                          number_text(run.most()), std::to_string(run.errors.size())});
  return table;
}

TextTable digit_table(const std::vector<DigitRun>& runs, const std::string& title) {
  TextTable table{title, {"layer", "accuracy [%]", "width", "parameters", "epochs"}, {}};
  for (const DigitRun& run : runs)
    table.rows.push_back({run.setting.name, number_text(run.mean()), std::to_string(run.width),
                          std::to_string(run.parameters), std::to_string(run.epochs)});
  return table;
}

}  // namespace offprint::papers::s4d
