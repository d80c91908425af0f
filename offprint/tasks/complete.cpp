#include "offprint/tasks/complete.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "offprint/core/error.h"

namespace offprint::tasks {
namespace {

// -log p of the true state of each group (B,G), zero where nobody knows it.
Tensor losses_of(const models::MonotoneDbm& m, const Tensor& log_seen, const Tensor& states) {
  const Tensor offsets = at::tensor(models::group_offsets(m), at::kLong);
  return -log_seen.gather(1, states.clamp_min(0) + offsets) * (states >= 0).to(log_seen.dtype());
}

double least_eigenvalue(const Tensor& phi, double curvature) {
  const at::NoGradGuard no_grad;
  const Tensor wide = phi.to(at::kDouble);
  return std::get<0>(at::linalg_eigh(curvature * at::eye(wide.size(0), wide.options()) - wide))
      .min()
      .item<double>();
}

class CompletionObjective final : public Objective {
 public:
  CompletionObjective(models::MonotoneDbm& model, const Tensor& states, const CompleteOptions& o,
                      int64_t margin_every)
      : model_(model),
        states_(states),
        options_(o),
        parameters_(nn::parameters_of(model)),
        margin_every_(margin_every) {}

  nn::Parameters parameters() override { return parameters_; }
  int64_t size() const override { return states_.size(0); }
  Tensor loss(const Tensor& examples, Rng& rng) override {
    const Tensor truth = states_.index_select(0, examples);
    const Tensor given = with_holes(truth, options_.least_hidden, options_.most_hidden, rng);
    const Tensor phi = models::coupling(model_);
    if (margin_every_ > 0 && steps_++ % margin_every_ == 0)
      margin_ = std::min(margin_,
                         least_eigenvalue(phi, model_.options.curvature) - model_.options.monotone);
    const auto field = models::mean_field(model_, phi, models::evidence_of(model_, given));
    const Tensor hidden = ((given < 0) * (truth >= 0)).to(field.log_seen.dtype());
    const Tensor losses = losses_of(model_, field.log_seen, truth) * hidden;
    const int64_t last = losses.size(1) - 1;
    const auto mean = [&](const Tensor& sum, const Tensor& count) {
      return sum.sum() / count.sum().clamp_min(1);
    };
    return mean(losses.slice(1, 0, last), hidden.slice(1, 0, last)) +
           options_.last_weight * mean(losses.slice(1, last), hidden.slice(1, last));
  }
  double margin() const {
    return std::isfinite(margin_) ? margin_ : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  models::MonotoneDbm& model_;
  Tensor states_;
  CompleteOptions options_;
  nn::Parameters parameters_;
  int64_t margin_every_, steps_ = 0;
  double margin_ = std::numeric_limits<double>::infinity();
};

}  // namespace

void check(const CompleteOptions& o) {
  require(o.epochs >= 1 && o.batch >= 1, "--fill-epochs, --fill-batch: {} and {}, expected >= 1",
          o.epochs, o.batch);
  require(o.lr > 0, "--fill-lr: {}, expected above 0", o.lr);
  require(o.least_hidden >= 0 && o.least_hidden <= o.most_hidden && o.most_hidden <= 1,
          "--least-hidden, --most-hidden: {} and {}, expected 0 <= least <= most <= 1",
          o.least_hidden, o.most_hidden);
}

Tensor with_holes(const Tensor& states, double least, double most, Rng& rng) {
  const Tensor share = rng.uniform({states.size(0), 1}, least, most);
  return states.masked_fill(rng.uniform(states.sizes()) < share, -1);
}

Completer fit_completer(const Tensor& states, const std::vector<int64_t>& seen,
                        const CompleteOptions& o, Rng rng, Progress& progress,
                        int64_t margin_every) {
  check(o);
  require(seen.size() >= 2, "completion: {} columns, expected at least 2", seen.size());
  Rng init = rng.split("init");
  Completer out{models::make_monotone_dbm(seen, o.model, init)};
  CompletionObjective objective(out.model, states, o, margin_every);
  TrainOptions training;
  training.epochs = o.epochs, training.batch = o.batch, training.name = "completion";
  training.optimizer.lr = o.lr;
  training.schedule.kind = "cosine";
  out.training = train(objective, training, rng.split("train"), progress);
  out.least_margin = objective.margin();
  return out;
}

Completion complete(const Completer& completer, const Tensor& states, int64_t batch) {
  const at::NoGradGuard no_grad;
  const Tensor phi = models::coupling(completer.model);
  Completion out;
  std::vector<Tensor> parts;
  for (int64_t begin = 0; begin < states.size(0); begin += batch) {
    const Tensor part = states.slice(0, begin, std::min(begin + batch, states.size(0)));
    const auto field =
        models::mean_field(completer.model, phi, models::evidence_of(completer.model, part));
    parts.push_back(field.log_seen);
    out.iterations.insert(out.iterations.end(), field.report.iterations.begin(),
                          field.report.iterations.end());
  }
  require(!parts.empty(), "completion: no rows");
  out.log_marginals = at::cat(parts);
  return out;
}

Tensor filled(const Completer& completer, const Tensor& states) {
  const Tensor logs = complete(completer, states).log_marginals;
  std::vector<Tensor> columns;
  int64_t from = 0;
  for (size_t g = 0; g < completer.model.seen.size(); ++g) {
    const int64_t count = completer.model.seen[g];
    const Tensor given = states.select(1, static_cast<int64_t>(g));
    columns.push_back(at::where(given < 0, logs.slice(1, from, from + count).argmax(1), given));
    from += count;
  }
  return at::stack(columns, 1);
}

}  // namespace offprint::tasks
