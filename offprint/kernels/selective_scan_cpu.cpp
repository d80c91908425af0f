// Channels lie in the lanes of a vector, states are looped over, steps go in chunks. Backward goes
// through the chunks from the last to the first: from the state before a chunk it makes that
// chunk's states and decays again, in a scratch of the second-level cache, and then runs back over
// them. The loops are written in GCC's vector types of 32 bytes (GCC 12 keeps wider ones on the
// stack where it has to split them); target_clones compiles them for AVX-512, AVX2 and the base
// instruction set and picks one when the program loads.
#include "offprint/kernels/selective_scan_cpu.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "offprint/core/vector_clones.h"
#include "offprint/kernels/vector_lanes.h"

namespace offprint::kernels::detail {
namespace {

constexpr int64_t kChunk = 32;  // steps

// What the channels of one vector need for one chunk, all steps or states of the block in a row.
template <class T>
struct Block {
  using V = typename Vector<T>::type;
  V *x, *dt, *y;  // (steps): input, step size, output (or its gradient)
  V *log2_a, *h;  // (N): A log2 e, the state
  V D;
  const T *B, *C;  // (steps,N)
  int64_t steps, N;
  bool checked;  // dt A may leave the range of exponents
};

template <bool kChecked, class T>
OFFPRINT_INLINE void forward_chunk(const Block<T>& b) {
  using V = typename Vector<T>::type;
  for (int64_t t = 0; t < b.steps; ++t) {
    const T *B = b.B + t * b.N, *C = b.C + t * b.N;
    const V dt = b.dt[t], u = dt * b.x[t];
    V y = b.D * b.x[t];
    for (int64_t n = 0; n < b.N; ++n) {
      V a = dt * b.log2_a[n];
      to_exp2<kChecked>(a);
      const V h = a * b.h[n] + u * B[n];
      b.h[n] = h;
      y += h * C[n];
    }
    b.y[t] = y;
  }
}

template <class T>
struct BlockGradient {
  using V = typename Vector<T>::type;
  V *states, *decays;          // (steps+1,N), (steps,N): made again here
  V *A, *carry;                // (N): A; a_{t+1} g_{t+1}, from the chunk after this one
  V *dx, *ddt, *dA, *dB, *dC;  // (steps), (steps), (N), (steps,N), (steps,N); the last three add up
  V dD;
};

// With g_t = C_t dy_t + a_{t+1} g_{t+1}, the gradient of h_t, and u = dt x:
//   dC_t = dy_t h_t,  dB_t = g_t u_t,  du_t = g_t B_t,  d(dt_t A) = g_t a_t h_{t-1}.
template <bool kChecked, class T>
OFFPRINT_INLINE void backward_chunk(const Block<T>& b, BlockGradient<T>& g) {
  using V = typename Vector<T>::type;
  const int64_t N = b.N;
  for (int64_t n = 0; n < N; ++n) g.states[n] = b.h[n];
  for (int64_t t = 0; t < b.steps; ++t) {
    const V dt = b.dt[t], u = dt * b.x[t];
    const V* before = g.states + t * N;
    V *after = g.states + (t + 1) * N, *decay = g.decays + t * N;
    const T* B = b.B + t * N;
    for (int64_t n = 0; n < N; ++n) {
      V a = dt * b.log2_a[n];
      to_exp2<kChecked>(a);
      decay[n] = a;
      after[n] = a * before[n] + u * B[n];
    }
  }
  for (int64_t t = b.steps - 1; t >= 0; --t) {
    const T *B = b.B + t * N, *C = b.C + t * N;
    const V dt = b.dt[t], x = b.x[t], dy = b.y[t], u = dt * x;
    const V *before = g.states + t * N, *after = before + N, *decay = g.decays + t * N;
    V *dB = g.dB + t * N, *dC = g.dC + t * N, du = {}, d_rate = {};
    for (int64_t n = 0; n < N; ++n) {
      const V slope = g.carry[n] + dy * C[n];
      const V carried = slope * decay[n], rate = carried * before[n];
      dC[n] += dy * after[n];
      dB[n] += slope * u;
      du += slope * B[n];
      d_rate += rate * g.A[n];
      g.dA[n] += rate * dt;
      g.carry[n] = carried;
    }
    g.dx[t] = b.D * dy + dt * du;
    g.ddt[t] = x * du + d_rate;
    g.dD += x * dy;
  }
}

// Non-template doors for target_clones.
OFFPRINT_VECTOR_CLONES void forward_of(const Block<float>& b) {
  b.checked ? forward_chunk<true>(b) : forward_chunk<false>(b);
}
OFFPRINT_VECTOR_CLONES void forward_of(const Block<double>& b) { forward_chunk<true>(b); }
OFFPRINT_VECTOR_CLONES void backward_of(const Block<float>& b, BlockGradient<float>& g) {
  b.checked ? backward_chunk<true>(b, g) : backward_chunk<false>(b, g);
}
OFFPRINT_VECTOR_CLONES void backward_of(const Block<double>& b, BlockGradient<double>& g) {
  backward_chunk<true>(b, g);
}

OFFPRINT_VECTOR_CLONES void sums_of(const Floats* v, int64_t count, float* sums) {
  sum_lanes(v, count, sums);
}
void sums_of(const Doubles* v, int64_t count, double* sums) { sum_lanes(v, count, sums); }

struct Sizes {
  int64_t batch, L, D, N, blocks, chunks, groups;
};

// Channels are split into groups, so that few sequences keep many threads busy too; the split
// follows from the sizes alone, so that sums over channels do not depend on the threads.
template <class T>
Sizes sizes_of(const ScanInputs& in) {
  constexpr int64_t kParts = 16;
  Sizes s{in.x.size(0), in.x.size(1), in.x.size(2), in.A.size(1), 0, 0, 0};
  s.blocks = (s.D + kLanes<T> - 1) / kLanes<T>;
  s.chunks = (s.L + kChunk - 1) / kChunk;
  s.groups =
      std::clamp<int64_t>((kParts + s.batch - 1) / std::max<int64_t>(s.batch, 1), 1, s.blocks);
  return s;
}

// The channels of block `d` in scratch: A transposed, D, and the rows of a chunk.
template <class T>
class Channels {
 public:
  using V = typename Vector<T>::type;
  Channels(const ScanInputs& in, const Sizes& s)
      : in_(in), s_(s), x(kChunk), dt(kChunk), y(kChunk), A(s.N), log2_a(s.N) {}

  void take(int64_t d) {
    first = d * kLanes<T>;
    width = std::min(kLanes<T>, s_.D - first);
    largest_rate = 0;
    const T *rows = in_.A.template const_data_ptr<T>(), *pass = in_.D.template const_data_ptr<T>();
    for (int64_t n = 0; n < s_.N; ++n)
      for (int64_t j = 0; j < kLanes<T>; ++j) {
        A[n][j] = j < width ? rows[(first + j) * s_.N + n] : T(0);
        log2_a[n][j] = A[n][j] * T(1.4426950408889634);
        largest_rate = std::max(largest_rate, std::abs(log2_a[n][j]));
      }
    for (int64_t j = 0; j < kLanes<T>; ++j) D[j] = j < width ? pass[first + j] : T(0);
  }

  Block<T> chunk(int64_t b, int64_t c, V* h) {
    const int64_t t = c * kChunk, steps = std::min(kChunk, s_.L - t), row = b * s_.L + t;
    gather(in_.x.template const_data_ptr<T>() + row * s_.D + first, s_.D, steps, width, x.data());
    gather(in_.dt.template const_data_ptr<T>() + row * s_.D + first, s_.D, steps, width, dt.data());
    const T* steps_of = reinterpret_cast<const T*>(dt.data());
    T largest_dt = 0;
    for (int64_t i = 0; i < steps * kLanes<T>; ++i)
      largest_dt = std::max(largest_dt, std::abs(steps_of[i]));
    return {x.data(),
            dt.data(),
            y.data(),
            log2_a.data(),
            h,
            D,
            in_.B.template const_data_ptr<T>() + row * s_.N,
            in_.C.template const_data_ptr<T>() + row * s_.N,
            steps,
            s_.N,
            !(largest_dt * largest_rate <= 126)};
  }

 private:
  const ScanInputs& in_;
  const Sizes s_;

 public:
  Lanes<T> x, dt, y, A, log2_a;
  V D = {};
  int64_t first = 0, width = 0;
  T largest_rate = 0;  // of log2_a
};

template <class T>
void forward_all(const ScanInputs& in, ScanOutputs& out) {
  const Sizes s = sizes_of<T>(in);
  T* const y = out.y.mutable_data_ptr<T>();
  T* const starts = out.starts.defined() ? out.starts.mutable_data_ptr<T>() : nullptr;
  const int64_t row = s.N * kLanes<T>;  // a state of a block
  at::parallel_for(0, s.batch * s.blocks, 1, [&](int64_t begin, int64_t end) {
    const FlushDenormals flush;
    Channels<T> channels(in, s);
    Lanes<T> h(s.N);
    for (int64_t i = begin; i < end; ++i) {
      const int64_t b = i / s.blocks, d = i % s.blocks;
      channels.take(d);
      h.clear();
      for (int64_t c = 0; c < s.chunks; ++c) {
        if (starts)
          std::memcpy(starts + ((b * s.chunks + c) * s.blocks + d) * row, h.data(),
                      static_cast<size_t>(row) * sizeof(T));
        const Block<T> block = channels.chunk(b, c, h.data());
        forward_of(block);
        scatter(block.y, s.D, block.steps, channels.width,
                y + (b * s.L + c * kChunk) * s.D + channels.first);
      }
    }
  });
}

// Sums over the batch and over groups of channels are added up from parts, in a fixed order.
struct Parts {
  Tensor A, D;  // (batch,blocks,N,lanes), (batch,blocks,lanes)
  Tensor B, C;  // (groups,batch,L,N)
};

// One sequence, one group of channels.
template <class T>
void backward_group(const ScanInputs& in, const Sizes& s, const Tensor& starts, const Tensor& grad,
                    int64_t b, int64_t group, Tensor& dx, Tensor& ddt, Parts& parts) {
  using V = typename Vector<T>::type;
  const int64_t N = s.N, row = N * kLanes<T>;
  const int64_t from = group * s.blocks / s.groups, until = (group + 1) * s.blocks / s.groups;
  Channels<T> channels(in, s);
  Lanes<T> states((kChunk + 1) * N), decays(kChunk * N), dB(kChunk * N), dC(kChunk * N), h(N);
  Lanes<T> dxs(kChunk), ddts(kChunk), carry((until - from) * N), dA((until - from) * N);
  Lanes<T> dD(until - from);
  for (int64_t c = s.chunks - 1; c >= 0; --c) {
    dB.clear(), dC.clear();
    const int64_t steps = std::min(kChunk, s.L - c * kChunk), at_row = b * s.L + c * kChunk;
    for (int64_t d = from; d < until; ++d) {
      channels.take(d);
      const int64_t place = at_row * s.D + channels.first, k = d - from;
      std::memcpy(h.data(), starts.const_data_ptr<T>() + ((b * s.chunks + c) * s.blocks + d) * row,
                  static_cast<size_t>(row) * sizeof(T));
      gather(grad.const_data_ptr<T>() + place, s.D, steps, channels.width, channels.y.data());
      BlockGradient<T> g{states.data(),     decays.data(),
                         channels.A.data(), carry.data() + k * N,
                         dxs.data(),        ddts.data(),
                         dA.data() + k * N, dB.data(),
                         dC.data(),         V{}};
      backward_of(channels.chunk(b, c, h.data()), g);
      dD[k] += g.dD;
      scatter(g.dx, s.D, steps, channels.width, dx.mutable_data_ptr<T>() + place);
      scatter(g.ddt, s.D, steps, channels.width, ddt.mutable_data_ptr<T>() + place);
    }
    const int64_t place = (group * s.batch * s.L + at_row) * N;
    sums_of(dB.data(), steps * N, parts.B.mutable_data_ptr<T>() + place);
    sums_of(dC.data(), steps * N, parts.C.mutable_data_ptr<T>() + place);
  }
  const auto bytes = [](int64_t vectors) { return static_cast<size_t>(vectors * kBytes); };
  std::memcpy(parts.A.mutable_data_ptr<T>() + (b * s.blocks + from) * row, dA.data(),
              bytes((until - from) * N));
  std::memcpy(parts.D.mutable_data_ptr<T>() + (b * s.blocks + from) * kLanes<T>, dD.data(),
              bytes(until - from));
}

template <class T>
Tensors backward_all(const ScanInputs& in, const Tensor& starts, const Tensor& grad) {
  const Sizes s = sizes_of<T>(in);
  const auto options = in.x.options();
  Tensor dx = at::empty_like(in.x), ddt = at::empty_like(in.dt);
  Parts parts{at::empty({s.batch, s.blocks, s.N, kLanes<T>}, options),
              at::empty({s.batch, s.blocks, kLanes<T>}, options),
              at::empty({s.groups, s.batch, s.L, s.N}, options),
              at::empty({s.groups, s.batch, s.L, s.N}, options)};
  at::parallel_for(0, s.batch * s.groups, 1, [&](int64_t begin, int64_t end) {
    const FlushDenormals flush;
    for (int64_t i = begin; i < end; ++i)
      backward_group<T>(in, s, starts, grad, i / s.groups, i % s.groups, dx, ddt, parts);
  });
  const Tensor dA = parts.A.sum(0).transpose(1, 2).reshape({-1, s.N}).slice(0, 0, s.D);
  const Tensor dD = parts.D.sum(0).reshape({-1}).slice(0, 0, s.D);
  return {dx, ddt, dA.contiguous(), parts.B.sum(0), parts.C.sum(0), dD.contiguous()};
}

}  // namespace

ScanOutputs selective_scan_cpu(const ScanInputs& in, bool with_starts) {
  ScanOutputs out{at::empty_like(in.x), {}};
  const bool single = in.x.scalar_type() == at::kFloat;
  const Sizes s = single ? sizes_of<float>(in) : sizes_of<double>(in);
  const int64_t lanes = single ? kLanes<float> : kLanes<double>;
  if (with_starts)
    out.starts = at::empty({s.batch, s.chunks, s.blocks, s.N, lanes}, in.x.options());
  if (single)
    forward_all<float>(in, out);
  else
    forward_all<double>(in, out);
  return out;
}

Tensors selective_scan_cpu_backward(const ScanInputs& in, const Tensor& starts,
                                    const Tensor& grad) {
  return in.x.scalar_type() == at::kFloat ? backward_all<float>(in, starts, grad)
                                          : backward_all<double>(in, starts, grad);
}

}  // namespace offprint::kernels::detail
