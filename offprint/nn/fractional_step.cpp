#include "offprint/nn/fractional_step.h"

#include "offprint/core/error.h"

namespace offprint::nn {
namespace {

// Normals with less of a step's variance than this are not drawn.
constexpr double kLeastShare = 1e-9;

}  // namespace

FractionalDriver make_driver(const kernels::MarkovFbm& shape, double dt, at::ScalarType type) {
  const kernels::OuStep step = kernels::ou_step(shape, dt);
  const Tensor shares = step.root.pow(2).sum(0);
  const Tensor kept = (shares > kLeastShare * shares.max()).nonzero().view(-1);
  const auto [spread, axes] = at::linalg_eigh(kernels::ou_start(shape));
  return {.shape = shape,
          .dt = dt,
          .decay = step.decay.to(type),
          .push = step.push.to(type),
          .root = step.root.index_select(1, kept).to(type),
          .start_root = (axes * spread.clamp_min(0).sqrt()).to(type)};
}

Tensor step_normals(const FractionalDriver& d, int64_t paths, int64_t dims, int64_t i,
                    const Rng& rng) {
  return rng.split(static_cast<uint64_t>(i))
      .normal({paths, dims, d.normals()}, d.root.scalar_type());
}

Tensor start_normals(const FractionalDriver& d, int64_t paths, int64_t dims, const Rng& rng) {
  return rng.split("start").normal({paths, dims, d.terms()}, d.root.scalar_type());
}

Moved move_terms(const FractionalDriver& d, const Tensor& weights, const Tensor& y,
                 const Tensor& normals, const Tensor& control) {
  require_dim(y, 3, "move_terms", "y", "(P,D,K)");
  Tensor next = y * d.decay + normals.matmul(d.root.t());
  if (control.defined()) next = next + control.unsqueeze(2) * d.push;
  return {next, ((next - y) * weights).sum(2)};
}

Tensor euler_maruyama(const Tensor& x, const Tensor& drift, const Diffusion& diffusion,
                      const Tensor& b_moved, double dt) {
  return x + drift * dt + diffusion(x) * b_moved;
}

Tensor stratonovich_milstein(const Tensor& x, const Tensor& drift, const Diffusion& diffusion,
                             const Tensor& b_moved, double dt) {
  const Tensor here = diffusion(x), there = diffusion(x + here * b_moved);
  return x + drift * dt + 0.5 * (here + there) * b_moved;
}

}  // namespace offprint::nn
