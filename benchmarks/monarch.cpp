// A gated long convolution by Monarch products, forward and backward, against causal attention in
// PyTorch over the same sequence: 256 features, one head, one sequence. They compute different
// things, so there is no check; what is compared is the cost of mixing L steps, which is the
// paper's claim. Besides says how one product grows with N and fails where the exponent leaves
// 1.4 .. 1.6.
#include "offprint/kernels/monarch.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "benchmarks/interleave.h"
#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/papers/monarch_mixer/product_checks.h"
#include "offprint/papers/statistics.h"

using namespace offprint;

namespace {

constexpr int64_t kFeatures = 256;

double forward_backward(const Tensors& t) {
  const Tensor y = t[1] * kernels::monarch_conv(t[0] * t[2], t[3]);
  gradients({y.square().sum()}, t);
  return std::numeric_limits<double>::quiet_NaN();
}

benchmarks::Case work(int64_t L) {
  Rng rng(1);
  Tensors t;
  for (int i = 0; i < 3; ++i) t.push_back(rng.normal({1, kFeatures, L}).requires_grad_());
  t.push_back(rng.normal({kFeatures, L}).requires_grad_());
  return {fmt::format("L {}", L), [t] { return forward_backward(t); },
          Json{{"steps", L}, {"features", kFeatures}}};
}

int scaling() {
  Progress silent;
  const auto times = papers::monarch_mixer::time_products(65536, Rng(1), silent);
  // From 4096 entries on: below, what a call costs at all is most of it.
  const auto large =
      static_cast<size_t>(std::ranges::lower_bound(times.sizes, 4096.0) - times.sizes.begin());
  const auto x = std::span(times.sizes).subspan(large), y = std::span(times.order2).subspan(large);
  const double exponent = papers::fit_exponent(x, y, Rng(1)).slope.value;
  fmt::print(stderr, "order 2 from N {} ({:.2g} s) to {} ({:.2g} s): exponent {:.3f}\n", x.front(),
             y.front(), x.back(), y.back(), exponent);
  return exponent >= 1.4 && exponent <= 1.6 ? 0 : 1;
}

int run(int argc, char** argv) {
  const int code = scaling();
  return std::max(code,
                  benchmarks::compare(argc, argv, "monarch", {work(2048), work(4096), work(8192)}));
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
