#include "offprint/kernels/entropy_prox.h"

#include <ATen/ops/log.h>

#include <cmath>

#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/kernels/entropy_prox_cpu.h"

namespace offprint::kernels {
namespace {

void check(const Tensor& x, double alpha) {
  require(x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble,
          "entropy prox: x is {}, expected float32 or float64", x.dtype().name());
  require(x.dim() >= 1 && x.size(-1) >= 1, "entropy prox: x is {}, expected (...,k) with k >= 1",
          shape_text(x));
  require(alpha > 0 && std::isfinite(alpha), "entropy prox: alpha {}, expected > 0", alpha);
}

template <class T>
void run(const Tensor& x, double alpha, EntropyProx& out, bool logs) {
  const int64_t k = x.size(-1);
  const detail::ProxCall<T> call{x.const_data_ptr<T>(),
                                 out.z.data_ptr<T>(),
                                 logs ? out.log_z.data_ptr<T>() : nullptr,
                                 logs ? out.lambda.data_ptr<T>() : nullptr,
                                 k,
                                 static_cast<T>(alpha)};
  at::parallel_for(0, x.numel() / k, 1 + 8192 / k,
                   [&](int64_t begin, int64_t end) { detail::prox_groups(call, begin, end); });
}

EntropyProx solve(const Tensor& given, double alpha, bool logs) {
  check(given, alpha);
  require(given.is_cpu(), "entropy prox: x is on {}, expected the CPU", given.device().str());
  const at::NoGradGuard no_grad;
  const Tensor x = given.contiguous();
  EntropyProx out{at::empty_like(x), {}, {}};
  if (logs) out.log_z = at::empty_like(x), out.lambda = at::empty_like(x.select(-1, 0));
  if (x.scalar_type() == at::kFloat)
    run<float>(x, alpha, out, logs);
  else
    run<double>(x, alpha, out, logs);
  return out;
}

// u <= 0 with (1 - alpha) e^u + alpha u = c, by bisection.
Tensor inner_by_bisection(const Tensor& c, double alpha) {
  Tensor low = (c.clamp_max(0) - 1 - std::abs(1 - alpha)) / std::min(alpha, 1.0) - 1;
  Tensor high = at::zeros_like(c);
  for (int i = 0; i < 80; ++i) {
    const Tensor middle = (low + high) / 2;
    const Tensor above = (1 - alpha) * middle.exp() + alpha * middle > c;
    high = at::where(above, middle, high), low = at::where(above, low, middle);
  }
  return (low + high) / 2;
}

}  // namespace

EntropyProx entropy_prox_solution(const Tensor& x, double alpha) { return solve(x, alpha, true); }

Tensor entropy_prox_reference(const Tensor& given, double alpha) {
  check(given, alpha);
  const at::NoGradGuard no_grad;
  const Tensor x = given.to(at::kDouble);
  const auto k = static_cast<double>(x.size(-1));
  const Tensor top = x.amax(-1, true);
  Tensor low = top - (1 - alpha), high = top - (1 - alpha) / k + alpha * std::log(k);
  for (int i = 0; i < 80; ++i) {
    const Tensor middle = (low + high) / 2;
    const Tensor more = inner_by_bisection(x - middle, alpha).exp().sum(-1, true) > 1;
    low = at::where(more, middle, low), high = at::where(more, high, middle);
  }
  return inner_by_bisection(x - (low + high) / 2, alpha).exp();
}

Tensor entropy_prox_jacobian(const Tensor& z, const Tensor& g, double alpha) {
  const Tensor s = z / (alpha + (1 - alpha) * z);
  const Tensor sg = s * g;
  return sg - s * (sg.sum(-1, true) / s.sum(-1, true));
}

Tensor entropy_prox(const Tensor& x, double alpha) {
  static const std::string kName = "entropy_prox";
  if (alpha == 1) return at::softmax(x, -1);
  CustomGradient node;
  node.name = kName;
  node.forward = [alpha](const Tensors& in) {
    const Tensor z = in[0].is_cpu() ? solve(in[0], alpha, false).z
                                    : entropy_prox_reference(in[0], alpha).to(in[0].dtype());
    return CustomGradient::Result{{z}, {z}};
  };
  node.backward = [alpha](const Tensors& saved, const Tensors& grads) {
    return Tensors{entropy_prox_jacobian(saved[0], grads[0], alpha)};
  };
  return offprint::apply(node, {x})[0];
}

}  // namespace offprint::kernels
