#include "offprint/models/monotone_dbm.h"

#include <ATen/ops/conv2d.h>

#include <cmath>
#include <numeric>

#include "offprint/core/error.h"
#include "offprint/kernels/entropy_prox.h"

namespace offprint::models {
namespace {

std::vector<GroupSpan> spans_of(const std::vector<int64_t>& seen) {
  std::vector<GroupSpan> spans;
  for (const int64_t states : seen) {
    if (spans.empty() || spans.back().states != states) spans.push_back({0, states});
    ++spans.back().groups;
  }
  return spans;
}

int64_t width_of(const std::vector<GroupSpan>& spans) {
  int64_t width = 0;
  for (const GroupSpan& span : spans) width += span.width();
  return width;
}

Tensor drawn(Rng& rng, at::IntArrayRef shape, double scale) { return rng.normal(shape) * scale; }

void make_full(MonotoneDbm& m, Rng& rng) {
  const MonotoneDbmOptions& o = m.options;
  require(o.rank >= 1 && o.hidden >= 0, "monotone DBM: rank {} hidden {}, expected >= 1 and >= 0",
          o.rank, o.hidden);
  if (o.hidden > 0) m.spans.push_back({o.hidden, o.hidden_states});
  m.factor = drawn(rng, {o.rank, m.width()}, 0.5 / std::sqrt(static_cast<double>(o.rank)));
}

void make_conv(MonotoneDbm& m, Rng& rng) {
  const MonotoneDbmOptions& o = m.options;
  const auto pixels = static_cast<int64_t>(m.seen.size()) - 1;
  m.side = static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(pixels))));
  require(
      pixels >= 16 && m.side * m.side == pixels && m.side % 4 == 0 && m.spans[0].groups >= pixels,
      "monotone DBM: coupling conv on {} groups, expected a square image whose side four "
      "divides, and a label",
      m.seen.size());
  require(o.channels >= 1, "monotone DBM: channels {}, expected >= 1", o.channels);
  const int64_t levels = m.seen[0], classes = m.seen.back(), c = o.channels * o.hidden_states;
  const int64_t rows = 2 * o.channels, half = m.side / 2, quarter = m.side / 4;
  m.spans.push_back({half * half * o.channels + quarter * quarter * o.channels, o.hidden_states});
  const auto filter = [&](int64_t out, int64_t in, int64_t taps) {
    return drawn(rng, {out, in, taps, taps}, 0.7 / std::sqrt(static_cast<double>(out * taps)));
  };
  m.filters = {filter(rows, levels, 5),
               filter(rows, c, 3),
               filter(rows, c, 3),
               filter(rows, c, 3),
               drawn(rng, {4 * rows, quarter * quarter * c}, 0.5 / std::sqrt(4.0 * rows)),
               drawn(rng, {4 * rows, classes}, 0.5 / std::sqrt(4.0 * rows))};
}

// The linear map that a convolution is, as a matrix (out, side * side * channels), by its images of
// the unit vectors. Entries are ordered by location, then channel.
Tensor conv_matrix(const Tensor& filter, int64_t side, int64_t stride) {
  const int64_t in = filter.size(1), n = side * side * in;
  const Tensor units =
      at::eye(n, filter.options()).reshape({n, side, side, in}).permute({0, 3, 1, 2});
  const Tensor image = at::conv2d(units, filter, {}, stride, filter.size(2) / 2);
  return image.reshape({n, -1}).t();
}

Tensor conv_factor(const MonotoneDbm& m) {
  const auto& f = m.filters;
  const int64_t half = m.side / 2, quarter = m.side / 4;
  const Tensor pixels = conv_matrix(f[0], m.side, 2), up = conv_matrix(f[1], half, 1);
  const Tensor down = conv_matrix(f[2], half, 2), top = conv_matrix(f[3], quarter, 1);
  const auto none = [&](const Tensor& rows, const Tensor& columns) {
    return at::zeros({rows.size(0), columns.size(1)}, rows.options());
  };
  // Rows tie pixels to the first hidden layer, that to the second, the second to the label.
  return at::cat({at::cat({pixels, none(pixels, f[5]), up, none(pixels, top)}, 1),
                  at::cat({none(down, pixels), none(down, f[5]), down, top}, 1),
                  at::cat({none(f[4], pixels), f[5], none(f[4], up), f[4]}, 1)},
                 0);
}

// Columns of A scaled so that no block of A^T A has a norm above `most`.
Tensor capped_factor(const Tensor& factor, const std::vector<GroupSpan>& spans, double most) {
  std::vector<Tensor> parts;
  int64_t from = 0;
  for (const GroupSpan& span : spans) {
    const Tensor a = factor.slice(1, from, from + span.width())
                         .reshape({factor.size(0), span.groups, span.states});
    const Tensor blocks = a.permute({1, 0, 2});                   // (G,r,k)
    const Tensor gram = at::bmm(blocks.transpose(1, 2), blocks);  // (G,k,k)
    Tensor top;                                                   // (G) its largest eigenvalue
    if (span.states == 1) {
      top = gram.reshape({span.groups});
    } else if (span.states == 2) {
      const Tensor p = gram.select(1, 0).select(1, 0), q = gram.select(1, 1).select(1, 1);
      const Tensor r = gram.select(1, 0).select(1, 1);
      top = (p + q) / 2 + (((p - q) / 2).square() + r.square() + 1e-20).sqrt();
    } else {
      top = std::get<0>(at::linalg_eigh(gram)).select(1, span.states - 1);
    }
    // A hair below the bound, so that rounding of float32 stays within it.
    const Tensor scale = std::sqrt(most * (1 - 1e-6)) * top.clamp_min(1.0).rsqrt();
    parts.push_back((a * scale.reshape({1, -1, 1})).reshape({factor.size(0), span.width()}));
    from += span.width();
  }
  return at::cat(parts, 1);
}

template <class Apply>
Tensor over_groups(const std::vector<GroupSpan>& spans, const Tensor& x, Apply apply) {
  std::vector<Tensor> parts;
  int64_t from = 0;
  for (const GroupSpan& span : spans) {
    const Tensor part = x.slice(1, from, from + span.width());
    parts.push_back(
        apply(part.reshape({x.size(0), span.groups, span.states})).reshape(part.sizes()));
    from += span.width();
  }
  return parts.size() == 1 ? parts[0] : at::cat(parts, 1);
}

}  // namespace

int64_t MonotoneDbm::seen_width() const {
  return std::accumulate(seen.begin(), seen.end(), int64_t{0});
}
int64_t MonotoneDbm::width() const { return width_of(spans); }

MonotoneDbm make_monotone_dbm(const std::vector<int64_t>& seen, const MonotoneDbmOptions& o,
                              Rng& rng) {
  require(!seen.empty(), "monotone DBM: no visible groups");
  for (const int64_t states : seen)
    require(states >= 1, "monotone DBM: a group of {} states, expected >= 1", states);
  require(o.curvature >= 1 && o.curvature <= 2, "--curvature: {}, expected 1 to 2", o.curvature);
  require(o.monotone > 0 && o.monotone < o.curvature, "--monotone: {}, expected between 0 and {}",
          o.monotone, o.curvature);
  require(o.hidden_states >= 2, "--hidden-states: {}, expected >= 2", o.hidden_states);
  MonotoneDbm m;
  m.options = o, m.seen = seen, m.spans = spans_of(seen);
  if (o.coupling == "conv")
    make_conv(m, rng);
  else
    make_full(m, rng);
  m.bias = drawn(rng, {m.width()}, 0.01);
  return m;
}

Tensor group_blocks(const std::vector<GroupSpan>& spans) {
  std::vector<int64_t> group;
  int64_t next = 0;
  for (const GroupSpan& span : spans)
    for (int64_t g = 0; g < span.groups; ++g, ++next) group.insert(group.end(), span.states, next);
  const Tensor id = at::tensor(group, at::kLong);
  return (id.unsqueeze(0) == id.unsqueeze(1)).to(at::kFloat);
}

Tensor coupling(const MonotoneDbm& m, bool capped) {
  Tensor a = m.factor.defined() ? m.factor : conv_factor(m);
  if (capped) a = capped_factor(a, m.spans, m.options.curvature - m.options.monotone);
  const Tensor between = 1 - group_blocks(m.spans).to(a.options());
  return -at::matmul(a.t(), a) * between;
}

Tensor group_softmax(const std::vector<GroupSpan>& spans, const Tensor& x) {
  return over_groups(spans, x, [](const Tensor& part) { return at::softmax(part, -1); });
}
Tensor group_log_softmax(const std::vector<GroupSpan>& spans, const Tensor& x) {
  return over_groups(spans, x, [](const Tensor& part) { return at::log_softmax(part, -1); });
}
Tensor group_prox(const std::vector<GroupSpan>& spans, const Tensor& x, double alpha, double c) {
  // (1 - c alpha) z + alpha log z + lambda = x is the prox of c = 1, all divided by the sum of both
  // factors.
  const double sum = 1 - (c - 1) * alpha;
  require(sum > 0, "prox: alpha {} for a curvature of {}, expected below {}", alpha, c,
          1 / (c - 1));
  return over_groups(spans, x, [&](const Tensor& part) {
    return kernels::entropy_prox(c == 1 ? part : part / sum, alpha / sum);
  });
}

double mean_field_step(const Tensor& phi, const MonotoneDbmOptions& o) {
  const at::NoGradGuard no_grad;
  // Power iteration from a vector of mixed signs; a hundredth more makes up for what it lacks.
  const int64_t n = phi.size(0);
  Tensor v = Rng(1).normal({n, 1}, phi.scalar_type()).to(phi.device());
  double largest = o.curvature;
  for (int i = 0; i < 30; ++i) {
    v = v / v.norm().clamp_min(1e-30);
    const Tensor next = o.curvature * v - at::matmul(phi, v);
    largest = next.norm().item<double>();
    v = next;
  }
  return 2 / (1.01 * std::max(largest, o.curvature) + o.monotone);
}

Evidence evidence_of(const MonotoneDbm& m, const Tensor& states) {
  require(states.dim() == 2 && states.size(1) == std::ssize(m.seen) &&
              states.scalar_type() == at::kLong,
          "monotone DBM: states are {}, expected int64 (B,{})", shape_text(states), m.seen.size());
  const at::NoGradGuard no_grad;
  const int64_t rows = states.size(0), groups = std::ssize(m.seen);
  Evidence e{at::zeros({rows, m.width()}), at::zeros({rows, m.width()})};
  const Tensor given = states.to(at::kCPU).contiguous();
  const int64_t* in = given.const_data_ptr<int64_t>();
  float *values = e.values.data_ptr<float>(), *known = e.known.data_ptr<float>();
  const int64_t width = m.width();
  for (int64_t b = 0; b < rows; ++b) {
    int64_t from = b * width;
    for (int64_t g = 0; g < groups; from += m.seen[static_cast<size_t>(g)], ++g) {
      const int64_t state = in[b * groups + g], count = m.seen[static_cast<size_t>(g)];
      if (state < 0) continue;
      require(state < count, "monotone DBM: state {} of group {}, expected below {}", state, g,
              count);
      values[from + state] = 1;
      std::fill_n(known + from, count, 1.0f);
    }
  }
  const at::TensorOptions like = m.bias.options();
  return {e.values.to(like), e.known.to(like)};
}

MeanField mean_field(const MonotoneDbm& m, const Tensor& phi, const Evidence& evidence,
                     const Tensor& start) {
  const double step = mean_field_step(phi, m.options);
  const nn::FixedPointOptions solver{m.options.solver, m.options.iterations, m.options.tolerance};
  const auto iterate = [spans = m.spans, step, c = m.options.curvature](const Tensor& z,
                                                                        const Tensors& in) {
    // in: phi, bias, values, known. z - step ((c I - Phi) z - b), Phi symmetric.
    const Tensor forward = (1 - c * step) * z + step * (at::matmul(z, in[0]) + in[1]);
    return at::where(in[3] > 0, in[2], group_prox(spans, forward, step, c));
  };
  const Tensor from =
      start.defined() ? start : group_softmax(m.spans, at::zeros_like(evidence.values));
  MeanField out;
  out.marginals =
      nn::implicit_layer(iterate, at::where(evidence.known > 0, evidence.values, from),
                         {phi, m.bias, evidence.values, evidence.known}, solver, &out.report);
  const Tensor field = at::matmul(out.marginals, phi) + m.bias;
  out.log_seen = group_log_softmax(spans_of(m.seen), field.slice(1, 0, m.seen_width()));
  return out;
}

std::vector<int64_t> group_offsets(const MonotoneDbm& m) {
  std::vector<int64_t> offsets = {0};
  for (const int64_t states : m.seen) offsets.push_back(offsets.back() + states);
  offsets.pop_back();
  return offsets;
}

}  // namespace offprint::models
