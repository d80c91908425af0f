// The bars of the brief. The paper is a survey: its claims are of the literature it sums up, and
// ours are measured on one small model.
#include "offprint/papers/slm_agents/recipe.h"

namespace offprint::papers::slm_agents {

std::vector<Claim> claims() {
  using enum Direction;
  using enum ClaimKind;
  const auto survey = [](Claim c, const char* said) {
    return of_paper(std::move(c), said, "survey, synthesis of the literature; unconfirmed",
                    "BFCL, StableToolBench");
  };
  constexpr std::nullopt_t none = std::nullopt;
  return {
      own_claim(
          "guided-valid",
          "Texts drawn token by token from the grammars of random schemas that an independent "
          "validator accepts",
          "share", at_least, 1, 1, identity),
      own_claim("guided-reachable", "Valid documents that the grammar accepts", "share", at_least,
                1, 1, identity),
      own_claim("hot-valid", "The model's own texts at temperature 1.5 that the validator accepts",
                "share", at_least, 1, 1, identity),
      own_claim("mask", "A mask and a step at the model's vocabulary, median after warm-up",
                "us a token", at_most, 40, 40, trend),
      own_claim("compile", "A schema of 50 fields made ready", "ms", at_most, 50, 50, trend),
      survey(own_claim("free-validity",
                       "Calls whose arguments obey the schema, unguided, without worked examples",
                       "share", at_most, 0.6, 0.6, headline),
             "guided decoding and validators close most of the gap"),
      survey(own_claim("guided-validity", "The same, guided", "share", at_least, 1, 1, headline),
             "guided decoding and validators close most of the gap"),
      survey(own_claim("executable", "Executable calls, guided less unguided", "points", at_least,
                       30, 30, headline),
             "guided decoding and validators close most of the gap"),
      own_claim("latency", "Seconds of a guided answer over those of an unguided one, medians",
                "times", at_most, 1, 1, trend),
      survey(own_claim("cascade-success",
                       "Cascade's success over the scripted large model's, threshold chosen on "
                       "other tasks",
                       "share", at_least, none, 0.95, headline),
             "cascades keep the large model's quality"),
      survey(own_claim("cascade-cost", "Its cost over the large model's", "share", at_most, none,
                       0.4, headline),
             "10x to 100x lower cost"),
      own_claim("cost-per-success",
                "Cost per success with mending, least inside the range of thresholds over the "
                "lower of its ends",
                "times", at_most, none, 0.95, headline),
      own_claim("calibration", "Expected calibration error of the confidence on other tasks",
                "error", at_most, none, 0.08, headline),
      own_claim("mcp", "Calls through the protocol that come back as the toolbox answers them",
                "share", at_least, 1, 1, identity),
      own_claim("bad-tools",
                "Tools that hang, babble, die, want 10 GB or print garbage: ended in one line, and "
                "the next call done",
                "share", at_least, 1, 1, identity),
  };
}

}  // namespace offprint::papers::slm_agents
