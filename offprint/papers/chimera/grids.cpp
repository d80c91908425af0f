#include "offprint/papers/chimera/grids.h"

#include <ATen/ops/cumsum.h>
#include <fmt/format.h>

#include <cmath>
#include <complex>

#include "offprint/core/error.h"

namespace offprint::papers::chimera {
namespace {

constexpr int64_t kForgotten = 200;  // rows until the start from rest does not matter

void name_columns(data::Series& series, const char* source) {
  series.source = source;
  for (int64_t v = 0; v < series.values.size(1); ++v) series.names.push_back(fmt::format("x{}", v));
}

// (T,V) of unit variance: each column is the one before it `delay` rows earlier, a little renewed.
Tensor travelling(int64_t rows, int64_t columns, int64_t delay, Rng rng) {
  constexpr double kKept = 0.9, kMemory = 0.7;
  const double fresh = std::sqrt(1 - kMemory * kMemory);
  const Tensor noise = rng.normal({rows + kForgotten, columns}, at::kDouble);
  Tensor own = at::zeros_like(noise), w = at::zeros_like(noise);
  const auto e = noise.accessor<double, 2>();
  auto o = own.accessor<double, 2>(), x = w.accessor<double, 2>();
  for (int64_t t = 0; t < noise.size(0); ++t)
    for (int64_t v = 0; v < columns; ++v) {
      o[t][v] = fresh * e[t][v] + (t > 0 ? kMemory * o[t - 1][v] : 0);
      const bool led = v > 0 && t >= delay;
      x[t][v] =
          led ? kKept * x[t - delay][v - 1] + std::sqrt(1 - kKept * kKept) * o[t][v] : o[t][v];
    }
  return w.slice(0, kForgotten);
}

// (T,V): every season's shape is nine tenths the last one's, of unit variance over the shapes.
Tensor changing_seasons(const Seasons& s, Rng rng) {
  constexpr double kKept = 0.9;
  const int64_t count = s.rows / s.season + 1;
  std::vector<Tensor> shapes;
  for (int64_t i = 0; i < count; ++i) {
    const Tensor fresh = rng.normal({s.season, s.columns}, at::kDouble);
    // Neighbouring phases are alike: the mean of three.
    const Tensor smooth = (fresh + fresh.roll({1}, {0}) + fresh.roll({-1}, {0})) / std::sqrt(3.0);
    shapes.push_back(i == 0 ? smooth
                            : kKept * shapes.back() + std::sqrt(1 - kKept * kKept) * smooth);
  }
  return at::cat(shapes).slice(0, 0, s.rows);
}

}  // namespace

double spectral_radius(const Recurrence& r) {
  const std::complex<double> middle = (r.a1 + r.b1 + r.a4) / 2,
                             determinant = (r.a1 + r.b1) * r.a4 - r.a2 * (r.a3 + r.b2),
                             root = std::sqrt(middle * middle - determinant);
  return std::max(std::abs(middle + root), std::abs(middle - root));
}

RecurrenceSeries recurrence_series(const Recurrence& r, const Rng& rng) {
  require(r.columns >= 1 && r.rows >= 1, "recurrence: {} columns, {} rows, expected >= 1",
          r.columns, r.rows);
  require(spectral_radius(r) < 1, "recurrence: spectral radius {:.3f}, expected below 1",
          spectral_radius(r));
  const int64_t T = r.rows + kForgotten, V = r.columns;
  const Tensor noise = rng.split("noise").normal({T, V}, at::kDouble);
  Tensor expected = at::zeros_like(noise), values = at::zeros_like(noise);
  const auto e = noise.accessor<double, 2>();
  auto h1 = expected.accessor<double, 2>(), x = values.accessor<double, 2>();
  for (int64_t t = 0; t < T; ++t) {
    double h2 = 0;
    for (int64_t v = 0; v < V; ++v) {
      x[t][v] = h1[t][v] + e[t][v];
      if (t + 1 < T) h1[t + 1][v] = r.a1 * h1[t][v] + r.a2 * h2 + r.b1 * x[t][v];
      h2 = r.a3 * h1[t][v] + r.a4 * h2 + r.b2 * x[t][v];
    }
  }
  RecurrenceSeries out;
  out.series.values = values.slice(0, kForgotten).contiguous();
  out.expected = expected.slice(0, kForgotten).contiguous();
  name_columns(out.series, "recurrence");
  return out;
}

data::Series seasons_series(const Seasons& s, const Rng& rng) {
  require(s.columns >= 1 && s.rows >= 1 && s.season >= 2 && s.delay >= 1,
          "seasons: {} columns, {} rows, season {}, delay {}, expected >= 1, 1, 2, 1", s.columns,
          s.rows, s.season, s.delay);
  Rng walk = rng.split("trend"), measuring = rng.split("noise");
  const std::vector<int64_t> shape{s.rows, s.columns};
  data::Series series;
  series.values = changing_seasons(s, rng.split("season")) +
                  s.trend * at::cumsum(walk.normal(shape, at::kDouble), 0) +
                  s.disturbance * travelling(s.rows, s.columns, s.delay, rng.split("travelling")) +
                  s.noise * measuring.normal(shape, at::kDouble);
  name_columns(series, "seasons");
  for (int64_t t = 0; t < s.rows; ++t) series.times.push_back(3600.0 * static_cast<double>(t));
  series.step.seconds = 3600;
  return series;
}

}  // namespace offprint::papers::chimera
