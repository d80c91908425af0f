// The thin tensor header: at::Tensor, its operators, indexing and the operations the house uses.
// Never include torch/torch.h or ATen/ATen.h; add an ATen/ops header here when a second file needs
// it.
#pragma once
#include <ATen/Parallel.h>
#include <ATen/TensorIndexing.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/complex.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/einsum.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/fft_fft.h>
#include <ATen/ops/fft_ifft.h>
#include <ATen/ops/fft_irfft.h>
#include <ATen/ops/fft_rfft.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linalg_eig.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_inv.h>
#include <ATen/ops/linalg_matrix_exp.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/pad.h>
#include <ATen/ops/real.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/view_as_complex.h>
#include <ATen/ops/view_as_real.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <string>

namespace offprint {

using at::Tensor;
using at::indexing::None;
using at::indexing::Slice;

// "(2,8,16)": shapes as error messages and documentation write them.
std::string shape_text(const Tensor& t);

// Throws Error "<where>: <name> is (2,8), expected (B,L,D)" unless t has that many dimensions.
void require_dim(const Tensor& t, int64_t dim, const char* where, const char* name,
                 const char* expected);

// Largest |a - b| over all entries, in double; infinity where shapes differ or a NaN is met.
double max_abs_diff(const Tensor& a, const Tensor& b);

// ||a - b|| / ||b|| in the Frobenius norm.
double relative_error(const Tensor& a, const Tensor& b);

// "cpu", "cuda", "cuda:1". Throws Error on an unknown name or a device this libtorch does not have.
at::Device parse_device(const std::string& name);

}  // namespace offprint
