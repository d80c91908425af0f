// Small dense float64 pieces for solvers that hold one problem a thread: no allocation, no threads
// of their own, the same bits on any number of threads.
#pragma once
#include <cstdint>

namespace offprint::kernels {

// Solves a x = b in place of b, destroying a: LU without pivoting, which is stable where in each
// row or in each column the diagonal outweighs the rest (I - discount P, and its transpose). a is n
// rows of `stride` doubles, stride >= n.
void solve_dominant(double* a, int64_t n, int64_t stride, double* b);

// out[i] = sum_j a[i * columns + j] x[j] for i < rows.
void multiply_rows(const double* a, int64_t rows, int64_t columns, const double* x, double* out);

// out[j] += sum_i weights[i] a[i * columns + j] for j < columns.
void add_weighted_rows(const double* a, int64_t rows, int64_t columns, const double* weights,
                       double* out);

}  // namespace offprint::kernels
