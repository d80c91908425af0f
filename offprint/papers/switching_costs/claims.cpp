#include "offprint/papers/switching_costs/recipe.h"

namespace offprint::papers::switching_costs {

std::vector<Claim> claims() {
  using enum Direction;
  using enum ClaimKind;
  const auto theorem = [](Claim c, const char* said) {
    return of_paper(std::move(c), said, "abstract and sections 3 and 4", "theory");
  };
  return {
      theorem(own_claim("bandit-slope",
                        "Bandit feedback: exponent of regret over rounds, distance from 2/3",
                        "exponent", at_most, 0.04, 0.04, headline),
              "T^(2/3)"),
      theorem(own_claim("full-slope",
                        "All losses seen, shrinking dartboard: exponent, distance from 1/2",
                        "exponent", at_most, 0.04, 0.04, headline),
              "T^(1/2)"),
      theorem(own_claim("flat",
                        "Extra observations below T^0.6: exponent of regret over them, "
                        "distance from 0",
                        "exponent", at_most, 0.05, 0.05, headline),
              "no gain up to T^(2/3)"),
      theorem(own_claim("falling",
                        "Extra observations from T^0.75 to T^0.95: exponent, distance from -1/2",
                        "exponent", at_most, 0.05, 0.05, headline),
              "T / sqrt(B)"),
      theorem(own_claim("knee", "Where the gain begins, as a power of T: distance from 0.67",
                        "exponent", at_most, 0.05, 0.05, headline),
              "2/3"),
      theorem(own_claim("knee-exponent",
                        "How the knee grows with T, over three sizes: exponent, distance from 2/3",
                        "exponent", at_most, 0.05, 0.05, headline),
              "T^(2/3)"),
      theorem(own_claim("budget-full",
                        "A budget in all, spent on whole slots (II): exponent of regret over it, "
                        "distance from -1/2",
                        "exponent", at_most, 0.05, 0.05, headline),
              "T / sqrt(B)"),
      theorem(
          own_claim("budget-one-arm", "The same, spent on one arm a slot (III): distance from -1/2",
                    "exponent", at_most, 0.05, 0.05, headline),
          "T / sqrt(B)"),
      theorem(own_claim("bandit-stops",
                        "The same, spent on bandit feedback (I) beyond T^(2/3): exponent",
                        "exponent", at_least, -0.1, -0.1, trend),
              "cannot reach T / sqrt(B)"),
      own_claim("unbiased",
                "Estimates of options I, II and III less the losses, in standard errors",
                "standard errors", at_most, 4, 4, identity),
      own_claim("within-budget", "Observations of any play above what was allowed", "observations",
                at_most, 0, 0, identity),
      theorem(own_claim("switch-bound",
                        "Dartboards: mean switches over their bound, rate times the sum of "
                        "estimates",
                        "ratio", at_most, 1, 1, identity),
              "lemma (unconfirmed)"),
      own_claim("speed", "Rounds a second, two arms, dartboard that sees every round",
                "million a second", at_least, 50, 50, trend),
  };
}

}  // namespace offprint::papers::switching_costs
