// One channel at a time in a scratch that fits the second-level cache: two small tables of powers
// and one product of them. The loops are written in GCC's vector types of 64 bytes; target_clones
// compiles them for AVX-512, AVX2 and the base instruction set and picks one when the program
// loads.
#include "offprint/kernels/vandermonde_cpu.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <type_traits>
#include <vector>

#include "offprint/core/vector_clones.h"
#include "offprint/kernels/vandermonde_grid.h"

#define OFFPRINT_INLINE [[gnu::always_inline]] inline

namespace offprint::kernels::detail {
namespace {

constexpr int64_t kBytes = 64;
template <class T>
constexpr int64_t kLanes = kBytes / sizeof(T);
template <class T>
struct Vector {
  typedef T type __attribute__((vector_size(kBytes)));
};

template <class T>
int64_t padded(int64_t n) {
  return (n + kLanes<T> - 1) / kLanes<T> * kLanes<T>;
}

// C (m,n) = A (m,k) B (k,n), A with any strides, n a multiple of the lanes, B and C aligned.
template <int R, class T>
OFFPRINT_INLINE void product_rows(const T* a, int64_t row, int64_t col, const T* b, T* c, int64_t n,
                                  int64_t k) {
  using V = typename Vector<T>::type;
  for (int64_t j = 0; j < n; j += kLanes<T>) {
    V sum[R] = {};
    for (int64_t p = 0; p < k; ++p) {
      const V bp = *reinterpret_cast<const V*>(b + p * n + j);
      for (int r = 0; r < R; ++r) sum[r] += a[r * row + p * col] * bp;
    }
    for (int r = 0; r < R; ++r) *reinterpret_cast<V*>(c + r * n + j) = sum[r];
  }
}

template <class T>
OFFPRINT_INLINE void product(const T* a, int64_t row, int64_t col, const T* b, T* c, int64_t m,
                             int64_t n, int64_t k) {
  constexpr int kRows = 4;
  int64_t i = 0;
  for (; i + kRows <= m; i += kRows) product_rows<kRows>(a + i * row, row, col, b, c + i * n, n, k);
  for (; i < m; ++i) product_rows<1>(a + i * row, row, col, b, c + i * n, n, k);
}

// table[j] = [Re base^j, Im base^j], j = 0 .. count-1, over `modes` modes (a multiple of 8). The
// chain runs in double, where a few hundred products lose two digits of sixteen.
template <class T>
OFFPRINT_INLINE void fill_powers(const double* base_re, const double* base_im, int64_t modes,
                                 int64_t count, T* table) {
  using V = Vector<double>::type;
  typedef T Out __attribute__((vector_size(8 * sizeof(T))));
  // Decayed modes end in denormal numbers, a hundred times slower than zero and no more useful.
  constexpr double kGone = std::is_same_v<T, float> ? 1e-18 : 1e-150;
  for (int64_t n = 0; n < modes; n += 8) {
    V a_re, a_im, im = {}, re = {};
    std::memcpy(&a_re, base_re + n, sizeof a_re);
    std::memcpy(&a_im, base_im + n, sizeof a_im);
    re += 1.0;
    for (int64_t j = 0; j < count; ++j) {
      T* out = table + j * 2 * modes + n;
      *reinterpret_cast<Out*>(out) = __builtin_convertvector(re, Out);
      *reinterpret_cast<Out*>(out + modes) = __builtin_convertvector(im, Out);
      const V next = re * a_re - im * a_im;
      im = re * a_im + im * a_re;
      const auto gone = next * next + im * im < kGone * kGone;
      re = gone ? V{} : next;
      im = gone ? V{} : im;
    }
  }
}

// Non-template doors for target_clones.
OFFPRINT_VECTOR_CLONES void product_of(const float* a, int64_t row, int64_t col, const float* b,
                                       float* c, int64_t m, int64_t n, int64_t k) {
  product(a, row, col, b, c, m, n, k);
}
OFFPRINT_VECTOR_CLONES void product_of(const double* a, int64_t row, int64_t col, const double* b,
                                       double* c, int64_t m, int64_t n, int64_t k) {
  product(a, row, col, b, c, m, n, k);
}
OFFPRINT_VECTOR_CLONES void powers_of(const double* re, const double* im, int64_t modes,
                                      int64_t count, float* table) {
  fill_powers(re, im, modes, count, table);
}
OFFPRINT_VECTOR_CLONES void powers_of(const double* re, const double* im, int64_t modes,
                                      int64_t count, double* table) {
  fill_powers(re, im, modes, count, table);
}

template <class T>
class Aligned {
 public:
  explicit Aligned(int64_t n) : blocks_(static_cast<size_t>((n + kLanes<T> - 1) / kLanes<T>)) {}
  T* data() { return reinterpret_cast<T*>(blocks_.data()); }
  T& operator[](int64_t i) { return data()[i]; }

 private:
  struct alignas(kBytes) Block {
    T lanes[kLanes<T>] = {};
  };
  std::vector<Block> blocks_;
};

// The tables of one channel, reused for the next. Rows are (Re over modes, Im over modes); unused
// modes are zero.
template <class T>
struct Channel {
  Channel(int64_t modes_used, Grid g)
      : N(modes_used),
        modes(padded<float>(modes_used)),
        width(padded<T>(g.steps)),
        grid(g),
        base_re(modes),
        base_im(modes),
        starts(g.blocks * 2 * modes),
        steps(g.steps * 2 * modes) {}

  void fill(const std::complex<T>* log_a) {
    fill_table(log_a, static_cast<double>(grid.steps), grid.blocks, starts);
    fill_table(log_a, 1.0, grid.steps, steps);
  }

  int64_t N, modes, width;  // width: T padded to whole vectors
  Grid grid;
  Aligned<double> base_re, base_im;
  Aligned<T> starts, steps;  // a^(bT) (B,2 modes), a^t (T,2 modes)

 private:
  void fill_table(const std::complex<T>* log_a, double stride, int64_t count, Aligned<T>& table) {
    for (int64_t n = 0; n < N; ++n) {
      // T is a power of two, so the argument is exact however many radians it has.
      const std::complex<double> base = std::exp(std::complex<double>(log_a[n]) * stride);
      base_re[n] = base.real();
      base_im[n] = base.imag();
    }
    powers_of(base_re.data(), base_im.data(), modes, count, table.data());
    // The zeroth power of an unused mode is 1 as well.
    for (int64_t n = N; n < modes; ++n) table[n] = 0;
  }
};

template <class T>
void forward_channel(Channel<T>& c, const std::complex<T>* W, const std::complex<T>* log_a,
                     Aligned<T>& steps_across, Aligned<T>& block, T* K, int64_t L) {
  c.fill(log_a);
  const int64_t row = 2 * c.modes;
  for (int64_t t = 0; t < c.grid.steps; ++t)
    for (int64_t n = 0; n < row; ++n) steps_across[n * c.width + t] = c.steps[t * row + n];
  for (int64_t b = 0; b < c.grid.blocks; ++b)
    for (int64_t n = 0; n < c.N; ++n) {  // 2 [Re P, -Im P] with P = W a^(bT)
      T &re = c.starts[b * row + n], &im = c.starts[b * row + c.modes + n];
      const T p_re = W[n].real() * re - W[n].imag() * im;
      const T p_im = W[n].real() * im + W[n].imag() * re;
      re = 2 * p_re;
      im = -2 * p_im;
    }
  product_of(c.starts.data(), row, int64_t{1}, steps_across.data(), block.data(), c.grid.blocks,
             c.width, row);
  for (int64_t b = 0; b < c.grid.blocks; ++b) {
    const int64_t first = b * c.grid.steps;
    std::copy_n(block.data() + b * c.width, std::min(c.grid.steps, L - first), K + first);
  }
}

// With S_b = sum_t g conj(a^t) and E_t = sum_b g conj(a^(bT)):
//   dW = 2 sum_b S_b conj(a^(bT)),
//   dlog_a = 2 conj(W) (sum_b bT S_b conj(a^(bT)) + sum_t t E_t conj(a^t)).
template <class T>
void backward_channel(Channel<T>& c, const std::complex<T>* W, const std::complex<T>* log_a,
                      const T* g, int64_t L, Aligned<T>& grid_g, Aligned<T>& S, Aligned<T>& E,
                      std::complex<T>* dW, std::complex<T>* d_log_a) {
  c.fill(log_a);
  const int64_t row = 2 * c.modes, blocks = c.grid.blocks, steps = c.grid.steps;
  std::copy_n(g, L, grid_g.data());  // the rest of the last block stays zero
  product_of(grid_g.data(), steps, int64_t{1}, c.steps.data(), S.data(), blocks, row, steps);
  product_of(grid_g.data(), int64_t{1}, steps, c.starts.data(), E.data(), steps, row, blocks);
  // sum_j weight_j conj(x_j y_j), x and y rows of (Re, Im); plain and weighted with j.
  struct Moments {
    std::complex<double> plain, weighted;
  };
  const auto moments = [&](Aligned<T>& x, Aligned<T>& y, int64_t n, int64_t count) {
    double re = 0, im = 0, j_re = 0, j_im = 0;
    for (int64_t j = 0; j < count; ++j) {
      const double a = x[j * row + n], b = x[j * row + c.modes + n];
      const double p = y[j * row + n], q = y[j * row + c.modes + n];
      const double r = a * p - b * q, i = a * q + b * p, at = static_cast<double>(j);
      re += r, im += i, j_re += at * r, j_im += at * i;
    }
    return Moments{{re, -im}, {j_re, -j_im}};
  };
  for (int64_t n = 0; n < c.N; ++n) {
    const Moments over_blocks = moments(S, c.starts, n, blocks);
    const Moments over_steps = moments(E, c.steps, n, steps);
    const std::complex<double> w = W[n], slope = over_blocks.weighted * static_cast<double>(steps) +
                                                 over_steps.weighted;
    dW[n] = std::complex<T>(2.0 * over_blocks.plain);
    d_log_a[n] = std::complex<T>(2.0 * std::conj(w) * slope);
  }
}

template <class T>
const std::complex<T>* entries(const Tensor& t) {
  return reinterpret_cast<const std::complex<T>*>(t.const_data_ptr());
}

// Channels a thread takes at least: below a million products it is not worth waking another.
int64_t channels_at_once(int64_t N, int64_t L) {
  return std::max<int64_t>(1, (int64_t{1} << 20) / std::max<int64_t>(1, 2 * N * L));
}

template <class T>
void forward_all(const Tensor& W, const Tensor& log_a, Tensor& K) {
  const int64_t N = W.size(1), L = K.size(1);
  T* const out = K.mutable_data_ptr<T>();
  at::parallel_for(0, W.size(0), channels_at_once(N, L), [&](int64_t begin, int64_t end) {
    Channel<T> c(N, grid_for(L));
    Aligned<T> across(2 * c.modes * c.width), block(c.grid.blocks * c.width);
    for (int64_t h = begin; h < end; ++h)
      forward_channel(c, entries<T>(W) + h * N, entries<T>(log_a) + h * N, across, block,
                      out + h * L, L);
  });
}

template <class T>
void backward_all(const Tensor& W, const Tensor& log_a, const Tensor& grad, Tensor& dW,
                  Tensor& d_log_a) {
  const int64_t N = W.size(1), L = grad.size(1);
  const T* const g = grad.const_data_ptr<T>();
  auto* const out_W = reinterpret_cast<std::complex<T>*>(dW.mutable_data_ptr());
  auto* const out_a = reinterpret_cast<std::complex<T>*>(d_log_a.mutable_data_ptr());
  at::parallel_for(0, W.size(0), channels_at_once(N, L), [&](int64_t begin, int64_t end) {
    Channel<T> c(N, grid_for(L));
    Aligned<T> grid_g(c.grid.blocks * c.grid.steps), S(c.grid.blocks * 2 * c.modes),
        E(c.grid.steps * 2 * c.modes);
    for (int64_t h = begin; h < end; ++h)
      backward_channel(c, entries<T>(W) + h * N, entries<T>(log_a) + h * N, g + h * L, L, grid_g, S,
                       E, out_W + h * N, out_a + h * N);
  });
}

}  // namespace

Tensor vandermonde_cpu(const Tensor& W, const Tensor& log_a, int64_t L) {
  Tensor K = at::empty({W.size(0), L}, W.options().dtype(c10::toRealValueType(W.scalar_type())));
  if (W.scalar_type() == at::kComplexFloat)
    forward_all<float>(W, log_a, K);
  else
    forward_all<double>(W, log_a, K);
  return K;
}

std::pair<Tensor, Tensor> vandermonde_cpu_backward(const Tensor& W, const Tensor& log_a,
                                                   const Tensor& grad) {
  Tensor dW = at::empty_like(W), d_log_a = at::empty_like(W);
  if (W.scalar_type() == at::kComplexFloat)
    backward_all<float>(W, log_a, grad, dW, d_log_a);
  else
    backward_all<double>(W, log_a, grad, dW, d_log_a);
  return {dW, d_log_a};
}

}  // namespace offprint::kernels::detail
