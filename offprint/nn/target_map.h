// A model seen from its outputs ("targets"): z = f(theta) for some of the examples, with products
// of its transposed Jacobian, as losses that are asked in target space need it. Lavington et al.
// 2023, arXiv 2302.02607, section 2. theta is one flat float64 vector on the CPU.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::nn {

struct RecordedOutputs {
  Tensor outputs;                               // (N,K)
  std::function<Tensor(const Tensor& u)> pull;  // u (N,K) -> J^T u (P)
};

// f on N examples.
struct TargetMap {
  int64_t examples = 0;                                             // N
  std::function<Tensor(const Tensor& theta)> outputs = {};          // (P) -> (N,K)
  std::function<RecordedOutputs(const Tensor& theta)> record = {};  // the same, to be pulled back
  Tensor design = {};  // (N,D) where outputs = design theta.view(D,K); else undefined
};

struct TargetModel {
  int64_t parameters = 0, examples = 0, outputs = 0;     // P, all N, K
  std::function<TargetMap(const Tensor& rows)> on = {};  // rows int64 (N); undefined: all
};

enum class Activation { none, tanh };

// Affine layers of `widths` (inputs, hidden .., outputs; two or more) with the activation between:
// linear models, deep linear nets, factorisations, perceptrons. theta lists each layer's weights
// (I,O) and then, with `bias`, its (O). A single layer without bias has a design. X (N,I) float64.
// Throws Error where X is not that.
struct LayerOptions {
  std::vector<int64_t> widths = {};
  Activation activation = Activation::none;
  bool bias = false;
};
TargetModel layered_model(const Tensor& X, const LayerOptions& options);
int64_t layered_parameters(const LayerOptions& options);
// Weights normal with variance gain^2 / inputs, biases zero.
Tensor start_layers(const LayerOptions& options, Rng rng, double gain = 1);
Tensor layered_outputs(const Tensor& X, const LayerOptions& options, const Tensor& theta);

// Any differentiable function of (theta, rows) that gives (N,K).
TargetModel recorded_model(int64_t parameters, int64_t examples, int64_t outputs,
                           std::function<Tensor(const Tensor& theta, const Tensor& rows)> f);

}  // namespace offprint::nn
