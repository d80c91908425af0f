// What the paper claims and where we draw our bars. Its figures are the brief's and were not looked
// up in the paper.
#include "offprint/papers/counterfactual/recipe.h"

namespace offprint::papers::counterfactual {

std::vector<Claim> claims() {
  using enum Direction;
  using enum ClaimKind;
  const auto own = [](std::string id, std::string statement, std::string unit, Direction direction,
                      double bar, ClaimKind kind = identity) {
    return own_claim(std::move(id), std::move(statement), std::move(unit), direction, bar, bar,
                     kind);
  };
  // Tokens of the story are changed at the larger scales alone.
  const auto later = [](Claim claim) {
    claim.quick.reset();
    return claim;
  };
  const char* models = "Llama-3-8B-Instruct, Ministral-8B-Instruct";
  return {
      own("chi-square", "Gumbel-max draws as often as softmax says: plain, top-k and top-p",
          "least p-value", at_least, 0.001),
      own("empty", "Answers that change when nothing is changed", "of 100", at_most, 0),
      own("empty-drafted", "The same with drafted tokens that are verified", "of 100", at_most, 0),
      own("stories-again",
          "Stories that change when told again, with drafts, or on one thread instead of two",
          "stories", at_most, 0),
      later(
          of_paper(own("distance-token",
                       "A token of the story changed: edit distance of fresh luck less that of the "
                       "same luck, least over temperatures",
                       "share of tokens", at_least, 0.1, headline),
                   "lower at all temperatures", "figures", models)),
      later(of_paper(own("distance-token-interval", "The same: lower end of its 95 % interval",
                         "share of tokens", at_least, 1e-9, headline),
                     "lower at all temperatures", "figures", models)),
      own("distance-word", "A word of the question changed: the same", "share of tokens", at_least,
          0.1, trend),
      own("distance-word-interval", "The same: lower end of its 95 % interval", "share of tokens",
          at_least, 1e-9, trend),
      own("stable", "Steps that break counterfactual stability, noise tied to tokens", "steps",
          at_most, 0),
      own("inverse-unstable", "Steps that break it when the distribution is inverted instead",
          "% of steps", at_least, 1, trend),
      of_paper(own("cost", "A token by Gumbel-max over a token by inversion", "x time", at_most,
                   1.03, headline),
               "almost no extra cost", "section on cost", models),
      own("memory", "Kept of an answer besides its tokens and text", "bytes", at_most, 1024, trend),
      of_paper(own("planted", "A planted income gap of 20 %: size found over size planted, off 1",
                   "relative", at_most, 0.25, headline),
               "sex and race shift income, education, occupation", "section 5.3", "census records"),
      own("control", "An attribute that does not depend on sex: standard errors from no change",
          "|z|", at_most, 2, trend),
  };
}

}  // namespace offprint::papers::counterfactual
