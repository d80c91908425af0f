// The bars of the brief; the paper's figures stand in plots and were not looked up.
#include "offprint/papers/fractional_sde/recipe.h"

namespace offprint::papers::fractional_sde {

std::vector<Claim> claims() {
  using enum Direction;
  using enum ClaimKind;
  const auto figure = [](Claim c, const char* said, const char* setting) {
    return of_paper(std::move(c), said, "unconfirmed: experiments", setting);
  };
  return {
      own_claim("weights", "Closed-form weights are least squares over paths of one driver",
                "relative error", at_most, 0.02, 0.02, identity),
      own_claim("weight-slopes", "Their slopes in H equal finite differences", "relative error",
                at_most, 1e-5, 1e-5, identity),
      figure(own_claim("covariance",
                       "Covariance on the horizon, five to eight terms, H 0.2, 0.5, 0.8: "
                       "worst Frobenius error",
                       "relative error", at_most, 0.03, 0.03, headline),
             "five terms suffice (unconfirmed)", "figure over H"),
      own_claim("brownian", "H 1/2 is Brownian motion: worst error of a variance", "relative error",
                at_most, 0.01, 0.01, identity),
      figure(own_claim("bridge-mean",
                       "Bridge of H 0.3 and 0.7: RMSE of the learnt posterior's mean over the "
                       "prior's deviation, worst",
                       "ratio", at_most, 0.05, 0.05, headline),
             "posterior = true posterior (unconfirmed)", "fractional Ornstein-Uhlenbeck bridge"),
      figure(own_claim("bridge-variance",
                       "Its variance off the Gaussian process', mean over time, worst",
                       "relative error", at_most, 0.10, 0.10, headline),
             "posterior = true posterior (unconfirmed)", "fractional Ornstein-Uhlenbeck bridge"),
      figure(own_claim("hurst",
                       "H 0.1 .. 0.9 from series of known index, mean over seeds: worst error",
                       "index", at_most, 0.07, 0.07, headline),
             "recovered (unconfirmed)", "synthetic"),
      figure(own_claim("twin",
                       "The bound ahead of the Brownian twin's where |H - 1/2| >= 0.2: least lead",
                       "nats", at_least, 0, 0, headline),
             "higher bound at the right H (unconfirmed)", "synthetic"),
      own_claim("gradient", "Gradient of the bound equals finite differences of common noise",
                "relative error", at_most, 1e-3, 1e-3, identity),
      own_claim("adjoint", "Checkpointed adjoint equals full backpropagation", "relative error",
                at_most, 1e-6, 1e-6, identity),
      own_claim("adjoint-memory", "Memory of the checkpointed adjoint over full backpropagation's",
                "share", at_most, 0.2, 0.2, identity),
      figure(own_claim("video-bound",
                       "Moving digits: seeds of three whose bound on clips kept apart is ahead of "
                       "the Brownian twin's",
                       "seeds", at_least, std::nullopt, 2, headline),
             "ahead of Brownian and ODE (unconfirmed)", "stochastic moving MNIST"),
      figure(own_claim("video-psnr",
                       "Moving digits: seeds of three whose mean prediction of the frames ahead is "
                       "nearer than the Brownian twin's",
                       "seeds", at_least, std::nullopt, 2, headline),
             "ahead of Brownian and ODE (unconfirmed)", "stochastic moving MNIST"),
      own_claim("paths", "Paths a second over those of tensor operations on all paths at once",
                "times", at_least, 5, 5, trend),
  };
}

}  // namespace offprint::papers::fractional_sde
