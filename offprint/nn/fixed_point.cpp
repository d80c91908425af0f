#include "offprint/nn/fixed_point.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/core/pullback.h"

namespace offprint::nn {
namespace {

void check(const FixedPointOptions& o, const Tensor& start) {
  require(o.solver == "anderson" || o.solver == "plain",
          "fixed point: unknown solver '{}', expected anderson|plain", o.solver);
  require(o.iterations >= 1 && o.memory >= 1, "fixed point: iterations {} memory {}, expected >= 1",
          o.iterations, o.memory);
  require_dim(start, 2, "fixed point", "start", "(B,n)");
}

// The last differences of z and of f(z) - z, a ring of `memory` entries that rows may leave.
class AndersonMemory {
 public:
  AndersonMemory(const Tensor& like, int64_t memory)
      : dz_(at::zeros({memory, like.size(0), like.size(1)}, like.options())),
        dr_(at::zeros_like(dz_)) {}

  void keep(const Tensor& dz, const Tensor& dr) {
    dz_[next_].copy_(dz), dr_[next_].copy_(dr);
    next_ = (next_ + 1) % dz_.size(0);
  }
  void forget(const Tensor& rows) {  // (B,1), one where a row starts anew
    dz_.mul_(1 - rows), dr_.mul_(1 - rows);
  }
  // z + r - (dz + dr) gamma, gamma the least squares solution of r = dr gamma. A thousandth of a
  // millionth of the trace keeps entries that are zero or alike out of the solution.
  Tensor mixed(const Tensor& z, const Tensor& r) const {
    const Tensor d = dr_.permute({1, 0, 2});                            // (B,m,n)
    const Tensor gram = at::bmm(d, d.transpose(1, 2)).to(at::kDouble);  // (B,m,m)
    const Tensor right = at::bmm(d, r.unsqueeze(2)).to(at::kDouble);    // (B,m,1)
    const Tensor trace = gram.diagonal(0, 1, 2).sum(1).reshape({-1, 1, 1}) + 1e-300;
    const Tensor eye = at::eye(gram.size(1), gram.options());
    const Tensor gamma = at::linalg_solve(gram / trace + 1e-9 * eye, right / trace).to(r.dtype());
    return z + r - at::bmm(gamma.transpose(1, 2), (dz_ + dr_).permute({1, 0, 2})).squeeze(1);
  }

 private:
  Tensor dz_, dr_;
  int64_t next_ = 0;
};

}  // namespace

FixedPoint solve_fixed_point(const std::function<Tensor(const Tensor& z)>& f, const Tensor& start,
                             const FixedPointOptions& o) {
  check(o, start);
  const at::NoGradGuard no_grad;
  const int64_t rows = start.size(0);
  FixedPoint out{start.detach(), std::vector<int64_t>(static_cast<size_t>(rows), o.iterations)};
  if (rows == 0 || start.size(1) == 0) {
    out.converged = true;
    return out;
  }
  const bool anderson = o.solver == "anderson";
  AndersonMemory memory(out.z, anderson ? o.memory : 1);
  std::vector<bool> done(static_cast<size_t>(rows), false);
  Tensor z = out.z, last_z, last_r, best;
  for (int64_t i = 1; i <= o.iterations; ++i) {
    const Tensor fz = f(z), r = fz - z;
    const Tensor change = r.abs().amax(1);  // (B)
    const Tensor on_cpu = change.to(at::kCPU, at::kDouble);
    const double* values = on_cpu.const_data_ptr<double>();
    out.residual = *std::max_element(values, values + rows);
    out.residuals.push_back(out.residual);
    bool all = true;
    for (int64_t b = 0; b < rows; ++b) {
      const auto row = static_cast<size_t>(b);
      if (!done[row] && values[b] <= o.tolerance) done[row] = true, out.iterations[row] = i;
      all = all && done[row];
    }
    if (all || i == o.iterations) {
      out.z = fz, out.converged = all;
      return out;
    }
    if (!anderson) {
      z = fz;
      continue;
    }
    const Tensor bad = best.defined() ? (change > 2 * best).to(z.dtype()).unsqueeze(1)
                                      : at::zeros({rows, 1}, z.options());
    best = best.defined() ? at::where(change < best, change, best) : change;
    if (last_z.defined()) memory.keep(z - last_z, r - last_r);
    memory.forget(bad);
    last_z = z, last_r = r;
    z = last_z.equal(out.z) ? fz : memory.mixed(z, r);
  }
  return out;
}

Tensor implicit_layer(const std::function<Tensor(const Tensor& z, const Tensors& inputs)>& f,
                      const Tensor& start, const Tensors& inputs, const FixedPointOptions& o,
                      FixedPoint* report) {
  CustomGradient node;
  node.name = "implicit_layer";
  node.forward = [&](const Tensors& in) {
    FixedPoint found = solve_fixed_point([&](const Tensor& z) { return f(z, in); }, start, o);
    Tensors saved = {found.z};
    saved.insert(saved.end(), in.begin(), in.end());
    const Tensor z = found.z;
    if (report) *report = std::move(found);
    return CustomGradient::Result{{z}, saved};
  };
  node.backward = [f, o](const Tensors& saved, const Tensors& grads) {
    const Pullback pull(
        [&](const Tensors& all) { return f(all[0], Tensors(all.begin() + 1, all.end())); }, saved);
    const Tensor g = grads[0].contiguous();
    // Adjoints are as large as the loss makes them; the tolerance is of z, which is of order one.
    const Tensor scale = g.abs().amax().clamp_min(1e-30);
    const Tensor unit = g / scale;
    const FixedPoint adjoint =
        solve_fixed_point([&](const Tensor& u) { return unit + pull(u, {0})[0]; }, unit, o);
    std::vector<size_t> wanted;
    for (size_t i = 1; i < saved.size(); ++i)
      if (saved[i].is_floating_point()) wanted.push_back(i);
    const Tensors found = pull(adjoint.z * scale, wanted);
    Tensors all(saved.size() - 1);
    for (size_t i = 0; i < wanted.size(); ++i) all[wanted[i] - 1] = found[i];
    return all;
  };
  return offprint::apply(node, inputs)[0];
}

}  // namespace offprint::nn
