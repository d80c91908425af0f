// Losses whose gradient in the model's outputs is expensive, minimised with few askings. SSO of
// Lavington et al. 2023, arXiv 2302.02607, algorithms 1 (all examples) and 2 (batches): ask once,
// freeze the answer into a surrogate, take many cheap steps of the parameters on it, ask again.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/nn/target_map.h"
#include "offprint/nn/target_surrogate.h"

namespace offprint::tasks {

struct SsoOptions {
  int64_t calls = 100;              // askings for a gradient
  int64_t batch = 0;                // examples of each; 0: all
  int64_t inner = 10;               // m, steps on each surrogate
  std::string inner_by = "armijo";  // armijo, lbfgs, adam, exact (linear models: least squares)
  double inner_rate = 1;            // first step of armijo and lbfgs ever, or Adam's rate
  std::string rule = "smooth";      // eta: smooth (1/L), backtracking, decay (eta/sqrt t)
  double eta = 0;                   // 0: 1/L; backtracking begins there, decay falls from it
  std::string divergence = "euclid";
  bool anchor_all = false;  // batches: D over all examples, as the theorems have it
  void visit(auto&& field) {
    field("calls", calls, "times the loss is asked for its gradient");
    field("batch", batch, "examples of each asking; 0: all");
    field("inner", inner, "steps on each surrogate");
    field("inner-by", inner_by, "how they are taken", {"armijo", "lbfgs", "adam", "exact"});
    field("inner-rate", inner_rate, "first step of armijo and lbfgs, or Adam's rate");
    field("rule", rule, "step size in the space of outputs", {"smooth", "backtracking", "decay"});
    field("eta", eta, "that step size; 0: one over the loss's smoothness");
    field("divergence", divergence, "what holds outputs near: kl for logits", {"euclid", "kl"});
    field("anchor-all", anchor_all, "batches: hold the outputs of all other examples too");
  }
};
// Throws Error, one line, on sizes, names and steps that make no sense.
void check(const SsoOptions& options);

// What stays from one surrogate to the next. One thread.
class SsoStepper {
 public:
  explicit SsoStepper(SsoOptions options);  // Error as check

  // One outer step from theta on `map`, the examples `rows` (undefined: all): asks once. `all`: the
  // map of all examples where the options anchor there.
  Tensor step(const Tensor& theta, const nn::TargetMap& map, const Tensor& rows,
              nn::CountedLoss& loss, const nn::TargetMap* all = nullptr);
  // The inner steps alone, on surrogates that are there already (FTRL adds them up): mean over all
  // rows of `map`.
  Tensor descend(const Tensor& theta, const nn::TargetMap& map, const nn::Surrogate& surrogate);

  double eta() const { return eta_; }                   // of the last step
  int64_t evaluations() const { return evaluations_; }  // of the model, over all inner steps

 private:
  double next_eta(const Tensor& z, const nn::LossAt& at, const Tensor& rows, nn::CountedLoss& loss);
  SsoOptions options_;
  nn::Divergence divergence_;
  double inner_step_ = 0, eta_ = 0;
  int64_t steps_ = 0, evaluations_ = 0;
};

// Where a minimisation is after some asking, by SSO or another method.
struct MinimizeState {
  Tensor theta;
  nn::Calls calls = {};
  int64_t model_evaluations = 0;  // of f or its Jacobian, over a batch: the cheap steps
  double batch_loss = 0;          // what the last asking said
};
// Called after every step; false ends the run.
using Watch = std::function<bool(const MinimizeState&)>;

struct Minimized {
  MinimizeState end;
  std::vector<double> losses;  // of each asking, on its batch
  bool stopped = false;        // on request, before the end
};

// From theta. Batches are drawn without replacement, anew when all were seen. Throws Error on
// options that make no sense, a loss whose smoothness is needed and not known, and as CountedLoss
// does.
Minimized minimize(const nn::ExpensiveLoss& loss, const nn::TargetModel& model, const Tensor& theta,
                   const SsoOptions& options, Rng rng, Progress& progress, const Watch& watch = {});

}  // namespace offprint::tasks
