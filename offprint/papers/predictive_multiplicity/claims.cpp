// What the paper claims and where we draw our bars. Its figures are the brief's and were not looked
// up in the paper.
#include "offprint/papers/predictive_multiplicity/recipe.h"

namespace offprint::papers::predictive_multiplicity {

std::vector<Claim> claims() {
  using enum Direction;
  using enum ClaimKind;
  const auto own = [](std::string id, std::string statement, std::string unit, Direction direction,
                      double bar, ClaimKind kind = identity) {
    return own_claim(std::move(id), std::move(statement), std::move(unit), direction, bar, bar,
                     kind);
  };
  const char* tables = "mammo, apnea, bank, COMPAS arrest and violence";
  return {
      own("range-gap", "Ends of viable ranges: widest gap between a model and the dual bound",
          "score", at_most, 1e-6),
      own("range-inside", "Models at the ends: worst loss beyond the level", "nats a row", at_most,
          1e-9),
      own("range-rays", "Ends against a brute-force search over rays, two features", "score",
          at_most, 1e-4),
      own("enumeration",
          "Discrepancy against all vertices of the thresholds, 12 rows, two features",
          "people apart", at_most, 0),
      own("proof", "Discrepancy of real tables of at most 1000 rows: widest gap of the bounds",
          "% of upper", at_most, 1, trend),
      own("screening-same", "Discrepancy with and without screening by viable ranges",
          "people apart", at_most, 0),
      own("screening-speed", "Time without screening over time with it", "x", at_least, 10, trend),
      own("speed", "Viable ranges of 10 000 people, 10 000 rows, 30 features", "s", at_most, 60,
          trend),
      own("monotone",
          "Ambiguity and discrepancy falling in epsilon, rising in delta, the wrong way round or "
          "not 0 at epsilon 0",
          "cases", at_most, 0),
      of_paper(own("wide", "People of COMPAS whom a model within 1 % of the best moves by 0.1",
                   "% of people", at_least, 20, headline),
               "up to large shares at delta 0.1 to 0.2", "figures", tables),
      of_paper(own("ambiguity-over-discrepancy",
                   "Ambiguity less the discrepancy reached, least over real tables", "% of people",
                   at_least, 0, headline),
               "ambiguity > discrepancy", "figures", tables),
      of_paper(own("outliers", "Ambiguity over the share of outliers: lower end of the slope",
                   "slope", at_least, 1e-9, headline),
               "outliers drive multiplicity", "section on synthetic data", "synthetic"),
      of_paper(own("separability", "Ambiguity over the margin between classes: the same", "slope",
                   at_least, 1e-9, headline),
               "separability drives multiplicity", "section on synthetic data", "synthetic"),
      of_paper(
          own("minority", "Ambiguity over the share of a minority of another pattern: the same",
              "slope", at_least, 1e-9, headline),
          "majority-minority structure drives multiplicity", "section on synthetic data",
          "synthetic"),
  };
}

}  // namespace offprint::papers::predictive_multiplicity
