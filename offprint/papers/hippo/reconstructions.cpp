#include "offprint/papers/hippo/reconstructions.h"

#include <ATen/ops/outer.h>

#include <cmath>
#include <filesystem>
#include <numbers>

#include "offprint/core/numbers.h"
#include "offprint/data/catalog.h"
#include "offprint/data/csv.h"
#include "offprint/nn/hippo_basis.h"
#include "offprint/nn/hippo_memory.h"

namespace offprint::papers::hippo {
namespace {

using nn::Basis;
constexpr int64_t kSignals = 64;

Tensor steps(int64_t n) { return at::arange(n, at::TensorOptions().dtype(at::kDouble)); }

// Sums of 16 waves of random phase, their frequencies uniform up to `cycles` a window: (S,L), unit
// variance. Nothing repeats after a window, so that its ends differ.
Tensor signals(int64_t S, int64_t L, const Options& o, Rng rng) {
  constexpr int64_t kWaves = 16;
  const Tensor t = steps(L) / static_cast<double>(o.window);
  const double turn = 2 * std::numbers::pi;
  const Tensor frequency = rng.uniform({S, kWaves, 1}, 0, o.cycles * turn, at::kDouble);
  const Tensor phase = rng.uniform({S, kWaves, 1}, 0, turn, at::kDouble);
  return (frequency * t + phase).cos().sum(1) / std::sqrt(kWaves / 2.0);
}

Tensor newest_first(const Tensor& u, int64_t n) { return u.narrow(1, u.size(1) - n, n).flip(1); }

Tensor best(Basis basis, int64_t order, const Tensor& past) {
  const auto W = past.size(1);
  const Tensor F = nn::basis_functions(basis, order, (steps(W) + 0.5) / static_cast<double>(W));
  return at::matmul(nn::best_coefficients(F, past), F);
}

// A day, a year and what wanders, in the colours of ETTh1.
data::Series generated_series(Rng rng) {
  constexpr int64_t kRows = 17420;
  const Tensor t = steps(kRows), noise = rng.normal({kRows}, at::kDouble);
  const double turn = 2 * std::numbers::pi;
  std::vector<double> wander = numbers(noise);
  for (size_t i = 1; i < wander.size(); ++i) wander[i] = 0.98 * wander[i - 1] + 0.6 * wander[i];
  const Tensor values = 15 + 6 * (turn * t / 8760).cos() + 2 * (turn * t / 24).sin() +
                        at::tensor(wander, at::kDouble);
  data::Series series;
  series.source = "generated", series.names = {"OT"};
  series.values = values.unsqueeze(1);
  return series;
}

}  // namespace

SignalErrors signal_errors(int64_t order, const Options& o, const Rng& rng) {
  SignalErrors out;
  out.order = order;
  const int64_t W = o.window, edge = W / 20;
  const auto window = static_cast<double>(W);
  for (int64_t seed = 0; seed < o.seeds; ++seed) {
    const Tensor u = signals(kSignals, 3 * W, o, rng.split(static_cast<uint64_t>(seed)));
    const Tensor past = newest_first(u, W);
    const auto inside = [&](const Tensor& x) { return x.narrow(1, edge, W - 2 * edge); };
    nn::Hippo legt = nn::make_hippo(Basis::legt, order, window, kSignals);
    nn::Hippo fout = nn::make_hippo(Basis::fout, order, window, kSignals);
    nn::update(legt, u);
    nn::update(fout, u);
    const Tensor plain = nn::reconstruct(fout, steps(W)), fourier = best(Basis::fout, order, past);
    out.legt.push_back(relative_error(nn::reconstruct(legt, steps(W)), past));
    out.fout_whole.push_back(relative_error(plain, past));
    out.fout_inside.push_back(relative_error(inside(plain), inside(past)));
    out.fout_jump.push_back(relative_error(nn::reconstruct_with_jump(fout, steps(W)), past));
    out.best_legendre.push_back(relative_error(best(Basis::legt, order, past), past));
    out.best_fourier.push_back(relative_error(fourier, past));
    out.best_fourier_inside.push_back(relative_error(inside(fourier), inside(past)));
  }
  return out;
}

SignalExample signal_example(const Options& o, const Rng& rng) {
  constexpr int64_t kOrder = 16;  // few enough to see the difference
  const auto window = static_cast<double>(o.window);
  const Tensor u = signals(1, 3 * o.window, o, rng.split("example")), lags = steps(o.window);
  nn::Hippo legt = nn::make_hippo(Basis::legt, kOrder, window);
  nn::Hippo fout = nn::make_hippo(Basis::fout, kOrder, window);
  nn::update(legt, u);
  nn::update(fout, u);
  return {numbers(lags), numbers(newest_first(u, o.window)), numbers(nn::reconstruct(legt, lags)),
          numbers(nn::reconstruct(fout, lags)), numbers(nn::reconstruct_with_jump(fout, lags))};
}

RealSeries real_series(const std::string& folder, Rng rng) {
  const auto set =
      folder.empty() ? data::find_set("ett") : std::optional(std::filesystem::path(folder));
  if (!set || !std::filesystem::exists(*set / "ETTh1.csv"))
    return {generated_series(std::move(rng)), "OT",
            "a generated series (a day, a year, a random walk): ETTh1 is not here, offprint data "
            "get ett"};
  return {data::series_from_table(data::read_csv(*set / "ETTh1.csv"), {"OT"}), "OT",
          "ETTh1's oil temperature, 17420 hours"};
}

std::vector<tasks::StreamMemory> series_memories(const RealSeries& real, const Options& o,
                                                 Progress& progress) {
  std::vector<tasks::StreamMemory> all;
  for (const char* basis : {"legs", "legt", "fout"})
    for (const int64_t order : {16, 32, 64})
      all.push_back(tasks::remember_stream(
          real.series, real.column, {basis, o.series_window, order, "interpolate"}, progress));
  return all;
}

WholeHistory whole_history(const RealSeries& real) {
  WholeHistory out;
  Progress silent;
  for (const int64_t order : {16, 32, 64}) {
    const tasks::StreamMemory m = tasks::remember_stream(
        real.series, real.column, {"scaled-legs", 0, order, "interpolate"}, silent);
    out.orders.push_back(order);
    out.online.push_back(m.online.error);
    out.best.push_back(m.baselines.back().error);
  }
  return out;
}

}  // namespace offprint::papers::hippo
