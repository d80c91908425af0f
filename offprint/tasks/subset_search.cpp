#include "offprint/tasks/subset_search.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kJudgedRows = 1000;  // times a shift a subset: what fits into memory

}  // namespace

const SubsetRisk& SubsetSearch::of(kernels::NodeSet subset) const {
  for (const SubsetRisk& r : risks)
    if (r.predictor.subset == subset) return r;
  fail("subset_search: a subset of {} variables was not weighed", kernels::count_of(subset));
}

SubsetSearch search_subsets(const Mechanisms& m, const SubsetSearchOptions& options, const Rng& rng,
                            Progress& progress) {
  SubsetSearch out;
  const kernels::TransferProblem& p = m.problem;
  out.verdict = kernels::whole_set_verdict(p);
  out.classes = kernels::equivalence_classes(p, options.most);
  out.whole = kernels::essential_part(p, p.stable());
  std::vector<kernels::NodeSet> subsets = out.classes.representatives;
  if (std::ranges::find(subsets, out.whole) == subsets.end()) subsets.push_back(out.whole);
  const int64_t rows = m.data.size(0);
  const Columns table =
      do_table(m, std::max<int64_t>(1, (options.do_rows + rows - 1) / rows), rng.split("do"));
  progress.start("weighing subsets", std::ssize(subsets));
  for (const kernels::NodeSet subset : subsets) {
    progress.throw_if_stopped();
    SubsetRisk r;
    r.predictor = fit_stable_predictor(p, table, subset, options.units, rng.split("predictors"));
    r.ordinary = risk(r.predictor, columns_of(m.data), p.outcome).item<double>();
    const WorstShift worst =
        worst_shift(m, r.predictor, options.shifts, rng.split("shifts").split(subset));
    out.shifts = joined(out.shifts, worst.networks);
    out.risks.push_back(std::move(r));
    progress.at(std::ssize(out.risks));
  }
  // What is worst for one subset may be worse for another than what was found for that.
  const Mechanisms judged = some_rows(m, kJudgedRows, rng.split("judged"));
  const Columns shifted = regenerate(judged, shift_of(out.shifts, judged));
  for (SubsetRisk& r : out.risks)
    r.worst = risk(r.predictor, shifted, p.outcome).max().item<double>();
  std::ranges::stable_sort(out.risks, {}, &SubsetRisk::worst);
  if (out.verdict.guaranteed())
    while (out.risks[out.chosen].predictor.subset != out.whole) ++out.chosen;
  return out;
}

}  // namespace offprint::tasks
