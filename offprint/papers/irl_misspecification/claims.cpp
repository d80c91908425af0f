// The bars of the brief. The paper is one of theorems: its "figure" is the theorem, shown here on
// witnesses; what it does not measure is ours alone.
#include "offprint/papers/irl_misspecification/recipe.h"

namespace offprint::papers::irl_misspecification {

std::vector<Claim> claims() {
  using enum Direction;
  using enum ClaimKind;
  const auto theorem = [](Claim c, const char* said) {
    return of_paper(std::move(c), said, "theorem; number unconfirmed", "all finite processes");
  };
  return {
      own_claim("same", "Distance to a scaled, shaped and redistributed twin: largest", "distance",
                at_most, 1e-9, 1e-9, identity),
      own_claim("opposite", "d(R, -R) is one: largest error", "distance", at_most, 1e-9, 1e-9,
                identity),
      own_claim("triangle", "Triangle inequality: largest excess", "distance", at_most, 1e-9, 1e-9,
                identity),
      own_claim("canonicals",
                "Pairs that one canonicalisation holds for the same and the other does not",
                "pairs", at_most, 0, 0, identity),
      theorem(own_claim("condition",
                        "A model acted on T(R) with |c(TR) - c(R)| <= |c(R)| sin(2 arcsin e): "
                        "largest excess of the distance over e",
                        "distance", at_most, 1e-9, 1e-9, headline),
              "e-robust if and only if T stays within"),
      theorem(own_claim("condition-sharp",
                        "1 % beyond that bound: share of trials with a reward found further than e",
                        "share", at_least, 0.95, 0.95, headline),
              "and only if"),
      theorem(own_claim("discount",
                        "Discount 0.91 held, 0.90 assumed: rewards of one behaviour, least "
                        "distance over the processes",
                        "distance", at_least, 0.95, 0.95, headline),
              "error up to maximal"),
      own_claim("discount-policy", "Largest difference of those policies, by value iteration",
                "probability", at_most, 1e-10, 1e-10, identity),
      theorem(own_claim("transition",
                        "5 % of the transition mistaken: rewards of one behaviour, least distance",
                        "distance", at_least, 0.95, 0.95, headline),
              "error up to maximal"),
      own_claim("transition-policy", "Largest difference of those policies, by value iteration",
                "probability", at_most, 1e-10, 1e-10, identity),
      theorem(own_claim("perturbation",
                        "Policies within 1e-3, 1e-6 and 1e-9 of each other: least distance of "
                        "their rewards",
                        "distance", at_least, 0.9, 0.9, headline),
              "no model is robust to perturbation"),
      theorem(own_claim("temperature",
                        "Reward read with a wrong temperature (0.2 to 10 times): largest distance",
                        "distance", at_most, 1e-9, 1e-9, headline),
              "no harm"),
      own_claim("recovery", "Reward by maximum likelihood from the exact policy: largest distance",
                "distance", at_most, 0.02, 0.02, trend),
      own_claim("consistency",
                "Distance falls with the number of trajectories as its root: exponent off -1/2, "
                "the worse of mce and boltzmann",
                "exponent", at_most, 0.1, 0.1, trend),
      own_claim("solver",
                "Processes of 100 states solved a second over those of batched value iteration by "
                "tensor operations, values proved within 1e-8",
                "times", at_least, 20, 20, trend),
  };
}

}  // namespace offprint::papers::irl_misspecification
