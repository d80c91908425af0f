#include "offprint/papers/fractional_sde/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/autograd.h"
#include "offprint/core/clock.h"
#include "offprint/core/memory.h"
#include "offprint/kernels/fractional_paths.h"
#include "offprint/models/fractional_path.h"
#include "offprint/nn/parameters.h"
#include "offprint/worlds/fractional_noise.h"

namespace offprint::papers::fractional_sde {
namespace {

using kernels::FbmType;
using kernels::MarkovFbm;

struct Setting {
  int terms;
  FbmType type;
};
// As few terms as the bar asks for, and as many.
constexpr Setting kSettings[] = {{5, FbmType::riemann_liouville},
                                 {8, FbmType::riemann_liouville},
                                 {8, FbmType::mandelbrot_van_ness}};

double relative(const std::vector<double>& a, const std::vector<double>& b) {
  double error = 0, size = 0;
  for (size_t i = 0; i < a.size(); ++i) error += std::pow(a[i] - b[i], 2), size += b[i] * b[i];
  return std::sqrt(error / size);
}

double covariance_gap(const MarkovFbm& m) {
  constexpr int kPoints = 50;
  std::vector<double> ours, exact;
  for (int i = 1; i <= kPoints; ++i)
    for (int j = 1; j <= kPoints; ++j) {
      const double s = m.horizon * i / kPoints, t = m.horizon * j / kPoints;
      ours.push_back(kernels::mfbm_covariance(m, s, t));
      exact.push_back(kernels::fbm_covariance(m.hurst, s, t, m.type));
    }
  return relative(ours, exact);
}

models::FractionalEquation drawn_to_zero(const MarkovFbm& m, double dt, at::ScalarType type) {
  return {.driver = nn::make_driver(m, dt, type),
          .weights = at::tensor(m.weights, at::kDouble).to(type),
          .drift = [](double, const Tensor& x) { return -x; },
          .diffusion = [](const Tensor& x) { return at::ones_like(x); }};
}

// As numpy would do it: one step of all paths after the other, K + 1 rows of states.
Tensor paths_by_tensors(const MarkovFbm& m, int64_t paths, int64_t steps, double dt, Rng& rng) {
  const Tensor rates = at::tensor(m.rates, at::kDouble).to(at::kFloat).unsqueeze(1);
  const Tensor weights = at::tensor(m.weights, at::kDouble).to(at::kFloat);
  Tensor y = at::zeros({rates.size(0), paths}), x = at::zeros({steps + 1, paths});
  for (int64_t i = 0; i < steps; ++i) {
    const Tensor dy = rng.normal({paths}) * std::sqrt(dt) - dt * rates * y;
    x[i + 1].copy_(x[i] * (1 - dt) + weights.matmul(dy));
    y += dy;
  }
  return x;
}

}  // namespace

Measurement weights_against_paths(int64_t paths, Rng rng) {
  constexpr int64_t kChunk = 1000;
  double worst = 0;
  for (const double hurst : {0.3, 0.8}) {
    // Rates that the horizon tells apart: two much slower than it leave the weights to chance.
    const MarkovFbm m = kernels::make_mfbm(hurst, 4, 1, {FbmType::riemann_liouville, 0.1, 100});
    Tensor gram = at::zeros({4, 4}, at::kDouble), right = at::zeros({4, 1}, at::kDouble);
    for (int64_t first = 0; first < paths; first += kChunk) {
      const worlds::DrivenTogether d =
          worlds::drive_together(m, std::min(kChunk, paths - first), 200, 4000, rng);
      const Tensor Y = d.y.flatten(0, 1);
      gram += Y.t().matmul(Y), right += Y.t().matmul(d.b.reshape({-1, 1}));
    }
    const Tensor fitted = at::linalg_solve(gram, right).squeeze(1);
    worst = std::max(worst, relative_error(at::tensor(m.weights, at::kDouble), fitted));
  }
  return {worst, fmt::format("{} paths of 4000 cells", paths), "H 0.3 and 0.8, four terms", ""};
}

Measurement slopes_in_hurst() {
  constexpr double kStep = 1e-4;
  double worst = 0;
  for (const FbmType type : {FbmType::riemann_liouville, FbmType::mandelbrot_van_ness})
    for (const double hurst : {0.2, 0.5, 0.8}) {
      const auto at = [&](double h) { return kernels::make_mfbm(h, 5, 1, {type}).weights; };
      const auto up = at(hurst + kStep), down = at(hurst - kStep);
      const auto up2 = at(hurst + 2 * kStep), down2 = at(hurst - 2 * kStep);
      std::vector<double> slopes;
      for (size_t k = 0; k < up.size(); ++k)
        slopes.push_back((8 * (up[k] - down[k]) - (up2[k] - down2[k])) / (12 * kStep));
      worst = std::max(worst, relative(kernels::make_mfbm(hurst, 5, 1, {type}).slopes, slopes));
    }
  return {worst, "differences of fourth order", "six cases", ""};
}

Measurement covariance_error() {
  double worst = 0;
  std::string cases;
  for (const double hurst : {0.2, 0.5, 0.8})
    for (const auto& [terms, type] : kSettings) {
      const double gap = covariance_gap(kernels::make_mfbm(hurst, terms, 1, {type}));
      worst = std::max(worst, gap);
      cases += fmt::format("{}{:.2f}", cases.empty() ? "" : ", ", 100 * gap);
    }
  return {worst, fmt::format("% at H 0.2, 0.5, 0.8: {}", cases),
          "each Riemann-Liouville 5 and 8 terms, Mandelbrot-Van Ness 8", ""};
}

Measurement brownian_error() {
  double worst = 0;
  for (const auto& [terms, type] : kSettings) {
    const MarkovFbm m = kernels::make_mfbm(0.5, terms, 1, {type});
    for (int i = 1; i <= 20; ++i)
      worst = std::max(worst,
                       std::abs(kernels::mfbm_covariance(m, i / 20.0, i / 20.0) / (i / 20.0) - 1));
  }
  return {worst, "variance t", "20 times, three settings", ""};
}

Measurement gradient_error(Rng rng) {
  const MarkovFbm m = kernels::make_mfbm(0.5, 5, 1);
  const nn::FractionalDriver driver = nn::make_driver(m, 0.05, at::kDouble);
  const auto leaf = [&](at::IntArrayRef shape, double scale) {
    return (scale * rng.normal(shape, at::kDouble)).set_requires_grad(true);
  };
  const Tensors inputs = {at::tensor({0.3, 0.7}, at::kDouble).set_requires_grad(true),
                          leaf({2, 2}, 0.5), leaf({2, 12}, 0.3), leaf({2}, 0.3)};
  const Rng noise = rng.split("noise");
  const auto bound = [&](const Tensors& in) {
    const models::FractionalEquation e{
        .driver = driver,
        .weights = kernels::mfbm_weights(in[0], m),
        .drift = [in](double, const Tensor& x) { return at::tanh(at::linear(x, in[1])); },
        .diffusion = [](const Tensor& x) { return 0.5 + 0.2 * at::sigmoid(x); },
        .stratonovich = true};
    const models::Control control = [in](int64_t, const Tensor& x,
                                         const Tensor& y) -> models::Steering {
      return {at::linear(at::cat({x, y.flatten(1) * 0.1}, 1), in[2]), in[3]};
    };
    const models::Rolled r = models::roll_out(e, control, at::zeros({4, 2}, at::kDouble),
                                              {.steps = 20, .keep_every = 20}, noise);
    return r.cost.sum() + ((r.x[1] - 1) / 0.3).pow(2).sum() / 2;
  };
  return {gradient_check(bound, inputs, 1e-5), "central differences",
          "index, drift, control and spread", ""};
}

Adjoint adjoint_of(int64_t steps, Rng rng) {
  const MarkovFbm m = kernels::make_mfbm(0.3, 5, 1);
  struct Run {
    Tensor gradient;
    double most = 0;
  };
  const auto run = [&](bool lean) {
    Rng init = rng.split("init");
    Run out;
    const double before = memory_in_use_mib();
    models::FractionalEquation e = drawn_to_zero(m, 1.0 / static_cast<double>(steps), at::kDouble);
    e.drift = [&](double, const Tensor& x) {
      out.most = std::max(out.most, memory_in_use_mib() - before);
      return -x;
    };
    models::TimedControl control = models::make_timed_control(e.driver, 1, steps, 8, 0, init);
    control.table = 0.1 * init.normal(control.table.sizes(), at::kDouble);
    nn::parameters_of(control);
    models::RollOptions o{.steps = steps, .keep_every = steps};
    if (lean) o.shared = {control.table, control.log_spread};
    const models::Rolled r = models::roll_out(
        e,
        [&](int64_t i, const Tensor& x, const Tensor& y) {
          return models::forward(control, i, x, y);
        },
        at::zeros({64, 1}, at::kDouble), o, rng.split("noise"));
    out.gradient = gradients({(r.cost + r.x[1].squeeze(1).pow(2)).sum()}, {control.table})[0];
    return out;
  };
  const Run whole = run(false), lean = run(true);
  return {{relative_error(lean.gradient, whole.gradient), "full backpropagation",
           fmt::format("{} steps, float64", steps), ""},
          {lean.most / whole.most, fmt::format("{:.1f} MiB of {:.1f} MiB", lean.most, whole.most),
           fmt::format("{} steps, 64 paths", steps), ""}};
}

Measurement speed(int64_t repeats, Rng rng) {
  const MarkovFbm m = kernels::make_mfbm(0.3, 5, 1, {FbmType::riemann_liouville});
  constexpr int64_t kPaths = 4096, kSteps = 250;
  std::vector<double> ratios, own;
  for (int64_t i = 0; i <= repeats; ++i) {  // the first warms up
    const Stopwatch ours;
    kernels::simulate_fractional({.drift = {0, -1}}, m, kPaths, kSteps, 1.0 / kSteps, rng);
    const double mine = ours.seconds();
    const Stopwatch theirs;
    paths_by_tensors(m, kPaths, kSteps, 1.0 / kSteps, rng);
    if (i == 0) continue;
    own.push_back(mine), ratios.push_back(theirs.seconds() / mine);
  }
  std::ranges::sort(ratios);
  std::ranges::sort(own);
  return {ratios[ratios.size() / 2],
          fmt::format("ours {} s, {} paths of {} steps", number_text(own[own.size() / 2], 2),
                      kPaths, kSteps),
          fmt::format("{:.1f} to {:.1f}, {} repeats", ratios.front(), ratios.back(), repeats), ""};
}

Figure covariance_figure() {
  Plot plot{.title = "Variance of fractional motion and of its Markov stand-in",
            .x_label = "time [horizons]",
            .y_label = "variance"};
  for (const double hurst : {0.2, 0.5, 0.8}) {
    const MarkovFbm m = kernels::make_mfbm(hurst, 5, 1, {FbmType::riemann_liouville});
    Plot::Line exact{.label = fmt::format("H {:.1f}", hurst)};
    Plot::Line ours{.label = fmt::format("H {:.1f}, 5 terms", hurst), .points = true};
    for (int i = 0; i <= 80; ++i) {
      const double t = i / 80.0;
      exact.x.push_back(t), exact.y.push_back(kernels::fbm_covariance(hurst, t, t, m.type));
      if (i % 4 == 0) ours.x.push_back(t), ours.y.push_back(kernels::mfbm_covariance(m, t, t));
    }
    plot.lines.push_back(std::move(exact)), plot.lines.push_back(std::move(ours));
  }
  return {
      "Riemann and Liouville's motion: lines are exact, points five terms of one Brownian "
      "motion. Roughness (H 0.2) is what five terms find hardest.",
      plot};
}

Figure path_figure(Rng rng) {
  Plot plot{.title = "One path of each index", .x_label = "time [horizons]", .y_label = "B"};
  for (const double hurst : {0.2, 0.5, 0.8}) {
    const MarkovFbm m = kernels::make_mfbm(hurst, 8, 1);
    const Tensor x = kernels::simulate_fractional({}, m, 1, 400, 1.0 / 400, rng).x[0];
    Plot::Line line{.label = fmt::format("H {:.1f}", hurst)};
    for (int64_t i = 0; i <= 400; ++i)
      line.x.push_back(static_cast<double>(i) / 400), line.y.push_back(x[i].item<double>());
    plot.lines.push_back(std::move(line));
  }
  return {"Eight terms of the same draws: anti-persistent, without memory, persistent.", plot};
}

}  // namespace offprint::papers::fractional_sde
