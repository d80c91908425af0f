#include "offprint/tasks/imitation.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/nn/optimizer.h"
#include "offprint/tasks/sso.h"

namespace offprint::tasks {
namespace {

using Player = std::function<std::vector<double>(std::span<const double> states)>;

// Rows of the batch that are over begin anew, so that there are always as many.
class Arena {
 public:
  Arena(const ImitationWorld& world, int64_t rows, Rng rng)
      : world_(world),
        rng_(rng),
        states_(world.start(rows, next())),
        ages_(static_cast<size_t>(rows)) {}

  // The states met in `steps` steps, one after the other.
  std::vector<double> meet(const Player& player, int64_t steps) {
    std::vector<double> met;
    for (int64_t t = 0; t < steps; ++t) {
      met.insert(met.end(), states_.begin(), states_.end());
      const ImitationWorld::Moved moved = world_.step(states_, player(states_));
      for (size_t b = 0; b < ages_.size(); ++b)
        if (++ages_[b] >= world_.horizon || moved.ended[b]) begin_anew(b);
    }
    return met;
  }

 private:
  Rng next() { return rng_.split(starts_++); }
  void begin_anew(size_t row) {
    const std::vector<double> fresh = world_.start(1, next());
    std::ranges::copy(fresh, states_.begin() + static_cast<int64_t>(row) * world_.width);
    ages_[row] = 0;
  }
  const ImitationWorld& world_;
  Rng rng_;
  uint64_t starts_ = 0;
  std::vector<double> states_;
  std::vector<int64_t> ages_;
};

double mean_return(const ImitationWorld& world, const Player& player, int64_t rows,
                   const Rng& rng) {
  std::vector<double> states = world.start(rows, rng);
  std::vector<bool> over(static_cast<size_t>(rows));
  double total = 0;
  for (int64_t t = 0; t < world.horizon && std::ranges::count(over, false) > 0; ++t) {
    const ImitationWorld::Moved moved = world.step(states, player(states));
    for (size_t b = 0; b < over.size(); ++b) {
      if (!over[b]) total += moved.rewards[b];
      over[b] = over[b] || moved.ended[b];
    }
  }
  return total / static_cast<double>(rows);
}

// What the expert said so far; the loss over all of it or the newest part.
struct Labels {
  Tensor features, wanted;  // (N,F), (N,K)
  void add(const Tensor& x, const Tensor& y) {
    features = features.defined() ? at::cat({features, x}) : x;
    wanted = wanted.defined() ? at::cat({wanted, y}) : y;
  }
};

nn::ExpensiveLoss loss_of(const ImitationWorld& world, const Tensor& wanted) {
  return world.classes ? nn::softmax_targets(wanted) : nn::squared_targets(wanted);
}

// A learner: parameters after a round in which `x` was labelled `y`.
class Learner {
 public:
  virtual ~Learner() = default;
  virtual Tensor learn(const Tensor& theta, const Tensor& x, const Tensor& y) = 0;
};

class BySurrogates : public Learner {
 public:
  BySurrogates(const ImitationWorld& world, const ImitationOptions& o, nn::LayerOptions net)
      : world_(world),
        net_(std::move(net)),
        add_up_(o.learner == "sso-ftrl"),
        stepper_({.inner = o.inner, .inner_by = o.inner_by}) {}

  Tensor learn(const Tensor& theta, const Tensor& x, const Tensor& y) override {
    const nn::ExpensiveLoss loss = loss_of(world_, y);
    nn::CountedLoss counted(loss);
    const Tensor z = nn::layered_outputs(x, net_, theta);
    const nn::LossAt at = counted.ask(z, {});
    const auto keep = [&](Tensor& all, const Tensor& part) {
      all = add_up_ && all.defined() ? at::cat({all, part}) : part;
    };
    keep(met_, x), keep(sum_.targets, z), keep(sum_.gradient, at.gradient);
    sum_.eta = 1 / loss.smoothness;
    return stepper_.descend(theta, nn::layered_model(met_, net_).on({}), sum_);
  }

 private:
  const ImitationWorld& world_;
  nn::LayerOptions net_;
  bool add_up_;
  SsoStepper stepper_;
  Tensor met_;
  nn::Surrogate sum_;
};

class ByAdam : public Learner {
 public:
  ByAdam(const ImitationWorld& world, const ImitationOptions& o, nn::LayerOptions net,
         const Tensor& theta)
      : world_(world),
        net_(std::move(net)),
        add_up_(o.learner == "adam-dagger"),
        inner_(add_up_ ? o.inner : 1),
        theta_(theta.clone().set_requires_grad(true)),
        adam_({{"theta", theta_, {}}}, {.kind = "adam", .lr = o.rate, .weight_decay = 0}) {}

  Tensor learn(const Tensor& theta, const Tensor& x, const Tensor& y) override {
    if (!add_up_) labels_ = {};
    labels_.add(x, y);
    const nn::ExpensiveLoss loss = loss_of(world_, labels_.wanted);
    const nn::TargetMap map = nn::layered_model(labels_.features, net_).on({});
    Tensor now = theta;
    for (int64_t i = 0; i < inner_; ++i) {
      const nn::RecordedOutputs f = map.record(now);
      theta_.mutable_grad() =
          f.pull(loss.ask(f.outputs, {}).gradient / static_cast<double>(map.examples));
      adam_.step(1);
      now = theta_.detach().clone();
    }
    return now;
  }

 private:
  const ImitationWorld& world_;
  nn::LayerOptions net_;
  bool add_up_;
  int64_t inner_;
  Tensor theta_;
  nn::Optimizer adam_;
  Labels labels_;
};

std::unique_ptr<Learner> make_learner(const ImitationWorld& world, const ImitationOptions& o,
                                      const nn::LayerOptions& net, const Tensor& theta) {
  if (o.learner == "sso" || o.learner == "sso-ftrl")
    return std::make_unique<BySurrogates>(world, o, net);
  if (o.learner == "adam" || o.learner == "adam-dagger")
    return std::make_unique<ByAdam>(world, o, net, theta);
  fail("imitation: learner '{}', expected sso|sso-ftrl|adam|adam-dagger", o.learner);
}

// Judged every round at first, then ever more seldom: what it costs stays a part of the run.
bool is_judged(int64_t round) { return round < 20 || round % (round / 10) == 0; }

}  // namespace

ImitationRun imitate(const ImitationWorld& world, const ImitationOptions& o, Rng rng,
                     Progress& progress) {
  require(std::min({o.rounds, o.rows, o.steps, o.inner, o.hidden, o.judged_rows}) >= 1,
          "imitation: rounds, rows, steps, inner, hidden and judged rows must be 1 or more");
  const at::NoGradGuard no_grad;
  const nn::LayerOptions net{.widths = {world.features, o.hidden, world.outputs},
                             .activation = nn::Activation::tanh,
                             .bias = true};
  Tensor theta = nn::start_layers(net, rng.split("start"));
  const Player policy = [&](std::span<const double> states) {
    return world.act(nn::layered_outputs(world.encode(states), net, theta));
  };
  const Rng judged = rng.split("judged");
  ImitationRun out;
  out.expert = mean_return(world, world.expert, o.judged_rows, judged);
  const int64_t width = world.width;
  out.idle = mean_return(
      world,
      [width](std::span<const double> s) {
        return std::vector<double>(s.size() / static_cast<size_t>(width));
      },
      o.judged_rows, judged);
  Arena arena(world, o.rows, rng.split("arena"));
  const std::unique_ptr<Learner> learner = make_learner(world, o, net, theta);
  progress.start(fmt::format("{}, {}", world.name, o.learner), o.rounds);
  int64_t asked = 0;
  for (int64_t round = 0; round < o.rounds; ++round) {
    const std::vector<double> met = arena.meet(policy, o.steps);
    const Tensor wanted = world.label(world.expert(met));
    asked += wanted.size(0);
    theta = learner->learn(theta, world.encode(met), wanted);
    progress.throw_if_stopped();
    if (!is_judged(round)) continue;
    const double got = mean_return(world, policy, o.judged_rows, judged);
    out.labels.push_back(static_cast<double>(asked)), out.returns.push_back(got);
    progress.at(round + 1, {{"return", got}});
    if (got < out.idle + o.goal * (out.expert - out.idle)) continue;
    out.labels_to_goal = asked;
    break;
  }
  return out;
}

}  // namespace offprint::tasks
