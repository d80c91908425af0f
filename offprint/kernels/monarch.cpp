#include "offprint/kernels/monarch.h"

#include <ATen/ops/tril.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

void check_stages(const MonarchFactors& f) {
  const auto order = static_cast<int64_t>(f.stages.size());
  require(order >= 1, "monarch: no stages, expected at least one");
  for (int64_t s = 0; s < order; ++s) {
    const Tensor& stage = f.stages[static_cast<size_t>(s)];
    require(stage.defined() && stage.dim() == order + 1 && stage.numel() > 0,
            "monarch: stage {} is {}, expected {} dimensions: lines, then a matrix", s + 1,
            shape_text(stage), order + 1);
  }
  // The lines of a stage: outputs of the stages before it, inputs of those after it.
  for (int64_t s = 0; s < order; ++s)
    for (int64_t axis = 0, line = 0; axis < order; ++axis) {
      if (axis == s) continue;
      const Tensor& other = f.stages[static_cast<size_t>(axis)];
      const int64_t expected = axis < s ? other.size(-2) : other.size(-1);
      const int64_t got = f.stages[static_cast<size_t>(s)].size(line++);
      require(got == expected || got == 1, "monarch: stage {} has {} lines on axis {}, expected {}",
              s + 1, got, axis + 1, expected);
    }
}

// Contracts axis s of `grid` (d_1 .. d_p, C): the axis goes last but one, so that each line is a
// matrix product over all columns.
Tensor contract(const Tensor& stage, const Tensor& grid, int64_t s) {
  const Tensor lines = grid.movedim(s, grid.dim() - 2);  // (others.., d_s, C)
  return at::matmul(stage, lines).movedim(grid.dim() - 2, s);
}

Tensor digits_reversed(const Tensor& grid) {  // (m_1 .. m_p, C) -> (m_p .. m_1, C)
  std::vector<int64_t> axes;
  for (int64_t axis = grid.dim() - 2; axis >= 0; --axis) axes.push_back(axis);
  axes.push_back(grid.dim() - 1);
  return grid.permute(axes);
}

// exp(sign 2 pi i a b / n), the phase reduced as integers so that large a b stay exact.
Tensor roots(const Tensor& a, const Tensor& b, int64_t n, double sign) {
  const Tensor turns = (a * b).remainder(n).to(at::kDouble) / static_cast<double>(n);
  const Tensor angle = turns * (2 * std::numbers::pi * sign);
  return at::complex(angle.cos(), angle.sin());
}

Tensor counting(int64_t n) { return at::arange(n, at::TensorOptions().dtype(at::kLong)); }

}  // namespace

int64_t MonarchFactors::inputs() const {
  int64_t n = 1;
  for (const Tensor& stage : stages) n *= stage.size(-1);
  return n;
}

int64_t MonarchFactors::outputs() const {
  int64_t n = 1;
  for (const Tensor& stage : stages) n *= stage.size(-2);
  return n;
}

Tensor monarch(const MonarchFactors& f, const Tensor& x) {
  check_stages(f);
  require(x.defined() && x.dim() == 2 && x.size(0) == f.inputs(),
          "monarch: x is {}, expected ({},C)", shape_text(x), f.inputs());
  std::vector<int64_t> shape;
  for (const Tensor& stage : f.stages) shape.push_back(stage.size(-1));
  shape.push_back(x.size(1));
  Tensor grid = x.reshape(shape);
  for (size_t s = 0; s < f.stages.size(); ++s) {
    const auto type = c10::promoteTypes(grid.scalar_type(), f.stages[s].scalar_type());
    grid = contract(f.stages[s].to(type), grid.to(type), static_cast<int64_t>(s));
  }
  return digits_reversed(grid).reshape({f.outputs(), x.size(1)});
}

Tensor monarch_dense(const MonarchFactors& f) {
  check_stages(f);
  const auto order = static_cast<int64_t>(f.stages.size());
  const int64_t N = f.inputs(), M = f.outputs();
  Tensor dense = at::zeros({M, N}, f.stages.front().options());
  std::vector<int64_t> n, m;
  for (const Tensor& stage : f.stages) n.push_back(stage.size(-1)), m.push_back(stage.size(-2));
  const auto digits = [order](int64_t number, const std::vector<int64_t>& sizes) {
    std::vector<int64_t> out(static_cast<size_t>(order));
    for (size_t s = out.size(); s-- > 0; number /= sizes[s]) out[s] = number % sizes[s];
    return out;
  };
  for (int64_t row = 0; row < M; ++row) {
    const std::vector<int64_t> k = digits(row, m);
    int64_t place = 0;
    for (size_t s = k.size(); s-- > 0;) place = place * m[s] + k[s];
    for (int64_t column = 0; column < N; ++column) {
      const std::vector<int64_t> i = digits(column, n);
      Tensor entry = at::ones({}, f.stages.front().options());
      for (size_t s = 0; s < f.stages.size(); ++s) {
        Tensor line = f.stages[s];
        for (size_t axis = 0; axis < k.size(); ++axis) {
          if (axis == s) continue;
          const int64_t index = axis < s ? k[axis] : i[axis];
          line = line.select(0, line.size(0) == 1 ? 0 : index);
        }
        entry = entry * line.index({k[s], i[s]});
      }
      dense.index_put_({place, column}, entry);
    }
  }
  return dense;
}

MonarchFactors dft_factors(const std::vector<int64_t>& sizes, bool inverse, at::ScalarType type) {
  const auto order = static_cast<int64_t>(sizes.size());
  require(order >= 1 && std::ranges::min(sizes) >= 1, "dft_factors: no sizes or one below 1");
  MonarchFactors f;
  const double sign = inverse ? 1 : -1;
  int64_t before = 1;  // n_1 .. n_{s-1}
  for (int64_t s = 0; s < order; ++s) {
    const int64_t n = sizes[static_cast<size_t>(s)];
    // The lines' K = k_1 + n_1 k_2 + .. of the stages before; later axes share their matrices.
    std::vector<int64_t> lines(static_cast<size_t>(order - 1), 1);
    Tensor K = at::zeros(lines, counting(1).options());
    for (int64_t axis = 0, stride = 1; axis < s; ++axis) {
      std::vector<int64_t> shape(lines.size(), 1);
      shape[static_cast<size_t>(axis)] = sizes[static_cast<size_t>(axis)];
      K = K + (counting(sizes[static_cast<size_t>(axis)]) * stride).reshape(shape);
      stride *= sizes[static_cast<size_t>(axis)];
    }
    const Tensor k = K.unsqueeze(-1).unsqueeze(-1) + counting(n).unsqueeze(-1) * before;
    Tensor stage = roots(k, counting(n), before * n, sign);
    if (inverse) stage = stage / static_cast<double>(n);
    f.stages.push_back(stage.to(c10::toComplexType(type)));
    before *= n;
  }
  return f;
}

std::vector<int64_t> monarch_sizes(int64_t n, int64_t order) {
  require(n >= 1 && order >= 1, "monarch_sizes: N {}, order {}, expected positive numbers", n,
          order);
  const double even = std::pow(static_cast<double>(n), 1.0 / static_cast<double>(order));
  std::vector<int64_t> sizes;
  int64_t rest = n;
  for (int64_t left = order; left > 1; --left) {
    const double root = std::pow(static_cast<double>(rest), 1.0 / static_cast<double>(left));
    auto size = static_cast<int64_t>(std::ceil(root - 1e-9));
    while (rest % size != 0) ++size;  // ends at rest itself
    sizes.push_back(size), rest /= size;
  }
  sizes.push_back(rest);
  std::ranges::sort(sizes, std::greater());
  if (static_cast<double>(sizes.front()) > 4 * even) {
    int64_t power = 1;
    while (power < n) power *= 2;
    fail("monarch_sizes: {} has no {} near factors, pad to {}", n, order, power);
  }
  return sizes;
}

Tensor causal_monarch(const CausalMonarch& f, const Tensor& u) {
  require(f.row.dim() == 3 && f.column.dim() == 3, "causal_monarch: row {} and column {}",
          shape_text(f.row), shape_text(f.column));
  const int64_t n1 = f.row.size(0), n2 = f.column.size(0);
  const auto is = [](const Tensor& t, int64_t lines, int64_t n) {
    return t.sizes() == at::IntArrayRef({lines, n, n});
  };
  require(is(f.row, n1, n2) && is(f.spread, n1, n2) && is(f.column, n2, n1),
          "causal_monarch: row {}, spread {}, column {}, expected (n1,n2,n2) twice and (n2,n1,n1)",
          shape_text(f.row), shape_text(f.spread), shape_text(f.column));
  require(u.dim() == 2 && u.size(0) == n1 * n2, "causal_monarch: u is {}, expected ({},C)",
          shape_text(u), n1 * n2);
  const Tensor grid = u.reshape({n1, n2, u.size(1)});
  const Tensor within = at::matmul(at::tril(f.row), grid);           // (n1,n2,C)
  const Tensor spread = at::matmul(f.spread, grid).transpose(0, 1);  // (n2,n1,C)
  const Tensor earlier = at::matmul(at::tril(f.column, -1), spread).transpose(0, 1);
  return (within + earlier).reshape(u.sizes());
}

}  // namespace offprint::kernels
