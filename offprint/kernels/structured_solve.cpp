#include "offprint/kernels/structured_solve.h"

#include <utility>

#include "offprint/core/error.h"

namespace offprint::kernels {
namespace {

void require_step(double h) { require(h > 0, "structured_solve: step h {}, expected > 0", h); }
void require_step(c10::complex<double> h) { require_step(h.real()); }

// Four sums side by side: one alone waits for every addition before it.
template <class T>
T dot(const double* a, const T* b, size_t n) {
  T s[4] = {0, 0, 0, 0};
  size_t i = 0;
  for (; i + 4 <= n; i += 4)
    for (size_t j = 0; j < 4; ++j) s[j] += a[i + j] * b[i + j];
  for (; i < n; ++i) s[0] += a[i] * b[i];
  return (s[0] + s[1]) + (s[2] + s[3]);
}

template <class T, class V>
void rotate(const std::vector<T>& keep, const std::vector<T>& turn, const V* v, T* y) {
  for (size_t i = 0; i < keep.size(); ++i) {
    const V c = v[2 * i], s = v[2 * i + 1];
    y[2 * i] = keep[i] * c - turn[i] * s;
    y[2 * i + 1] = turn[i] * c + keep[i] * s;
  }
}

}  // namespace

template <class T>
SemiseparableSolve<T>::SemiseparableSolve(std::vector<double> d, std::vector<double> p,
                                          std::vector<double> q, T h)
    : d_(std::move(d)), p_(std::move(p)), q_(std::move(q)) {
  require(!d_.empty() && d_.size() == p_.size() && d_.size() == q_.size(),
          "structured_solve: d, p and q have {}, {} and {} entries, expected N each", d_.size(),
          p_.size(), q_.size());
  for (auto* table : {&inverse_, &out_, &carry_, &feed_}) table->resize(d_.size());
  factor(h);
}

template <class T>
void SemiseparableSolve<T>::factor(T h) {
  require_step(h);
  for (size_t n = 0; n < d_.size(); ++n) {
    inverse_[n] = 1.0 / (1.0 + h * d_[n]);
    out_[n] = h * p_[n] * inverse_[n];
    feed_[n] = q_[n] * inverse_[n];
    carry_[n] = 1.0 - out_[n] * q_[n];
  }
}

// With s_n = sum of q_k y_k over k < n, row n reads (1 + h d_n) y_n = v_n - h p_n s_n.
template <class T>
void SemiseparableSolve<T>::operator()(std::span<const T> v, std::span<T> y) const {
  T s = 0;
  for (size_t n = 0; n < d_.size(); ++n) {
    const T vn = v[n], before = s;
    s = carry_[n] * s + feed_[n] * vn;  // the chain is this multiply-add alone
    y[n] = inverse_[n] * vn - out_[n] * before;
  }
}

template <class T>
InverseTridiagonalSolve<T>::InverseTridiagonalSolve(const std::vector<double>& below,
                                                    const std::vector<double>& middle,
                                                    const std::vector<double>& above, T h)
    : h_(h) {
  const size_t n = middle.size();
  require(n >= 1 && below.size() == n - 1 && above.size() == n - 1,
          "structured_solve: diagonals of {}, {} and {}, expected N-1, N and N-1", below.size(), n,
          above.size());
  require_step(h);
  eliminate_.assign(n, 0), pivot_inverse_.resize(n), back_.assign(n, 0);
  for (size_t i = 0; i < n; ++i) {
    T pivot = middle[i] + h;
    if (i > 0) {
      eliminate_[i] = below[i - 1] * pivot_inverse_[i - 1];
      pivot -= eliminate_[i] * above[i - 1];
    }
    pivot_inverse_[i] = 1.0 / pivot;
    if (i + 1 < n) back_[i] = above[i] * pivot_inverse_[i];
  }
}

template <class T>
void InverseTridiagonalSolve<T>::operator()(std::span<const T> v, std::span<T> y) const {
  const size_t n = pivot_inverse_.size();
  constexpr size_t kOnStack = 512;
  T stack[kOnStack];
  std::vector<T> heap(n > kOnStack ? n : 0);
  T* const z = n > kOnStack ? heap.data() : stack;
  T before = 0;
  for (size_t i = 0; i < n; ++i) z[i] = before = v[i] - eliminate_[i] * before;
  T g = 0;
  for (size_t i = n; i-- > 0;) {
    g = z[i] * pivot_inverse_[i] - back_[i] * g;
    y[i] = v[i] - h_ * g;
  }
}

template <class T>
RotationSolve<T>::RotationSolve(const std::vector<double>& frequencies, double decay,
                                std::vector<double> p, T h)
    : p_(std::move(p)) {
  require(!p_.empty() && p_.size() == 2 * frequencies.size(),
          "structured_solve: {} frequencies and p of {}, expected N/2 and N", frequencies.size(),
          p_.size());
  require_step(h);
  for (const double frequency : frequencies) {
    const T stay = 1.0 + h * decay, move = h * frequency, square = stay * stay + move * move;
    keep_.push_back(stay / square);
    turn_.push_back(move / square);
  }
  w_.resize(p_.size());
  rotate(keep_, turn_, p_.data(), w_.data());
  gain_ = h / (1.0 + h * dot(p_.data(), w_.data(), p_.size()));
}

template <class T>
void RotationSolve<T>::operator()(std::span<const T> v, std::span<T> y) const {
  rotate(keep_, turn_, v.data(), y.data());
  const T factor = gain_ * dot(p_.data(), y.data(), p_.size());
  for (size_t i = 0; i < p_.size(); ++i) y[i] -= factor * w_[i];
}

template class SemiseparableSolve<double>;
template class SemiseparableSolve<c10::complex<double>>;
template class InverseTridiagonalSolve<double>;
template class InverseTridiagonalSolve<c10::complex<double>>;
template class RotationSolve<double>;
template class RotationSolve<c10::complex<double>>;

}  // namespace offprint::kernels
