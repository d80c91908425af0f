#include "offprint/tasks/ridge_forecaster.h"

#include <cmath>
#include <limits>

#include "offprint/core/error.h"
#include "offprint/tasks/series_windows.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kChunk = 1024;  // windows in memory at a time

struct Moments {
  Tensor xx, xy;  // (L,L), (L,H)
  double yy = 0;
};

class Ridge : public Forecaster {
 public:
  explicit Ridge(const ForecastShape& shape)
      : shape_(shape), weight_(at::zeros({shape.lookback, shape.horizon}, at::kDouble)) {}

  void fit(const ForecastRows& rows, Rng, Progress& progress) override {
    progress.start("fitting ridge");
    const Moments train = moments(rows.values, 0, rows.train, progress);
    const Moments validation = moments(rows.values, rows.train, rows.values.size(0), progress);
    const auto [values, vectors] = at::linalg_eigh(train.xx);
    const double scale = train.xx.diagonal().mean().item<double>();
    const Tensor rotated = at::matmul(vectors.t(), train.xy);  // (L,H)
    double least = std::numeric_limits<double>::infinity();
    for (int power = -8; power <= 1; ++power) {
      // Without validation rows the middle of the grid.
      const double penalty = scale * std::pow(10.0, validation.yy > 0 ? power : -3) + 1e-12;
      const Tensor shrunk = rotated / (values.clamp_min(0) + penalty).unsqueeze(1);
      const Tensor weight = at::matmul(vectors, shrunk);
      const double error = squared_error(validation, weight);
      if (error < least) least = error, weight_ = weight;
      if (validation.yy == 0) break;
    }
  }

  Tensor predict(const Tensor& history) const override {
    const Tensor last = history.slice(1, -1);                      // (B,1,V)
    const Tensor x = (history - last).slice(1, -shape_.lookback);  // (B,L,V)
    return at::einsum("blv,lh->bhv", {x, weight_}) + last;
  }

  nn::Parameters state() override { return {{"weight", weight_, {}}}; }

 private:
  Moments moments(const Tensor& values, int64_t from, int64_t until, Progress& progress) const {
    const int64_t L = shape_.lookback, H = shape_.horizon;
    const Tensor all = windows(values, from, until, L, H);
    Moments m{at::zeros({L, L}, at::kDouble), at::zeros({L, H}, at::kDouble), 0};
    require(from > 0 || all.size(0) >= 1, "ridge: {} rows to train on, expected at least {}",
            until - from, L + H);
    for (int64_t begin = 0; begin < all.size(0); begin += kChunk) {
      progress.throw_if_stopped();
      const Tensor w = all.slice(0, begin, begin + kChunk).transpose(1, 2);  // (W,V,L+H)
      const Tensor x = w.slice(2, 0, L), last = x.slice(2, L - 1);
      const Tensor X = (x - last).reshape({-1, L}), Y = (w.slice(2, L) - last).reshape({-1, H});
      m.xx += at::matmul(X.t(), X);
      m.xy += at::matmul(X.t(), Y);
      m.yy += Y.square().sum().item<double>();
    }
    return m;
  }

  // || Y - X W ||^2 from the moments alone.
  static double squared_error(const Moments& m, const Tensor& weight) {
    return m.yy - 2 * (weight * m.xy).sum().item<double>() +
           (weight * at::matmul(m.xx, weight)).sum().item<double>();
  }

  ForecastShape shape_;
  Tensor weight_;  // (L,H)
};

}  // namespace

std::unique_ptr<Forecaster> make_ridge(const ForecastShape& shape, const MethodOptions&) {
  return std::make_unique<Ridge>(shape);
}

}  // namespace offprint::tasks
