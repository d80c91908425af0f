#include "offprint/nn/learned_monarch.h"

#include <cmath>

#include "offprint/core/error.h"

namespace offprint::nn {
namespace {

// (B,H,L) as columns (L,BH) and back.
Tensor columns(const Tensor& u) { return u.permute({2, 0, 1}).reshape({u.size(2), -1}); }
Tensor from_columns(const Tensor& y, const Tensor& like) {
  return y.view({-1, like.size(0), like.size(1)}).permute({1, 2, 0});
}

Tensor times(const Tensor& k, const Tensor& columns, int64_t batch) {
  return (columns.view({k.size(0), batch, k.size(1)}) * k.unsqueeze(1)).view(columns.sizes());
}

// Every line its own matrix from the start, so that each can learn.
std::vector<Tensor> own_lines(const kernels::MonarchFactors& f) {
  const int64_t n1 = f.stages[0].size(-1), n2 = f.stages[1].size(-1);
  return {f.stages[0].expand({n2, n1, n1}).contiguous(),
          f.stages[1].expand({n1, n2, n2}).contiguous()};
}

kernels::CausalMonarch make_causal(int64_t n1, int64_t n2, Rng& rng) {
  const auto spread = [&](int64_t lines, int64_t n) {
    return rng.normal({lines, n, n}) * (0.5 / std::sqrt(static_cast<double>(n)));
  };
  return {at::eye(n2).expand({n1, n2, n2}) + spread(n1, n2), spread(n1, n2), spread(n2, n1)};
}

}  // namespace

LearnedMonarch make_learned_monarch(int64_t width, int64_t length, Rng& rng) {
  const auto sizes = kernels::monarch_sizes(length);
  // A spectrum of size one a bin keeps the size of what passes.
  const Tensor angle = rng.uniform({length, width}, -3.14159265, 3.14159265);
  return {own_lines(kernels::dft_factors(sizes)), own_lines(kernels::dft_factors(sizes, true)),
          at::complex(angle.cos(), angle.sin())};
}

Tensor forward(const LearnedMonarch& m, const Tensor& u) {
  require(u.dim() == 3 && u.size(1) == m.k.size(1) && u.size(2) == m.k.size(0),
          "learned Monarch: u is {}, expected (B,{},{})", shape_text(u), m.k.size(1), m.k.size(0));
  const Tensor X = kernels::monarch({m.enter}, columns(u));
  return from_columns(at::real(kernels::monarch({m.leave}, times(m.k, X, u.size(0)))), u);
}

LearnedCausalMonarch make_learned_causal_monarch(int64_t width, int64_t length, Rng& rng) {
  require(width > 0 && length > 0, "learned causal Monarch: width {}, length {}, expected > 0",
          width, length);
  const auto n2 = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(length))));
  const int64_t n1 = (length + n2 - 1) / n2;
  return {make_causal(n1, n2, rng), make_causal(n1, n2, rng), rng.normal({n1 * n2, width})};
}

Tensor forward(const LearnedCausalMonarch& m, const Tensor& u) {
  const int64_t N = m.k.size(0), L = u.dim() == 3 ? u.size(2) : 0;
  require(u.dim() == 3 && u.size(1) == m.k.size(1) && L >= 1 && L <= N,
          "learned causal Monarch: u is {}, expected (B,{},L) with L at most {}", shape_text(u),
          m.k.size(1), N);
  // What is padded lies behind all inputs, so that no output sees it.
  const Tensor x = columns(at::pad(u, {0, N - L}));
  const Tensor y = causal_monarch(m.leave, times(m.k, causal_monarch(m.enter, x), u.size(0)));
  return from_columns(y, u).narrow(2, 0, L);
}

}  // namespace offprint::nn
