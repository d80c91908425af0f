#include "offprint/kernels/hankel.h"

#include <ATen/ops/cumsum.h>

#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

void require_window(const Tensor& x, int64_t p, const char* where) {
  require_dim(x, 2, where, "x", "(B,N)");
  require(p >= 1 && x.size(1) > p, "{}: {} values a window for {} lags, expected more than lags",
          where, x.size(1), p);
}

}  // namespace

Tensor hankel(const Tensor& x, int64_t p) {
  require_window(x, p, "hankel");
  const Tensor columns = x.unfold(1, p + 1, 1).transpose(1, 2);  // (B,p+1,n)
  const Tensor query = at::pad(x.slice(1, -p), {0, 1}).unsqueeze(2);
  return at::cat({columns, query}, 2);
}

Tensor hankel_gram(const Tensor& x, int64_t p) {
  require_window(x, p, "hankel_gram");
  const int64_t N = x.size(1), n = N - p;
  Tensor G = x.new_empty({x.size(0), p + 1, p + 1});
  for (int64_t lag = 0; lag <= p; ++lag) {
    const Tensor products = x.slice(1, 0, N - lag) * x.slice(1, lag);
    const Tensor sums = at::pad(products.cumsum(1), {1, 0});  // of the first 0, 1, ... products
    for (int64_t a = 0; a + lag <= p; ++a) {
      const Tensor mean = (sums.select(1, a + n) - sums.select(1, a)) / static_cast<double>(n);
      G.select(1, a).select(1, a + lag).copy_(mean);
      G.select(1, a + lag).select(1, a).copy_(mean);
    }
  }
  return G;
}

Tensor hankel_gram_reference(const Tensor& x, int64_t p) {
  const Tensor H = hankel(x, p).slice(2, 0, x.size(1) - p);
  return at::matmul(H, H.transpose(1, 2)) / static_cast<double>(H.size(2));
}

Tensor append_to_gram(const Tensor& G, int64_t n, const Tensor& column) {
  require_dim(column, 2, "append_to_gram", "column", "(B,p+1)");
  require(n >= 1 && G.dim() == 3 && G.size(0) == column.size(0) && G.size(1) == column.size(1) &&
              G.size(2) == column.size(1),
          "append_to_gram: G is {} of {} columns, expected (B,p+1,p+1) of >= 1", shape_text(G), n);
  const Tensor outer = column.unsqueeze(2) * column.unsqueeze(1);
  return (G * static_cast<double>(n) + outer) / static_cast<double>(n + 1);
}

Tensor in_context_least_squares(const Tensor& x, int64_t p) {
  const Tensor wide = x.to(at::kDouble), G = hankel_gram(wide, p);
  Tensor square = G.slice(1, 0, p).slice(2, 0, p).clone();
  const Tensor right = G.slice(1, 0, p).select(2, p);
  // A window that repeats itself has no one answer; a hair of ridge picks the smallest.
  square.diagonal(0, 1, 2).add_(1e-10 * square.diagonal(0, 1, 2).mean(1, true) + 1e-300);
  const Tensor phi = at::linalg_solve(square, right.unsqueeze(2)).squeeze(2);
  return (phi * wide.slice(1, -p)).sum(1);
}

}  // namespace offprint::kernels
