#include "offprint/papers/s4d/identities.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "offprint/core/autograd.h"
#include "offprint/nn/normal_part.h"
#include "offprint/nn/s4d.h"
#include "offprint/nn/ssm_init.h"

namespace offprint::papers::s4d {
namespace {

constexpr const char* kRules[] = {"zoh", "bilinear"};
constexpr const char* kRealParts[] = {"exp", "relu", "softplus", "free"};

nn::S4DOptions layer_options(const std::string& init, const char* rule, const char* real_part) {
  nn::S4DOptions o;
  o.init = init, o.discretization = rule, o.real_part = real_part;
  return o;
}

}  // namespace

Measurement recurrence_gap(at::ScalarType type, Rng rng) {
  const at::NoGradGuard no_grad;
  double worst = 0;
  int cases = 0;
  for (const std::string& init : nn::diagonal_inits())
    for (const char* rule : kRules)
      for (const char* real_part : kRealParts) {
        nn::S4DOptions o = layer_options(init, rule, real_part);
        o.d_model = 4, o.d_state = 16;
        const nn::S4D layer = nn::make_s4d(o, rng, type);
        const Tensor u = rng.normal({2, 4, 256}, type);
        worst = std::max(worst, relative_error(recur(layer, u), convolve(layer, u)));
        ++cases;
      }
  return {worst, "", fmt::format("worst of {} layers, 256 steps", cases), ""};
}

Measurement gradient_gap(Rng rng) {
  double worst = 0;
  for (const char* rule : kRules)
    for (const char* real_part : kRealParts) {
      nn::S4DOptions o = layer_options("legs", rule, real_part);
      o.d_model = 2, o.d_state = 8;
      nn::S4D layer = nn::make_s4d(o, rng, at::kDouble);
      std::vector<Tensor> inputs = {rng.normal({1, 2, 24}, at::kDouble).requires_grad_()};
      for (const nn::Parameter& p : nn::parameters_of(layer)) inputs.push_back(p.tensor);
      const auto f = [&](const Tensors& t) { return convolve(layer, t[0]); };
      worst = std::max(worst, gradient_check(f, inputs));
    }
  return {worst, "", "worst of 8 layers, every parameter and the input, float64", ""};
}

Measurement discretisation_order(Rng rng) {
  const nn::DiagonalSsm ssm = nn::make_diagonal_ssm("lin", 1, 8, rng);
  const auto response = [&](const char* rule, int64_t steps) {  // at t = 1
    const double dt = 1.0 / static_cast<double>(steps);
    const auto d = nn::discretize(rule, ssm.A, ssm.B, at::full({1}, dt, at::kDouble));
    const Tensor a = at::exp(d.log_a);
    Tensor x = at::zeros_like(ssm.A);
    for (int64_t k = 0; k < steps; ++k)
      x = a * x + d.B * std::sin(2.0 * (static_cast<double>(k) + 0.5) * dt);
    return x;
  };
  double order = std::numeric_limits<double>::infinity(), before = 0;
  for (const int64_t steps : {128, 256, 512, 1024}) {
    const double gap = max_abs_diff(response("zoh", steps), response("bilinear", steps));
    if (before > 0) order = std::min(order, std::log2(before / gap));
    before = gap;
  }
  return {order, "", "least of three halvings, dt 1/128 to 1/1024", ""};
}

NormalPart normal_part_errors(Rng rng) {
  NormalPart out;
  std::vector<double> sizes;
  for (const int64_t N : {16, 32, 64, 128, 256, 512}) {
    out.sizes.push_back(N);
    sizes.push_back(static_cast<double>(N));
    out.kernel.push_back(nn::normal_kernel_error(0, N, 0.005, 20.0));
    out.response.push_back(nn::normal_response_error(0, N, 0.02, 20.0));
  }
  out.rate = fit_exponent(sizes, out.response, rng).slope;
  return out;
}

}  // namespace offprint::papers::s4d
