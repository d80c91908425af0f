// Channels lie in the lanes of a vector, states are looped over, the grid goes in tiles of variates
// and steps, row by row: inside a tile a state's neighbours, left and above, are in the first
// caches. Backward goes through the tiles from the last to the first: from the states on a tile's
// edges it makes the tile's states and decays again, then runs back over them.
#include "offprint/kernels/scan2d_cpu.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/vector_clones.h"
#include "offprint/kernels/vector_lanes.h"

namespace offprint::kernels::detail {
namespace {

constexpr int64_t kRows = 8, kSteps = 16;  // of a tile

// A tile of one vector's channels. A state is 2N vectors: h1, then h2.
template <class T>
struct Tile {
  using V = typename Vector<T>::type;
  V *x, *dt1, *dt2, *y;                  // (rows,steps): y the output, or its gradient
  const V *log2_a1, *log2_a4, *K2, *K3;  // (N); A log2 e
  const T *B1, *B2, *C1, *C2;            // of the first cell
  int64_t row_stride;                    // of these, from a variate to the next
  V* states;                             // (rows+1,steps+1,2N), first row and column the edges
  V* decays;                             // (rows,steps,2N), or not there
  int64_t rows, steps, N;
  bool checked;  // dt A may leave the range of exponents

  V* state(int64_t r, int64_t t) const { return states + ((r + 1) * (steps + 1) + t + 1) * 2 * N; }
};

// kAgain: for backward, decays and no output.
template <bool kChecked, bool kAgain, class T>
OFFPRINT_INLINE void forward_cells(const Tile<T>& b) {
  using V = typename Vector<T>::type;
  const int64_t N = b.N;
  for (int64_t r = 0; r < b.rows; ++r)
    for (int64_t t = 0; t < b.steps; ++t) {
      const int64_t cell = r * b.steps + t, place = r * b.row_stride + t * N;
      const T *B1 = b.B1 + place, *B2 = b.B2 + place, *C1 = b.C1 + place, *C2 = b.C2 + place;
      const V *left = b.state(r, t - 1), *above = b.state(r - 1, t);
      V *here = b.state(r, t), *decay = kAgain ? b.decays + cell * 2 * N : nullptr;
      const V dt1 = b.dt1[cell], dt2 = b.dt2[cell], x = b.x[cell], u1 = dt1 * x, u2 = dt2 * x;
      V y = {};
      for (int64_t n = 0; n < N; ++n) {
        V a1 = dt1 * b.log2_a1[n], a4 = dt2 * b.log2_a4[n];
        to_exp2<kChecked>(a1);
        to_exp2<kChecked>(a4);
        const V rest1 = b.K2[n] * left[N + n], rest2 = b.K3[n] * above[n];
        const V h1 = rest1 + a1 * (left[n] - rest1) + u1 * B1[n];
        const V h2 = rest2 + a4 * (above[N + n] - rest2) + u2 * B2[n];
        here[n] = h1, here[N + n] = h2;
        if (kAgain)
          decay[n] = a1, decay[N + n] = a4;
        else
          y += h1 * C1[n] + h2 * C2[n];
      }
      if (!kAgain) b.y[cell] = y;
    }
}

template <class T>
struct TileGradient {
  using V = typename Vector<T>::type;
  V *right, *below;          // (rows,2N), (steps,2N): of the states, from the tiles after it
  const V *A1, *A4;          // (N)
  V *dx, *ddt1, *ddt2;       // (rows,steps)
  V *dA1, *dA4, *dK2, *dK3;  // (N), add up
  V* dBC;                    // (4,rows,steps,N): B1, B2, C1, C2; adds up
};

// With g1, g2 the gradients of h1, h2 and s1 = a1 g1, s2 = a4 g2:
//   the state on the left gets (s1, K2 (g1 - s1)), the one above (K3 (g2 - s2), s2),
//   d(dt1 A1) = s1 (left1 - K2 left2),  d(dt2 A4) = s2 (above2 - K3 above1).
template <class T>
OFFPRINT_INLINE void backward_cells(const Tile<T>& b, const TileGradient<T>& g) {
  using V = typename Vector<T>::type;
  const int64_t N = b.N, cells = b.rows * b.steps;
  for (int64_t r = b.rows - 1; r >= 0; --r)
    for (int64_t t = b.steps - 1; t >= 0; --t) {
      const int64_t cell = r * b.steps + t, place = r * b.row_stride + t * N;
      const T *B1 = b.B1 + place, *B2 = b.B2 + place, *C1 = b.C1 + place, *C2 = b.C2 + place;
      const V *left = b.state(r, t - 1), *above = b.state(r - 1, t), *here = b.state(r, t);
      const V* decay = b.decays + cell * 2 * N;
      V *right = g.right + r * 2 * N, *below = g.below + t * 2 * N;
      V *dB1 = g.dBC + cell * N, *dB2 = dB1 + cells * N, *dC1 = dB2 + cells * N;
      V* dC2 = dC1 + cells * N;
      const V dt1 = b.dt1[cell], dt2 = b.dt2[cell], x = b.x[cell], dy = b.y[cell];
      const V u1 = dt1 * x, u2 = dt2 * x;
      V du1 = {}, du2 = {}, rates1 = {}, rates2 = {};
      for (int64_t n = 0; n < N; ++n) {
        const V g1 = right[n] + below[n] + dy * C1[n];
        const V g2 = right[N + n] + below[N + n] + dy * C2[n];
        const V s1 = decay[n] * g1, s2 = decay[N + n] * g2, k1 = g1 - s1, k2 = g2 - s2;
        const V rate1 = s1 * (left[n] - b.K2[n] * left[N + n]);
        const V rate2 = s2 * (above[N + n] - b.K3[n] * above[n]);
        dB1[n] += g1 * u1, dB2[n] += g2 * u2;
        dC1[n] += dy * here[n], dC2[n] += dy * here[N + n];
        du1 += g1 * B1[n], du2 += g2 * B2[n];
        rates1 += rate1 * g.A1[n], rates2 += rate2 * g.A4[n];
        g.dA1[n] += rate1 * dt1, g.dA4[n] += rate2 * dt2;
        g.dK2[n] += k1 * left[N + n], g.dK3[n] += k2 * above[n];
        right[n] = s1, right[N + n] = k1 * b.K2[n];
        below[n] = k2 * b.K3[n], below[N + n] = s2;
      }
      g.dx[cell] = dt1 * du1 + dt2 * du2;
      g.ddt1[cell] = x * du1 + rates1;
      g.ddt2[cell] = x * du2 + rates2;
    }
}

// Non-template doors for target_clones.
OFFPRINT_VECTOR_CLONES void forward_of(const Tile<float>& b) {
  b.checked ? forward_cells<true, false>(b) : forward_cells<false, false>(b);
}
OFFPRINT_VECTOR_CLONES void forward_of(const Tile<double>& b) { forward_cells<true, false>(b); }
OFFPRINT_VECTOR_CLONES void states_of(const Tile<float>& b) {
  b.checked ? forward_cells<true, true>(b) : forward_cells<false, true>(b);
}
OFFPRINT_VECTOR_CLONES void states_of(const Tile<double>& b) { forward_cells<true, true>(b); }
OFFPRINT_VECTOR_CLONES void backward_of(const Tile<float>& b, const TileGradient<float>& g) {
  backward_cells(b, g);
}
OFFPRINT_VECTOR_CLONES void backward_of(const Tile<double>& b, const TileGradient<double>& g) {
  backward_cells(b, g);
}

OFFPRINT_VECTOR_CLONES void sums_of(const Floats* v, int64_t count, float* sums) {
  sum_lanes(v, count, sums);
}
void sums_of(const Doubles* v, int64_t count, double* sums) { sum_lanes(v, count, sums); }

struct Sizes {
  int64_t batch, V, L, D, N, blocks, row_tiles, step_tiles, groups;
  int64_t edges() const { return (kRows + kSteps) * 2 * N; }  // vectors of a tile
};

// Channels are split into groups, so that few grids keep many threads busy too; the split follows
// from the sizes alone, so that sums over channels do not depend on the threads.
template <class T>
Sizes sizes_of(const Scan2dInputs& in) {
  constexpr int64_t kParts = 16;
  Sizes s{in.x.size(0), in.x.size(1), in.x.size(2), in.x.size(3), in.A1.size(1), 0, 0, 0, 0};
  s.blocks = (s.D + kLanes<T> - 1) / kLanes<T>;
  s.row_tiles = (s.V + kRows - 1) / kRows, s.step_tiles = (s.L + kSteps - 1) / kSteps;
  s.groups =
      std::clamp<int64_t>((kParts + s.batch - 1) / std::max<int64_t>(s.batch, 1), 1, s.blocks);
  return s;
}

// Scratch for one tile, and the way of its channels in and out.
template <class T>
class Channels {
 public:
  using V = typename Vector<T>::type;
  Channels(const Scan2dInputs& in, const Sizes& s, bool with_decays)
      : in_(in),
        s_(s),
        x_(kRows * kSteps),
        dt1_(kRows * kSteps),
        dt2_(kRows * kSteps),
        states_((kRows + 1) * (kSteps + 1) * 2 * s.N),
        decays_(with_decays ? kRows * kSteps * 2 * s.N : 0),
        log2_a_(2 * s.N),
        K_(2 * s.N),
        y(kRows * kSteps),
        A(2 * s.N) {}

  void take(int64_t block) {
    first_ = block * kLanes<T>, width_ = std::min(kLanes<T>, s_.D - first_);
    rows_to_lanes(in_.A1, &A[0]), rows_to_lanes(in_.A4, &A[s_.N]);
    rows_to_lanes(in_.K2, &K_[0]), rows_to_lanes(in_.K3, &K_[s_.N]);
    largest_rate_ = 0;
    for (int64_t n = 0; n < 2 * s_.N; ++n) {
      log2_a_[n] = A[n] * T(1.4426950408889634);
      for (int64_t j = 0; j < kLanes<T>; ++j)
        largest_rate_ = std::max(largest_rate_, std::abs(log2_a_[n][j]));
    }
  }

  // Of grid b, from variate v and step t on; `left` (rows,2N) and `above` (steps,2N) its edges.
  Tile<T> tile(int64_t b, int64_t v, int64_t t, const V* left, const V* above) {
    first_cell_ = (b * s_.V + v) * s_.L + t;
    const int64_t N = s_.N, place = first_cell_ * N;
    const auto at = [&](const Tensor& of) { return of.template const_data_ptr<T>() + place; };
    Tile<T> tile{x_.data(),
                 dt1_.data(),
                 dt2_.data(),
                 y.data(),
                 log2_a_.data(),
                 log2_a_.data() + N,
                 K_.data(),
                 K_.data() + N,
                 at(in_.B1),
                 at(in_.B2),
                 at(in_.C1),
                 at(in_.C2),
                 s_.L * N,
                 states_.data(),
                 decays_.data(),
                 std::min(kRows, s_.V - v),
                 std::min(kSteps, s_.L - t),
                 N,
                 true};
    take_rows(in_.x, tile, tile.x), take_rows(in_.dt1, tile, tile.dt1);
    take_rows(in_.dt2, tile, tile.dt2);
    tile.checked =
        !(std::max(largest(tile, tile.dt1), largest(tile, tile.dt2)) * largest_rate_ <= 126);
    for (int64_t r = 0; r < tile.rows; ++r) copy_state(left + r * 2 * N, tile.state(r, -1));
    for (int64_t c = 0; c < tile.steps; ++c) copy_state(above + c * 2 * N, tile.state(-1, c));
    return tile;
  }

  void take_rows(const Tensor& from, const Tile<T>& tile, V* to) const {
    for (int64_t r = 0; r < tile.rows; ++r)
      gather(from.template const_data_ptr<T>() + (first_cell_ + r * s_.L) * s_.D + first_, s_.D,
             tile.steps, width_, to + r * tile.steps);
  }
  void give_rows(const V* from, const Tile<T>& tile, Tensor& to) const {
    for (int64_t r = 0; r < tile.rows; ++r)
      scatter(from + r * tile.steps, s_.D, tile.steps, width_,
              to.template mutable_data_ptr<T>() + (first_cell_ + r * s_.L) * s_.D + first_);
  }
  void copy_state(const V* from, V* to) const { std::copy_n(from, 2 * s_.N, to); }

 private:
  void rows_to_lanes(const Tensor& from, V* to) const {  // (D,N) -> (N) vectors
    const T* rows = from.template const_data_ptr<T>();
    for (int64_t n = 0; n < s_.N; ++n)
      for (int64_t j = 0; j < kLanes<T>; ++j)
        to[n][j] = j < width_ ? rows[(first_ + j) * s_.N + n] : T(0);
  }
  static T largest(const Tile<T>& tile, const V* dt) {
    const T* each = reinterpret_cast<const T*>(dt);
    T most = 0;
    for (int64_t i = 0; i < tile.rows * tile.steps * kLanes<T>; ++i)
      most = std::max(most, std::abs(each[i]));
    return most;
  }

  const Scan2dInputs& in_;
  const Sizes s_;
  Lanes<T> x_, dt1_, dt2_, states_, decays_, log2_a_, K_;
  int64_t first_ = 0, width_ = 0, first_cell_ = 0;
  T largest_rate_ = 0;

 public:
  Lanes<T> y, A;  // the output or its gradient (rows,steps); A1 and A4 (2N)
};

template <class T>
T* edges_at(const Tensor& edges, const Sizes& s, int64_t b, int64_t block, int64_t v, int64_t t) {
  const int64_t tile = ((b * s.blocks + block) * s.row_tiles + v) * s.step_tiles + t;
  return edges.mutable_data_ptr<T>() + tile * s.edges() * kLanes<T>;
}

// One grid, the channels of one vector.
template <class T>
void forward_block(const Sizes& s, int64_t b, int64_t block, Scan2dOutputs& out,
                   Channels<T>& channels) {
  using V = typename Vector<T>::type;
  Lanes<T> left(kRows * 2 * s.N), above(s.step_tiles * kSteps * 2 * s.N);
  channels.take(block);
  for (int64_t v = 0; v < s.row_tiles; ++v) {
    left.clear();
    for (int64_t t = 0; t < s.step_tiles; ++t) {
      V* top = above.data() + t * kSteps * 2 * s.N;
      if (out.edges.defined()) {
        T* kept = edges_at<T>(out.edges, s, b, block, v, t);
        std::memcpy(kept, left.data(), static_cast<size_t>(kRows * 2 * s.N * kBytes));
        std::memcpy(kept + kRows * 2 * s.N * kLanes<T>, top,
                    static_cast<size_t>(kSteps * 2 * s.N * kBytes));
      }
      const Tile<T> tile = channels.tile(b, v * kRows, t * kSteps, left.data(), top);
      forward_of(tile);
      channels.give_rows(tile.y, tile, out.y);
      for (int64_t r = 0; r < tile.rows; ++r)
        channels.copy_state(tile.state(r, tile.steps - 1), left.data() + r * 2 * s.N);
      for (int64_t c = 0; c < tile.steps; ++c)
        channels.copy_state(tile.state(tile.rows - 1, c), top + c * 2 * s.N);
    }
  }
}

template <class T>
void forward_all(const Scan2dInputs& in, Scan2dOutputs& out) {
  const Sizes s = sizes_of<T>(in);
  at::parallel_for(0, s.batch * s.blocks, 1, [&](int64_t begin, int64_t end) {
    const FlushDenormals flush;
    Channels<T> channels(in, s, false);
    for (int64_t i = begin; i < end; ++i)
      forward_block<T>(s, i / s.blocks, i % s.blocks, out, channels);
  });
}

struct Gradients {
  Tensor x, dt1, dt2;
  // Sums over the batch and over groups of channels are added up from parts, in a fixed order.
  Tensor AK;  // (batch,blocks,4N,lanes): A1, A4, K2, K3
  Tensor BC;  // (groups,4,batch,V,L,N): B1, B2, C1, C2
};

// One grid, one group of channels.
template <class T>
class BackwardGroup {
 public:
  using V = typename Vector<T>::type;
  BackwardGroup(const Scan2dInputs& in, const Sizes& s, int64_t b, int64_t group)
      : s_(s),
        b_(b),
        group_(group),
        from_(group * s.blocks / s.groups),
        count_((group + 1) * s.blocks / s.groups - from_),
        channels_(in, s, true),
        dx_(kRows * kSteps),
        ddt1_(kRows * kSteps),
        ddt2_(kRows * kSteps),
        dBC_(kRows * kSteps * 4 * s.N),
        left_(kRows * 2 * s.N),
        above_(kSteps * 2 * s.N),
        right_(count_ * kRows * 2 * s.N),
        below_(count_ * s.step_tiles * kSteps * 2 * s.N),
        dAK_(count_ * 4 * s.N) {}

  void run(const Tensor& edges, const Tensor& grad, Gradients& out) {
    for (int64_t v = s_.row_tiles - 1; v >= 0; --v) {
      right_.clear();
      for (int64_t t = s_.step_tiles - 1; t >= 0; --t) {
        dBC_.clear();
        for (int64_t k = 0; k < count_; ++k) tile(k, v, t, edges, grad, out);
        sum_channels(v * kRows, t * kSteps, out.BC);
      }
    }
    std::memcpy(out.AK.mutable_data_ptr<T>() + (b_ * s_.blocks + from_) * 4 * s_.N * kLanes<T>,
                dAK_.data(), static_cast<size_t>(count_ * 4 * s_.N * kBytes));
  }

 private:
  void tile(int64_t k, int64_t v, int64_t t, const Tensor& edges, const Tensor& grad,
            Gradients& out) {
    const int64_t N = s_.N;
    const T* kept = edges_at<T>(edges, s_, b_, from_ + k, v, t);
    std::memcpy(left_.data(), kept, static_cast<size_t>(kRows * 2 * N * kBytes));
    std::memcpy(above_.data(), kept + kRows * 2 * N * kLanes<T>,
                static_cast<size_t>(kSteps * 2 * N * kBytes));
    channels_.take(from_ + k);
    const Tile<T> tile = channels_.tile(b_, v * kRows, t * kSteps, left_.data(), above_.data());
    channels_.take_rows(grad, tile, tile.y);
    V* dAK = dAK_.data() + k * 4 * N;
    states_of(tile);
    const TileGradient<T> g{right_.data() + k * kRows * 2 * N,
                            below_.data() + (k * s_.step_tiles + t) * kSteps * 2 * N,
                            channels_.A.data(),
                            channels_.A.data() + N,
                            dx_.data(),
                            ddt1_.data(),
                            ddt2_.data(),
                            dAK,
                            dAK + N,
                            dAK + 2 * N,
                            dAK + 3 * N,
                            dBC_.data()};
    backward_of(tile, g);
    channels_.give_rows(g.dx, tile, out.x);
    channels_.give_rows(g.ddt1, tile, out.dt1);
    channels_.give_rows(g.ddt2, tile, out.dt2);
  }

  void sum_channels(int64_t v, int64_t t, Tensor& BC) {
    const int64_t rows = std::min(kRows, s_.V - v), steps = std::min(kSteps, s_.L - t);
    for (int64_t part = 0; part < 4; ++part)
      for (int64_t r = 0; r < rows; ++r) {
        const int64_t grid = (group_ * 4 + part) * s_.batch + b_;
        const int64_t cell = (grid * s_.V + v + r) * s_.L + t;
        sums_of(dBC_.data() + (part * rows + r) * steps * s_.N, steps * s_.N,
                BC.mutable_data_ptr<T>() + cell * s_.N);
      }
  }

  const Sizes s_;
  int64_t b_, group_, from_, count_;
  Channels<T> channels_;
  Lanes<T> dx_, ddt1_, ddt2_, dBC_, left_, above_, right_, below_, dAK_;
};

template <class T>
Tensors backward_all(const Scan2dInputs& in, const Tensor& edges, const Tensor& grad) {
  const Sizes s = sizes_of<T>(in);
  const auto options = in.x.options();
  Gradients out{at::empty_like(in.x), at::empty_like(in.x), at::empty_like(in.x),
                at::empty({s.batch, s.blocks, 4 * s.N, kLanes<T>}, options),
                at::empty({s.groups, 4, s.batch, s.V, s.L, s.N}, options)};
  at::parallel_for(0, s.batch * s.groups, 1, [&](int64_t begin, int64_t end) {
    const FlushDenormals flush;
    for (int64_t i = begin; i < end; ++i)
      BackwardGroup<T>(in, s, i / s.groups, i % s.groups).run(edges, grad, out);
  });
  const Tensor AK = out.AK.sum(0).transpose(1, 2).reshape({-1, 4 * s.N}).slice(0, 0, s.D);
  const Tensor BC = s.groups == 1 ? out.BC[0] : out.BC.sum(0);
  Tensors all = {out.x, out.dt1, out.dt2};
  for (const Tensor& part : AK.chunk(4, 1)) all.push_back(part.contiguous());
  for (const Tensor& part : BC.unbind(0)) all.push_back(part);
  return all;
}

}  // namespace

Scan2dOutputs scan2d_cpu(const Scan2dInputs& in, bool with_edges) {
  Scan2dOutputs out{at::empty_like(in.x), {}};
  const bool single = in.x.scalar_type() == at::kFloat;
  const Sizes s = single ? sizes_of<float>(in) : sizes_of<double>(in);
  const int64_t lanes = single ? kLanes<float> : kLanes<double>;
  if (with_edges)
    out.edges =
        at::empty({s.batch, s.blocks, s.row_tiles, s.step_tiles, s.edges(), lanes}, in.x.options());
  if (single)
    forward_all<float>(in, out);
  else
    forward_all<double>(in, out);
  return out;
}

Tensors scan2d_cpu_backward(const Scan2dInputs& in, const Tensor& edges, const Tensor& grad) {
  return in.x.scalar_type() == at::kFloat ? backward_all<float>(in, edges, grad)
                                          : backward_all<double>(in, edges, grad);
}

}  // namespace offprint::kernels::detail
