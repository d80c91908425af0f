#include "offprint/kernels/fractional_paths.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/core/memory.h"
#include "offprint/core/vector_clones.h"
#include "offprint/kernels/vector_random.h"

namespace offprint::kernels {
namespace {

using detail::Floats;
using detail::Streams;
using detail::StreamsOf;
typedef float WideFloats __attribute__((vector_size(2 * detail::kBytes)));
typedef uint32_t WideWords __attribute__((vector_size(2 * detail::kBytes)));

constexpr int64_t kWidth = detail::kLanes<float>, kMostTerms = 25, kTile = kWidth;
// Shares of the step's variance below it are smaller than single precision sees.
constexpr double kLeastShare = 1e-7;

struct Scheme {
  int64_t terms = 0, normals = 0, steps = 0;
  float dt = 0, start = 0, drift[4] = {}, diffusion[2] = {}, milstein = 0;
  float decay[kMostTerms] = {};
  float reads[kMostTerms] = {};                   // what dB is of Y before the step
  float root[kMostTerms][kMostTerms] = {};        // [normal][term]: what moves Y
  float moves[kMostTerms] = {};                   // and what it moves B by
  float start_root[kMostTerms][kMostTerms] = {};  // of Y(0), all normals
  bool stationary = false, linear_drift = false;
};

void copy(const Tensor& from, float* to, int64_t stride) {
  const Tensor rows = from.contiguous();
  const auto* data = rows.const_data_ptr<double>();
  for (int64_t i = 0; i < rows.size(0); ++i)
    for (int64_t j = 0; j < rows.size(1); ++j)
      to[i * stride + j] = static_cast<float>(data[i * rows.size(1) + j]);
}

Scheme make_scheme(const FractionalEquation& e, const MarkovFbm& m, int64_t steps, double dt) {
  Scheme s{.terms = std::ssize(m.rates), .steps = steps};
  const OuStep step = ou_step(m, dt);
  const Tensor shares = step.root.pow(2).sum(0);  // of each normal
  const Tensor kept = (shares > kLeastShare * shares.max()).nonzero().view(-1);
  s.normals = kept.size(0);
  const Tensor root = step.root.index_select(1, kept);
  const Tensor weights = at::tensor(m.weights, at::kDouble);
  copy(root.t(), s.root[0], kMostTerms);
  copy(weights.unsqueeze(0).matmul(root), s.moves, kMostTerms);
  copy(step.decay.unsqueeze(0), s.decay, kMostTerms);
  copy((weights * at::tensor(m.rates, at::kDouble).mul(-dt).expm1()).unsqueeze(0), s.reads,
       kMostTerms);
  s.stationary = m.type == FbmType::mandelbrot_van_ness;
  if (s.stationary) {
    const auto [spread, axes] = at::linalg_eigh(ou_start(m));
    copy(axes * spread.clamp_min(0).sqrt(), s.start_root[0], kMostTerms);
  }
  s.dt = static_cast<float>(dt), s.start = static_cast<float>(e.start);
  std::ranges::transform(e.drift, s.drift, [](double c) { return static_cast<float>(c); });
  std::ranges::transform(e.diffusion, s.diffusion, [](double c) { return static_cast<float>(c); });
  s.milstein = e.stratonovich ? 0.5f * s.diffusion[1] : 0;
  s.linear_drift = e.drift[2] == 0 && e.drift[3] == 0;
  return s;
}

// Rows of paths become rows of steps: blocks of two, of four, of eight change sides.
OFFPRINT_INLINE void transpose(Floats* v) {
  for (int i = 0; i < 8; i += 2) {
    const Floats a = v[i], b = v[i + 1];
    v[i] = __builtin_shuffle(a, b, detail::Integers{0, 8, 2, 10, 4, 12, 6, 14});
    v[i + 1] = __builtin_shuffle(a, b, detail::Integers{1, 9, 3, 11, 5, 13, 7, 15});
  }
  for (const int i : {0, 1, 4, 5}) {
    const Floats a = v[i], b = v[i + 2];
    v[i] = __builtin_shuffle(a, b, detail::Integers{0, 1, 8, 9, 4, 5, 12, 13});
    v[i + 2] = __builtin_shuffle(a, b, detail::Integers{2, 3, 10, 11, 6, 7, 14, 15});
  }
  for (int i = 0; i < 4; ++i) {
    const Floats a = v[i], b = v[i + 4];
    v[i] = __builtin_shuffle(a, b, detail::Integers{0, 1, 2, 3, 8, 9, 10, 11});
    v[i + 4] = __builtin_shuffle(a, b, detail::Integers{4, 5, 6, 7, 12, 13, 14, 15});
  }
}

// `count` steps of `width` paths to rows of `row` floats.
OFFPRINT_INLINE void put(Floats* tile, int64_t count, int64_t width, int64_t row, float* to) {
  transpose(tile);
  for (int64_t lane = 0; lane < width; ++lane, to += row)
    if (count == kTile)
      std::memcpy(to, &tile[lane], sizeof(Floats));  // one store
    else
      std::memcpy(to, &tile[lane], static_cast<size_t>(count) * sizeof(float));
}
// Vectors of twice the lanes are two tiles.
OFFPRINT_INLINE void put(WideFloats* tile, int64_t count, int64_t width, int64_t row, float* to) {
  for (int64_t half = 0; half * kWidth < width; ++half) {
    Floats part[kTile];
    for (int64_t t = 0; t < kTile; ++t)
      std::memcpy(&part[t], reinterpret_cast<const float*>(&tile[t]) + half * kWidth,
                  sizeof(Floats));
    put(part, count, std::min(kWidth, width - half * kWidth), row, to + half * kWidth * row);
  }
}

// kTerms, kNormals > 0: known when compiled, so that the terms stay in registers.
template <int64_t kTerms, int64_t kNormals, bool kDriver, class F, class W>
OFFPRINT_INLINE void play(const Scheme& s, StreamsOf<W>& r, int64_t width, float* x_out,
                          float* b_out) {
  const int64_t terms = kTerms > 0 ? kTerms : s.terms, row = s.steps + 1;
  const int64_t normals = kNormals > 0 ? kNormals : s.normals;
  F y[kTerms > 0 ? kTerms : kMostTerms] = {};
  F draw[2];
  if (s.stationary)
    for (int64_t j = 0; j < terms; ++j) {
      detail::normal_pair(r, draw[0], draw[1]);
      for (int64_t k = 0; k < terms; ++k) y[k] += s.start_root[k][j] * draw[0];
    }
  F x = F{} + s.start, b = {};
  F tile[kTile] = {}, driver_tile[kTile] = {};
  for (int64_t lane = 0; lane < width; ++lane) {
    x_out[lane * row] = s.start;
    if (kDriver) b_out[lane * row] = 0;
  }
  for (int64_t first = 0; first < s.steps; first += kTile) {
    const int64_t count = std::min(kTile, s.steps - first);
    for (int64_t t = 0; t < count; ++t) {
      F moved = {};
      for (int64_t k = 0; k < terms; ++k) {
        moved += s.reads[k] * y[k];
        y[k] *= s.decay[k];
      }
      for (int64_t j = 0; j < normals; j += 2) {  // the second's row is zero where there is none
        detail::normal_pair(r, draw[0], draw[1]);
        moved += s.moves[j] * draw[0] + s.moves[j + 1] * draw[1];
        for (int64_t k = 0; k < terms; ++k)
          y[k] += s.root[j][k] * draw[0] + s.root[j + 1][k] * draw[1];
      }
      const F sigma = s.diffusion[0] + s.diffusion[1] * x;
      F drift = s.drift[0] + s.drift[1] * x;
      if (!s.linear_drift) drift += x * x * (s.drift[2] + s.drift[3] * x);
      x += s.dt * drift + sigma * moved + s.milstein * sigma * moved * moved;
      tile[t] = x;
      if (kDriver) {
        b += moved;
        driver_tile[t] = b;
      }
    }
    put(tile, count, width, row, x_out + first + 1);
    if (kDriver) put(driver_tile, count, width, row, b_out + first + 1);
  }
}

using Group = void (*)(const Scheme& s, const Rng& rng, int64_t first, int64_t width, float* x,
                       float* b);

OFFPRINT_VECTOR_CLONES void play_five(const Scheme& s, Streams& r, int64_t width, float* x) {
  play<5, 2, false, Floats>(s, r, width, x, nullptr);
}
OFFPRINT_VECTOR_CLONES void play_any(const Scheme& s, Streams& r, int64_t width, float* x) {
  play<0, 0, false, Floats>(s, r, width, x, nullptr);
}
OFFPRINT_VECTOR_CLONES void play_driver(const Scheme& s, Streams& r, int64_t width, float* x,
                                        float* b) {
  play<0, 0, true, Floats>(s, r, width, x, b);
}

void play_group(const Scheme& s, const Rng& rng, int64_t first, int64_t width, float* x, float* b) {
  Streams streams = detail::make_streams(rng, first);
  if (b)
    play_driver(s, streams, width, x, b);
  else if (s.terms == 5 && s.normals == 2)
    play_five(s, streams, width, x);
  else
    play_any(s, streams, width, x);
}

#if defined(__x86_64__)
// Sixteen paths side by side, where the processor has such vectors: the same draws and the same
// paths in half the time.
#define OFFPRINT_WIDE __attribute__((target("arch=x86-64-v4,prefer-vector-width=512")))
OFFPRINT_WIDE void wide_five(const Scheme& s, StreamsOf<WideWords>& r, int64_t width, float* x) {
  play<5, 2, false, WideFloats>(s, r, width, x, nullptr);
}
OFFPRINT_WIDE void wide_any(const Scheme& s, StreamsOf<WideWords>& r, int64_t width, float* x) {
  play<0, 0, false, WideFloats>(s, r, width, x, nullptr);
}

void play_wide_group(const Scheme& s, const Rng& rng, int64_t first, int64_t width, float* x,
                     float*) {
  StreamsOf<WideWords> streams;
  detail::seed_streams(streams, rng, first);
  s.terms == 5 && s.normals == 2 ? wide_five(s, streams, width, x) : wide_any(s, streams, width, x);
}

bool has_wide_vectors() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#else
constexpr Group play_wide_group = play_group;
bool has_wide_vectors() { return false; }
#endif

}  // namespace

FractionalPaths simulate_fractional(const FractionalEquation& equation, const MarkovFbm& mfbm,
                                    int64_t paths, int64_t steps, double dt, const Rng& rng,
                                    bool keep_driver) {
  require(paths >= 1 && steps >= 1, "simulate_fractional: {} paths of {} steps, expected >= 1",
          paths, steps);
  const Scheme scheme = make_scheme(equation, mfbm, steps, dt);
  FractionalPaths out{at::empty({paths, steps + 1}, at::kFloat), {}};
  if (keep_driver) out.driver = at::empty_like(out.x);
  auto* x = out.x.mutable_data_ptr<float>();
  expect_large_pages(x, out.x.nbytes());
  auto* b = keep_driver ? out.driver.mutable_data_ptr<float>() : nullptr;
  const bool wide = !keep_driver && has_wide_vectors();
  const int64_t lanes = wide ? 2 * kWidth : kWidth;
  const Group play_paths = wide ? play_wide_group : play_group;
  at::parallel_for(0, (paths + lanes - 1) / lanes, 1, [&](int64_t begin, int64_t end) {
    const detail::FlushDenormals flush;
    for (int64_t group = begin; group < end; ++group) {
      const int64_t first = group * lanes, at = first * (steps + 1);
      play_paths(scheme, rng, first, std::min(lanes, paths - first), x + at, b ? b + at : nullptr);
    }
  });
  return out;
}

}  // namespace offprint::kernels
