// Paths of an equation under fractional noise with a control, and what the control costs: the
// variational posterior of Daems et al. 2023, arXiv 2310.12975, section 4. The prior is
// dX = b dt + s(X) dB; the posterior adds u dt to dW, at a divergence of E int |u|^2 / 2 dt. Ours
// besides: within a step that moves X further than what is seen of it is blurred, a push is not
// enough, and the posterior may also narrow what moves X; the cost is that of the step's Gaussians.
#pragma once
#include <functional>

#include "offprint/nn/checkpointed_scan.h"
#include "offprint/nn/fractional_step.h"
#include "offprint/nn/perceptron.h"

namespace offprint::models {

struct FractionalEquation {
  nn::FractionalDriver driver;
  Tensor weights;                                          // (K) or (D,K)
  std::function<Tensor(double t, const Tensor& x)> drift;  // (P,D) -> (P,D)
  nn::Diffusion diffusion;  // (P,D) -> (P,D), of each number by itself
  bool stratonovich = false;
};

struct Steering {
  Tensor push;        // u (P,D)
  Tensor log_spread;  // (D): log of the deviation kept of what moves X; undefined: all of it
};
// Before step i; x (P,D), y (P,D,K). Empty: none, the prior itself.
using Control = std::function<Steering(int64_t i, const Tensor& x, const Tensor& y)>;

struct RollOptions {
  int64_t steps = 100;
  int64_t keep_every = 1;  // steps between the points that are kept; divides steps
  // Tensors that drift, diffusion, weights and control are made of. Given them, gradients are
  // taken by running again from few states (nn/checkpointed_scan.h), so that what the functions
  // refer to must live until then; empty: the whole graph.
  Tensors shared = {};
  // Posterior of Y(0), in the normals it is made of: mean and log deviation (D,K); both or none.
  Tensor start_mean = {}, start_log_spread = {};
};

struct Rolled {
  Tensor x;     // (steps/keep_every+1,P,D)
  Tensor cost;  // (P): int |u|^2 / 2 dt, and that of the spreads and the start
};

// From x (P,D); all draws, also of Y(0), from rng by path and step. Throws Error on steps that
// keep_every does not divide.
Rolled roll_out(const FractionalEquation& equation, const Control& control, const Tensor& x,
                const RollOptions& options, const Rng& rng);

// u = c(t) + a(t) (x, y) + rest(t, x, y), c and a straight between knots that are even in the log
// of the steps left: holds the posterior of a linear equation seen at the end, and learns the rest.
// y enters in spreads of its terms.
struct TimedControl {
  Tensor table;                         // (knots, D, 1 + D + D K)
  Tensor log_spread;                    // (knots, D)
  Tensor start_mean, start_log_spread;  // (D, K)
  nn::Perceptron rest;                  // inputs 2 + D + D K; no layers: none
  Tensor y_scale;                       // (K), not learnt
  int64_t steps = 0;
};
void visit(TimedControl& m, auto&& param) {
  param("table", m.table);
  param("log_spread", m.log_spread);
  param("start_mean", m.start_mean);
  param("start_log_spread", m.start_log_spread);
  param("rest", m.rest);
}
TimedControl make_timed_control(const nn::FractionalDriver& driver, int64_t dims, int64_t steps,
                                int64_t knots, int64_t hidden, Rng& rng);
Steering forward(const TimedControl& m, int64_t i, const Tensor& x, const Tensor& y);

}  // namespace offprint::models
