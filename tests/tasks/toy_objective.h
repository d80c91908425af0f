// A small regression to train: y = sin of a random projection, by a two-layer network with dropout.
#pragma once
#include <utility>

#include "offprint/core/rng.h"
#include "offprint/nn/dropout.h"
#include "offprint/nn/linear.h"
#include "offprint/nn/losses.h"
#include "offprint/tasks/train.h"

namespace offprint {

struct ToyNet {
  nn::Linear hidden, output;
};
inline void visit(ToyNet& m, auto&& param) {
  param("hidden", m.hidden);
  param("output", m.output);
}

class ToyObjective : public tasks::Objective {
 public:
  explicit ToyObjective(double dropout = 0.1, int64_t examples = 50) : dropout_(dropout) {
    Rng rng(17);
    net = {nn::make_linear(6, 16, rng), nn::make_linear(16, 1, rng)};
    x = rng.normal({examples, 6});
    y = (0.5 * x.matmul(rng.normal({6, 1}))).sin();
  }

  nn::Parameters parameters() override { return nn::parameters_of(net); }
  int64_t size() const override { return x.size(0); }
  Tensor loss(const Tensor& examples, Rng& rng) override {
    const Tensor h = nn::forward(net.hidden, x.index_select(0, examples)).tanh();
    return nn::mean_squared_error(nn::forward(net.output, nn::dropout(h, dropout_, &rng)),
                                  y.index_select(0, examples));
  }
  std::optional<double> validate() override {
    const Tensor h = nn::forward(net.hidden, x).tanh();
    return nn::mean_squared_error(nn::forward(net.output, h), y).item<double>();
  }

  ToyNet net;
  Tensor x, y;

 private:
  double dropout_;
};

}  // namespace offprint
