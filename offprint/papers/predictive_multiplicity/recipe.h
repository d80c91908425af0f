// Predictive Multiplicity in Probabilistic Classification. Watson-Daniels, Parkes & Ustun 2022,
// arXiv 2206.01131: viable ranges with certificates, ambiguity and discrepancy of real tables, the
// oracles behind them, and what in a table drives them.
#pragma once
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::predictive_multiplicity {

struct Options {
  int64_t people = 60;         // of each table whose ranges are certified
  int64_t small_tables = 3;    // of 12 rows, whose discrepancy is enumerated
  int64_t scale_people = 100;  // of 10 000, on whom the speed is measured
  int64_t table_people = 300;  // of each real table, for the shares
  double seconds = 4;          // of each proof of a discrepancy
  int64_t seeds = 5;           // of each sweep
  int64_t sweep_rows = 200;    // of each table of a sweep
  double epsilon = 0.01;       // of the best loss
  void visit(auto&& field) {
    field("people", people, "of each table whose ranges are certified");
    field("small-tables", small_tables, "of 12 rows, whose discrepancy is enumerated");
    field("scale-people", scale_people, "of 10 000, on whom the speed is measured");
    field("table-people", table_people, "of each real table, for the shares");
    field("seconds", seconds, "of each proof of a discrepancy");
    field("seeds", seeds, "of each sweep");
    field("sweep-rows", sweep_rows, "of each table of a sweep");
    field("epsilon", epsilon, "how much worse a near-optimal model may be, of the best loss");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::predictive_multiplicity
