// The S4D kernel forward and backward against PyTorch's formulation with the (H,N,L) tensor written
// out: H 256, N 64, that is 32 stored conjugate pairs on both sides, complex64, S4D-Lin with
// log-uniform steps. The peer gets the same work from the same formula, not the same numbers; the
// check is the norm of the gradient of sum K^2 / 2 without random parts (C = 1).
#include <cmath>
#include <numbers>

#include "benchmarks/interleave.h"
#include "offprint/core/autograd.h"
#include "offprint/kernels/vandermonde.h"

using namespace offprint;

namespace {

constexpr int64_t kChannels = 256, kPairs = 32;

struct Work {
  Tensor C, dt_A;
};

// Steps evenly spaced in their logarithm, so that both sides make the same ones without a file.
Work make_work() {
  const auto wide = at::TensorOptions().dtype(at::kDouble);
  const Tensor place = at::arange(kChannels, wide) / (kChannels - 1);
  const Tensor dt = at::exp(std::log(1e-3) + place * std::log(100.0)).unsqueeze(-1);
  const Tensor frequency = std::numbers::pi * at::arange(kPairs, wide).unsqueeze(0);
  const Tensor dt_A = at::complex((-0.5 * dt).expand({kChannels, kPairs}), dt * frequency);
  const Tensor C = at::ones({kChannels, kPairs}, dt_A.options());
  return {C.to(at::kComplexFloat).requires_grad_(), dt_A.to(at::kComplexFloat).requires_grad_()};
}

double forward_backward(const Work& w, int64_t L) {
  const Tensor K = kernels::vandermonde(w.C, w.dt_A, L);
  const Tensors slopes = gradients({(K * K).sum() / 2}, {w.C, w.dt_A});
  return slopes[0].abs().sum().item<double>();
}

}  // namespace

int main(int argc, char** argv) {
  const Work work = make_work();
  std::vector<benchmarks::Case> cases;
  for (const int64_t L : {1024, 4096, 16384})
    cases.push_back({"L " + std::to_string(L), [&work, L] { return forward_backward(work, L); },
                     Json{{"channels", kChannels}, {"pairs", kPairs}, {"length", L}}});
  return benchmarks::compare(argc, argv, "s4d-kernel", cases);
}
