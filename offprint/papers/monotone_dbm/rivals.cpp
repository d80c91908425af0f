#include "offprint/papers/monotone_dbm/rivals.h"

#include <ATen/ops/conv2d.h>

#include <algorithm>
#include <cmath>

#include "offprint/nn/linear.h"
#include "offprint/nn/losses.h"
#include "offprint/tasks/complete.h"
#include "offprint/tasks/train.h"

namespace offprint::papers::monotone_dbm {
namespace {

// One-hot levels, zero in holes (B,P,levels).
Tensor one_hot(const Tensor& states, int64_t count) {
  const Tensor level = at::arange(count, states.options());
  return (states.unsqueeze(-1) == level).to(at::kFloat);
}
Tensor pixels_of(const Images& s, const Tensor& states) {
  return one_hot(states.slice(1, 0, s.pixels()), s.levels);
}
Tensor mask_of(const Images& s, const Tensor& states) {
  return (states.slice(1, 0, s.pixels()) >= 0).to(at::kFloat).unsqueeze(-1);
}

// A rival that sees pixels with holes and is told the rest.
class HolesObjective final : public tasks::Objective {
 public:
  using Loss = std::function<Tensor(const Tensor& given, const Tensor& truth)>;
  HolesObjective(nn::Parameters parameters, Tensor states, RivalOptions options, Loss loss)
      : parameters_(std::move(parameters)),
        states_(std::move(states)),
        options_(options),
        loss_(std::move(loss)) {}
  nn::Parameters parameters() override { return parameters_; }
  int64_t size() const override { return states_.size(0); }
  Tensor loss(const Tensor& examples, Rng& rng) override {
    const Tensor truth = states_.index_select(0, examples);
    return loss_(tasks::with_holes(truth, options_.least_hidden, options_.most_hidden, rng), truth);
  }

 private:
  nn::Parameters parameters_;
  Tensor states_;
  RivalOptions options_;
  Loss loss_;
};

void train(tasks::Objective& objective, const RivalOptions& o, const char* name, Rng rng,
           Progress& progress) {
  tasks::TrainOptions training;
  training.epochs = o.epochs, training.batch = o.batch, training.name = name;
  training.optimizer.lr = 3e-3;
  tasks::train(objective, training, std::move(rng), progress);
  progress.throw_if_stopped();
}

struct ConvNet {
  std::vector<Tensor> filters, biases;
};
void visit(ConvNet& m, auto&& param) {
  param("filters", m.filters);
  param("biases", m.biases);
}
ConvNet make_conv_net(const Images& s, int64_t parameters, Rng& rng) {
  // 18 c^2 and some more.
  const auto c = std::max<int64_t>(
      4, std::lround(std::sqrt(static_cast<double>(parameters) / 18.0)) - s.levels / 2);
  const std::vector<int64_t> widths = {s.levels + 1, c, c, c, s.levels};
  ConvNet net;
  for (size_t i = 0; i + 1 < widths.size(); ++i) {
    const double scale = std::sqrt(2.0 / (9.0 * static_cast<double>(widths[i])));
    net.filters.push_back(rng.normal({widths[i + 1], widths[i], 3, 3}) * scale);
    net.biases.push_back(at::zeros({widths[i + 1]}));
  }
  return net;
}
// (B,P,levels) log probabilities.
Tensor forward(const ConvNet& net, const Images& s, const Tensor& states) {
  Tensor x = at::cat({pixels_of(s, states), mask_of(s, states)}, 2)
                 .reshape({-1, s.side, s.side, s.levels + 1})
                 .permute({0, 3, 1, 2});
  for (size_t i = 0; i < net.filters.size(); ++i) {
    x = at::conv2d(x, net.filters[i], net.biases[i], 1, 1);
    if (i + 1 < net.filters.size()) x = at::gelu(x);
  }
  return at::log_softmax(x.permute({0, 2, 3, 1}).reshape({-1, s.pixels(), s.levels}), -1);
}

struct Classifier {
  nn::Linear first, second;
};
void visit(Classifier& m, auto&& param) {
  param("first", m.first);
  param("second", m.second);
}
Tensor forward(const Classifier& m, const Images& s, const Tensor& states) {
  const Tensor x = at::cat({pixels_of(s, states), mask_of(s, states)}, 2);
  return nn::forward(m.second, at::gelu(nn::forward(m.first, x.flatten(1))));
}

}  // namespace

Rbm::Rbm(const Images& train, const RivalOptions& o, Rng rng, Progress& progress) : shape_(train) {
  const int64_t width = train.pixels() * train.levels + train.classes;
  const int64_t hidden = std::max<int64_t>(8, o.parameters / (width + 1));
  weight_ = rng.split("init").normal({width, hidden}) * 0.01;
  visible_ = at::zeros({width}), hidden_ = at::zeros({hidden});
  const auto one_hots = [&](const Tensor& states) {
    return at::cat({pixels_of(shape_, states).flatten(1),
                    one_hot(states.select(1, shape_.pixels()), shape_.classes)},
                   1);
  };
  const at::NoGradGuard no_grad;
  const Tensor v = one_hots(train.states);
  visible_ = (v.mean(0) + 1e-3).log();
  Tensor dw = at::zeros_like(weight_), dv = at::zeros_like(visible_), dh = at::zeros_like(hidden_);
  // More passes make what its mean field fills in worse, and its labels no better.
  const int64_t epochs = std::min<int64_t>(o.epochs, 40);
  progress.start("RBM", epochs);
  for (int64_t epoch = 0; epoch < epochs; ++epoch) {
    Rng own = rng.split(static_cast<uint64_t>(epoch));
    const Tensor order = at::tensor(own.permutation(v.size(0)), at::kLong);
    const double lr = 0.03 * (1 - static_cast<double>(epoch) / static_cast<double>(epochs));
    for (int64_t begin = 0; begin < v.size(0); begin += o.batch) {
      const Tensor data =
          v.index_select(0, order.slice(0, begin, std::min(begin + o.batch, v.size(0))));
      const Tensor up = at::sigmoid(at::matmul(data, weight_) + hidden_);
      const Tensor h = (own.uniform(up.sizes()) < up).to(at::kFloat);
      // Probabilities instead of draws on the way down: less noise, the same expectation.
      const Tensor field = at::matmul(h, weight_.t()) + visible_;
      const int64_t split = shape_.pixels() * shape_.levels;
      const Tensor down = at::cat(
          {at::softmax(field.slice(1, 0, split).reshape({-1, shape_.pixels(), shape_.levels}), -1)
               .flatten(1),
           at::softmax(field.slice(1, split), -1)},
          1);
      const Tensor again = at::sigmoid(at::matmul(down, weight_) + hidden_);
      const auto count = static_cast<double>(data.size(0));
      dw = 0.9 * dw + (at::matmul(data.t(), up) - at::matmul(down.t(), again)) / count -
           1e-4 * weight_;
      dv = 0.9 * dv + (data - down).mean(0), dh = 0.9 * dh + (up - again).mean(0);
      weight_ += lr * dw, visible_ += lr * dv, hidden_ += lr * dh;
    }
    progress.at(epoch + 1);
    progress.throw_if_stopped();
  }
}

Guess Rbm::guess(const Tensor& states) const {
  const at::NoGradGuard no_grad;
  const int64_t split = shape_.pixels() * shape_.levels;
  const Tensor given = pixels_of(shape_, states), known = mask_of(shape_, states);
  const Tensor label = states.select(1, shape_.pixels());
  const Tensor class_given = one_hot(label, shape_.classes);
  const Tensor class_known = (label >= 0).to(at::kFloat).unsqueeze(1);
  Guess q{at::full(given.sizes(), 1.0 / static_cast<double>(shape_.levels)),
          at::full(class_given.sizes(), 1.0 / static_cast<double>(shape_.classes))};
  for (int i = 0; i < 60; ++i) {
    const Tensor v = at::cat({(given * known + q.levels * (1 - known)).flatten(1),
                              class_given * class_known + q.classes * (1 - class_known)},
                             1);
    const Tensor h = at::sigmoid(at::matmul(v, weight_) + hidden_);
    const Tensor field = at::matmul(h, weight_.t()) + visible_;
    q.levels = at::softmax(field.slice(1, 0, split).reshape(given.sizes()), -1);
    q.classes = at::softmax(field.slice(1, split), -1);
  }
  return q;
}

int64_t Rbm::parameters() const { return weight_.numel() + visible_.numel() + hidden_.numel(); }

Guess autoencoder_guess(const Images& images, const Tensor& test, const RivalOptions& o, Rng rng,
                        Progress& progress) {
  Rng init = rng.split("init");
  ConvNet net = make_conv_net(images, o.parameters, init);
  HolesObjective objective(
      nn::parameters_of(net), images.states, o, [&](const Tensor& given, const Tensor& truth) {
        const Tensor hidden = 1 - mask_of(images, given).squeeze(-1);
        const Tensor right = (forward(net, images, given) * pixels_of(images, truth)).sum(-1);
        return -(right * hidden).sum() / hidden.sum().clamp_min(1);
      });
  train(objective, o, "masked autoencoder", rng.split("train"), progress);
  const at::NoGradGuard no_grad;
  return {forward(net, images, test).exp(), {}};
}

Guess classifier_guess(const Images& images, const Tensor& test, const RivalOptions& o, Rng rng,
                       Progress& progress) {
  Rng init = rng.split("init");
  const int64_t inputs = images.pixels() * (images.levels + 1);
  const int64_t hidden = std::max<int64_t>(8, o.parameters / (inputs + images.classes + 1));
  Classifier net{nn::make_linear(inputs, hidden, init),
                 nn::make_linear(hidden, images.classes, init)};
  HolesObjective objective(
      nn::parameters_of(net), images.states, o, [&](const Tensor& given, const Tensor& truth) {
        return nn::cross_entropy(forward(net, images, given), truth.select(1, images.pixels()));
      });
  train(objective, o, "classifier", rng.split("train"), progress);
  const at::NoGradGuard no_grad;
  return {{}, at::softmax(forward(net, images, test), -1)};
}

}  // namespace offprint::papers::monotone_dbm
