#include <optional>

#include "offprint/papers/target_surrogates/recipe.h"

namespace offprint::papers::target_surrogates {

std::vector<Claim> claims() {
  using enum Direction;
  using enum ClaimKind;
  const auto theorem = [](Claim c, const char* said) {
    return of_paper(std::move(c), said, "sections 3 and 4", "theory");
  };
  const auto figure = [](Claim c, const char* said, const char* setting) {
    return of_paper(std::move(c), said, "section 5", setting);
  };
  return {
      theorem(own_claim("bound",
                        "Loss above its surrogate at random parameters, eta = 1/L: most, and the "
                        "gaps of value and gradient where it is made",
                        "relative", at_most, 1e-12, 1e-12, identity),
              "a global upper bound"),
      own_claim("steep", "Share of those parameters where the loss is above, eta = 4/L",
                "share, least of the losses", at_least, 0.01, 0.01, trend),
      own_claim("sgd-step", "One inner gradient step less one step of SGD", "largest difference",
                at_most, 1e-12, 1e-12, identity),
      theorem(own_claim("descent",
                        "Outer steps in which the loss rose, 20 problems, 1, 5 and 20 inner steps",
                        "steps", at_most, 0, 0, headline),
              "monotone descent"),
      theorem(own_claim("slope",
                        "Least squared gradient over T, log-log, last four doublings: the flattest "
                        "of the 20 problems",
                        "exponent", at_most, std::nullopt, -0.9, headline),
              "O(1/T)"),
      theorem(own_claim("linear-rate",
                        "Strongly convex, all examples: rate off that of the theorem, worst of "
                        "three conditions",
                        "relative", at_most, 0.2, 0.2, headline),
              "1 - mu/L a step"),
      theorem(own_claim("neighbourhood",
                        "Strongly convex, batches: exponent of the squared distance over the "
                        "batch, distance from -1",
                        "exponent", at_most, 0.2, 0.2, headline),
              "variance over batch"),
      figure(own_claim("calls",
                       "Problems of six on which SSO with 10 inner steps needs at most a third of "
                       "the gradient calls of the best of SGD, SLS and Adam",
                       "problems", at_least, 4, 4, headline),
             "fewer calls", "rcv1, mushrooms, ijcnn; matrix factorisation"),
      figure(own_claim("time",
                       "The same at most half of the modelled time, a call being 100 cheap steps",
                       "problems", at_least, 4, 4, headline),
             "fewer calls", "rcv1, mushrooms, ijcnn; matrix factorisation"),
      figure(own_claim("imitation",
                       "States the expert is asked about until 95 % of its return: SSO over "
                       "DAgger with a step of Adam an asking, the worst of three worlds",
                       "ratio", at_most, 0.5, 0.5, headline),
             "fewer interactions", "Hopper and Walker2d, experts by SAC"),
      figure(own_claim("imitation-equal-steps",
                       "The same over DAgger with as many steps of Adam an asking as SSO takes",
                       "ratio", at_most, 0.5, 0.5, trend),
             "not compared", "Hopper and Walker2d"),
  };
}

}  // namespace offprint::papers::target_surrogates
