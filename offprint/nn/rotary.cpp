#include "offprint/nn/rotary.h"

#include <cmath>

#include "offprint/core/error.h"

namespace offprint::nn {

Rotary make_rotary(int64_t positions, int64_t size, double base, RotaryPairs pairs,
                   const Tensor& factors) {
  require(positions > 0 && size > 0 && size % 2 == 0 && base > 1,
          "rotary: {} positions of {} features, base {}, expected an even number of features",
          positions, size, base);
  const auto wide = at::TensorOptions().dtype(at::kDouble);
  Tensor rates =
      at::exp(at::arange(size / 2, wide) * (-2.0 * std::log(base) / static_cast<double>(size)));
  if (factors.defined()) {
    require(factors.dim() == 1 && factors.size(0) == size / 2,
            "rotary: factors are {}, expected ({})", shape_text(factors), size / 2);
    rates = rates / factors.to(at::kDouble);
  }
  const Tensor angle = at::arange(positions, wide).unsqueeze(1) * rates;
  return {angle.cos().to(at::kFloat), angle.sin().to(at::kFloat), pairs};
}

Tensor rotate(const Rotary& r, const Tensor& x, int64_t first) {
  require_dim(x, 4, "rotary", "x", "(B,T,heads,d)");
  const int64_t T = x.size(1), half = x.size(3) / 2;
  require(first >= 0 && first + T <= r.cosine.size(0) && half == r.cosine.size(1),
          "rotary: steps {} to {} of {} positions, {} features", first, first + T, r.cosine.size(0),
          x.size(3));
  const Tensor c = r.cosine.narrow(0, first, T).unsqueeze(1);  // (T,1,d/2)
  const Tensor s = r.sine.narrow(0, first, T).unsqueeze(1);
  if (r.pairs == RotaryPairs::halves) {
    const Tensor a = x.narrow(3, 0, half), b = x.narrow(3, half, half);
    return at::cat({a * c - b * s, a * s + b * c}, 3);
  }
  const Tensor pairs = x.reshape({x.size(0), T, x.size(2), half, 2});
  const Tensor a = pairs.select(4, 0), b = pairs.select(4, 1);
  return at::stack({a * c - b * s, a * s + b * c}, 4).view(x.sizes());
}

}  // namespace offprint::nn
