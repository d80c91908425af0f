#include "offprint/papers/s_mamba/ring_road.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "offprint/core/error.h"

namespace offprint::papers::s_mamba {
namespace {

constexpr int64_t kWarmUp = 600;  // rows before the first, so that the waves are everywhere
constexpr int64_t kDay = 96;      // rows

// Waves on a ring, (rows,V), of unit variance: w_i(t) = p w_{i-1}(t - delay) + fresh.
Tensor waves(const RingRoad& road, int64_t delay, Rng rng) {
  const int64_t V = road.sensors, T = road.rows + kWarmUp;
  const double p = road.persistence, a = road.memory;
  const double scale = std::sqrt((1 - p * p) * (1 - a * a));
  Tensor fresh = rng.normal({T, V}, at::kDouble), w = at::zeros({T, V}, at::kDouble);
  auto e = fresh.accessor<double, 2>(), x = w.accessor<double, 2>();
  for (int64_t t = 0; t < T; ++t)
    for (int64_t i = 0; i < V; ++i) {
      e[t][i] = scale * e[t][i] + (t > 0 ? a * e[t - 1][i] : 0);
      x[t][i] = e[t][i] + (t >= delay ? p * x[t - delay][(i + V - 1) % V] : 0);
    }
  return w.slice(0, kWarmUp);
}

}  // namespace

data::Series ring_road(const RingRoad& road, const Rng& rng) {
  require(road.sensors >= 2 && road.rows >= 1, "ring road: {} sensors, {} rows, expected 2 and 1",
          road.sensors, road.rows);
  require(
      0 <= road.persistence && road.persistence < 1 && road.disturbance >= 0 && road.noise >= 0,
      "ring road: persistence {}, expected in [0,1); disturbance {} and noise {}, expected >= 0",
      road.persistence, road.disturbance, road.noise);
  const int64_t V = road.sensors;
  Rng days = rng.split("days"), weeks = rng.split("weeks"), measuring = rng.split("noise");
  const Tensor along = waves(road, road.along_delay, rng.split("along"));
  const Tensor against = waves(road, road.against_delay, rng.split("against")).flip(1);

  const double turn = 2 * std::numbers::pi;
  const Tensor t = at::arange(road.rows, at::TensorOptions().dtype(at::kDouble)).unsqueeze(1);
  const Tensor phase = days.uniform({V}, 0, turn, at::kDouble);
  const Tensor day =
      (turn * t / kDay + phase).cos() + 0.3 * (2 * turn * t / kDay + 2 * phase).cos();
  const Tensor weekend = (t / kDay).floor().remainder(7).ge(5).to(at::kDouble);
  const Tensor week = 1 - weekend * weeks.uniform({V}, 0.2, 0.8, at::kDouble);

  data::Series series;
  series.source = "ring road";
  series.values = day * week + road.disturbance / std::sqrt(2.0) * (along + against) +
                  road.noise * measuring.normal({road.rows, V}, at::kDouble);
  for (int64_t i = 0; i < V; ++i) series.names.push_back(fmt::format("sensor{}", i));
  for (int64_t r = 0; r < road.rows; ++r) series.times.push_back(900.0 * static_cast<double>(r));
  series.step.seconds = 900;
  return series;
}

data::Series reordered(const data::Series& series, const std::vector<int64_t>& order) {
  require(order.size() == series.names.size(), "reordered: {} places for {} columns", order.size(),
          series.names.size());
  data::Series out = series;
  out.values = series.values.index_select(1, at::tensor(order, at::kLong));
  for (size_t k = 0; k < order.size(); ++k)
    out.names[k] = series.names[static_cast<size_t>(order[k])];
  return out;
}

}  // namespace offprint::papers::s_mamba
