// (I - h A)^-1 v in O(N) instead of O(N^2), for the three structures that HiPPO's state matrices
// have. One such solve is one implicit step in time. Gu et al. 2020 (HiPPO), arXiv 2008.07669,
// appendix E; Gu et al. 2022 (HTTYH), arXiv 2206.12037. Each is factored once for its h and then
// applied to vectors of N numbers; `v` and `y` may be the same. Not differentiable.
// T is double, h > 0, or c10::complex<double>, Re h > 0; A is real.
#pragma once
#include <c10/util/complex.h>

#include <cstdint>
#include <span>
#include <vector>

namespace offprint::kernels {

// A = -(diag(d) + strictly lower part of p q^T), d > 0: LegS and Laguerre. One prefix sum.
template <class T>
class SemiseparableSolve {
 public:
  SemiseparableSolve(std::vector<double> d, std::vector<double> p, std::vector<double> q, T h);
  void factor(T h);  // for another step, O(N)
  void operator()(std::span<const T> v, std::span<T> y) const;

 private:
  std::vector<double> d_, p_, q_;
  std::vector<T> inverse_, out_, carry_, feed_;
};

// A = -M^-1 with M tridiagonal, M + M^T positive semidefinite: LegT. M + h I is then solved without
// pivots, because its symmetric part is at least Re h; y = v - h (M + h I)^-1 v.
template <class T>
class InverseTridiagonalSolve {
 public:
  // below (N-1), middle (N), above (N-1): the diagonals of M.
  InverseTridiagonalSolve(const std::vector<double>& below, const std::vector<double>& middle,
                          const std::vector<double>& above, T h);
  void operator()(std::span<const T> v, std::span<T> y) const;

 private:
  T h_;
  std::vector<T> eliminate_, pivot_inverse_, back_;
};

// A = S - decay I - p p^T with S of N/2 blocks ((0, -w), (w, 0)): the Fourier bases, entries in
// pairs (cosine, sine); p may be zero. Blocks are inverted one by one, the rank by Woodbury.
template <class T>
class RotationSolve {
 public:
  // frequencies w (N/2) [radians a unit of time], p (N)
  RotationSolve(const std::vector<double>& frequencies, double decay, std::vector<double> p, T h);
  void operator()(std::span<const T> v, std::span<T> y) const;

 private:
  std::vector<T> keep_, turn_;  // of each block's inverse ((keep, -turn), (turn, keep))
  std::vector<double> p_;
  std::vector<T> w_;  // block inverse of p
  T gain_ = 0;        // h / (1 + h p^T w)
};

}  // namespace offprint::kernels
