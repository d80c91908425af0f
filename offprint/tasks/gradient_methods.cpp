#include "offprint/tasks/gradient_methods.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"
#include "offprint/nn/optimizer.h"
#include "offprint/nn/smooth_descent.h"
#include "offprint/tasks/batch_order.h"

namespace offprint::tasks {
namespace {

constexpr auto kMethods =
    std::to_array<std::string_view>({"sgd", "sgd-decay", "sls", "adam", "adagrad", "svrg", "sag"});

struct Slope {
  double value = 0, square = 0;
  Tensor gradient;  // (P)
};

// Everything a method may ask.
struct Problem {
  const nn::TargetModel& model;
  nn::CountedLoss loss;
  int64_t batch = 0, evaluations = 0;
  nn::TargetMap all = {};

  nn::TargetMap map(const Tensor& rows) const { return rows.defined() ? model.on(rows) : all; }
  Slope slope(const Tensor& theta, const nn::TargetMap& f, const Tensor& rows) {
    const nn::RecordedOutputs r = f.record(theta);
    const nn::LossAt at = loss.ask(r.outputs, rows);
    evaluations += 2;
    const Tensor gradient = r.pull(at.gradient / static_cast<double>(f.examples));
    return {at.value, gradient.dot(gradient).item<double>(), gradient};
  }
};

class Method {
 public:
  virtual ~Method() = default;
  // theta after one step on the batch `rows` (undefined: all).
  virtual Tensor step(Problem& p, const Tensor& theta, const Tensor& rows) = 0;
};

class Sgd : public Method {
 public:
  Sgd(double rate, bool decay) : rate_(rate), decay_(decay) {}
  Tensor step(Problem& p, const Tensor& theta, const Tensor& rows) override {
    const double rate = decay_ ? rate_ / std::sqrt(static_cast<double>(++steps_)) : rate_;
    return theta - rate * p.slope(theta, p.map(rows), rows).gradient;
  }

 private:
  double rate_;
  bool decay_;
  int64_t steps_ = 0;
};

class LineSearch : public Method {
 public:
  explicit LineSearch(double rate) : step_(rate) {}
  Tensor step(Problem& p, const Tensor& theta, const Tensor& rows) override {
    const nn::ArmijoRule rule;
    const nn::TargetMap f = p.map(rows);
    const Slope s = p.slope(theta, f, rows);
    if (steps_++ > 0) step_ *= rule.grow;
    for (int64_t trial = 0; trial < rule.most_trials && s.square > 0;
         ++trial, step_ *= rule.shrink) {
      const Tensor next = theta - step_ * s.gradient;
      ++p.evaluations;
      if (p.loss.value(f.outputs(next), rows) <= s.value - rule.c * step_ * s.square) return next;
    }
    return theta;
  }

 private:
  double step_;
  int64_t steps_ = 0;
};

class Adam : public Method {
 public:
  explicit Adam(double rate, const Tensor& theta) : theta_(theta.clone()) {
    theta_.set_requires_grad(true);
    adam_ = std::make_unique<nn::Optimizer>(
        nn::Parameters{{"theta", theta_, {}}},
        nn::OptimizerOptions{.kind = "adam", .lr = rate, .weight_decay = 0});
  }
  Tensor step(Problem& p, const Tensor& theta, const Tensor& rows) override {
    theta_.mutable_grad() = p.slope(theta, p.map(rows), rows).gradient;
    adam_->step(1);
    return theta_.detach().clone();
  }

 private:
  Tensor theta_;
  std::unique_ptr<nn::Optimizer> adam_;
};

class Adagrad : public Method {
 public:
  Adagrad(double rate, const Tensor& theta) : rate_(rate), squares_(at::zeros_like(theta)) {}
  Tensor step(Problem& p, const Tensor& theta, const Tensor& rows) override {
    const Tensor g = p.slope(theta, p.map(rows), rows).gradient;
    squares_ += g * g;
    return theta - rate_ * g / (squares_.sqrt() + 1e-10);
  }

 private:
  double rate_;
  Tensor squares_;
};

class Svrg : public Method {
 public:
  explicit Svrg(double rate) : rate_(rate) {}
  Tensor step(Problem& p, const Tensor& theta, const Tensor& rows) override {
    const int64_t batches = p.model.examples / p.batch;
    if (steps_++ % (2 * batches) == 0) anchor_ = theta, full_ = p.slope(theta, p.all, {}).gradient;
    const nn::TargetMap f = p.map(rows);
    const Tensor here = p.slope(theta, f, rows).gradient;
    return theta - rate_ * (here - p.slope(anchor_, f, rows).gradient + full_);
  }

 private:
  double rate_;
  int64_t steps_ = 0;
  Tensor anchor_, full_;
};

class Sag : public Method {
 public:
  Sag(double rate, const Tensor& theta) : rate_(rate), sum_(at::zeros_like(theta)) {}
  Tensor step(Problem& p, const Tensor& theta, const Tensor& rows) override {
    const int64_t key = rows.defined() ? rows[0].item<int64_t>() : 0;
    const Tensor g = p.slope(theta, p.map(rows), rows).gradient;
    Tensor& kept = kept_[key];
    sum_ = kept.defined() ? sum_ + g - kept : sum_ + g;
    kept = g;
    return theta - rate_ / static_cast<double>(kept_.size()) * sum_;
  }

 private:
  double rate_;
  Tensor sum_;
  std::map<int64_t, Tensor> kept_;  // by the first example of the batch
};

std::unique_ptr<Method> make(const GradientMethodOptions& o, const Tensor& theta) {
  if (o.kind == "sgd" || o.kind == "sgd-decay")
    return std::make_unique<Sgd>(o.rate, o.kind == "sgd-decay");
  if (o.kind == "sls") return std::make_unique<LineSearch>(o.rate);
  if (o.kind == "adam") return std::make_unique<Adam>(o.rate, theta);
  if (o.kind == "adagrad") return std::make_unique<Adagrad>(o.rate, theta);
  if (o.kind == "svrg") return std::make_unique<Svrg>(o.rate);
  if (o.kind == "sag") return std::make_unique<Sag>(o.rate, theta);
  const std::vector<std::string> names(kMethods.begin(), kMethods.end());
  fail("unknown method '{}'{}, expected {}", o.kind, did_you_mean(o.kind, names),
       fmt::join(names, "|"));
}

// One of the fixed batches of SAG, at random.
Tensor fixed_batch(const Problem& p, Rng& rng) {
  const int64_t first = rng.integer(p.model.examples / p.batch) * p.batch;
  return at::arange(first, first + p.batch, at::kLong);
}

}  // namespace

std::span<const std::string_view> gradient_methods() { return kMethods; }

Minimized minimize_by_gradients(const nn::ExpensiveLoss& loss, const nn::TargetModel& model,
                                const Tensor& theta, const GradientMethodOptions& o, Rng rng,
                                Progress& progress, const Watch& watch) {
  require(std::isfinite(o.rate) && o.rate > 0, "{}: rate {}, expected above 0", o.kind, o.rate);
  require(o.calls >= 1 && o.batch >= 0 && o.batch <= model.examples,
          "{}: {} calls of {} examples, expected 1 or more of at most {}", o.kind, o.calls, o.batch,
          model.examples);
  const at::NoGradGuard no_grad;
  const bool whole = o.batch == 0 || o.batch == model.examples;
  Problem p{model, nn::CountedLoss(loss), whole ? model.examples : o.batch};
  p.all = model.on({});
  const std::unique_ptr<Method> method = make(o, theta);
  BatchOrder order(model.examples, p.batch, rng.split("batches"));
  Rng fixed = rng.split("fixed batches");
  Minimized out;
  out.end.theta = theta.detach().clone();
  progress.start(o.kind, o.calls);
  while (p.loss.calls().gradient_examples < o.calls * p.batch) {
    const Tensor rows = whole ? Tensor() : o.kind == "sag" ? fixed_batch(p, fixed) : order.next();
    try {
      out.end.theta = method->step(p, out.end.theta, rows);
    } catch (const nn::NotFinite&) {
      break;
    }
    out.end.calls = p.loss.calls(), out.end.model_evaluations = p.evaluations;
    out.end.batch_loss = p.loss.last_value();
    out.losses.push_back(out.end.batch_loss);
    progress.at(out.end.calls.gradient_examples / p.batch, {{"loss", out.end.batch_loss}});
    if (watch && !watch(out.end)) break;
    if (progress.stop_requested()) {
      out.stopped = true;
      break;
    }
  }
  return out;
}

}  // namespace offprint::tasks
