#include "offprint/tasks/audit_series.h"

#include <ATen/ops/cumsum.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/quantile.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/csv.h"
#include "offprint/data/series_fill.h"
#include "offprint/tasks/series_windows.h"

namespace offprint::tasks {
namespace {

// Mean of each row and the up to n-1 before it.
Tensor trailing_mean(const Tensor& x, int64_t n) {
  const int64_t T = x.size(0);
  const Tensor sums = at::cat({at::zeros_like(x.slice(0, 0, 1)), at::cumsum(x, 0)});
  const Tensor ends = at::arange(1, T + 1, at::kLong), begins = (ends - n).clamp_min(0);
  return (sums.index_select(0, ends) - sums.index_select(0, begins)) /
         (ends - begins).to(at::kDouble).unsqueeze(1);
}

void check(const AuditOptions& o) {
  find_audit_method(o.method);
  require(o.normal > 0 && o.normal <= 1, "--normal: {}, expected above 0, at most 1", o.normal);
  require(o.smooth >= 1, "--smooth: {}, expected >= 1", o.smooth);
  require(o.level > 0 && o.level < 1, "--level: {}, expected above 0 and below 1", o.level);
}

}  // namespace

AuditScores audit(const Tensor& values, const AuditOptions& o, const Rng& rng, Progress& progress) {
  check(o);
  parse_device(o.of_method.device);
  require_dim(values, 2, "audit", "values", "(T,V)");
  require(at::isfinite(values).all().item<bool>(), "audit: values are missing");
  AuditScores found;
  found.train = std::llround(o.normal * static_cast<double>(values.size(0)));
  constexpr int64_t kFewest = 20;
  require(found.train >= kFewest, "audit: {} normal rows of {}, expected at least {}", found.train,
          values.size(0), kFewest);
  const Standardizer scale = standardizer_of(values.slice(0, 0, found.train));
  const AuditMethod& method = find_audit_method(o.method);
  Tensor distance = method.distances({standardized(scale, values), found.train}, o.of_method,
                                     rng.split(o.method), progress);
  const Tensor empty = distance.eq(0).all(1);
  while (found.first < values.size(0) && empty[found.first].item<bool>()) ++found.first;
  const Tensor calibration = distance.slice(0, found.train - found.train / 5, found.train);
  distance = distance / (calibration.mean(0, true) + 1e-12);
  found.scores = trailing_mean(distance, o.smooth);
  found.thresholds =
      at::quantile(found.scores.slice(0, found.train - found.train / 5, found.train), o.level, 0);
  return found;
}

AuditOutcome audit_series(const AuditRequest& request, Progress& progress) {
  check(request.options);
  if (!request.out.empty()) try_to_write(request.out);
  AuditOutcome outcome;
  outcome.method = request.options.method;
  outcome.series =
      data::series_from_table(data::read_csv(request.data), request.targets, request.time);
  outcome.interpolated = data::fill_missing(outcome.series, request.options.missing);
  outcome.found = audit(outcome.series.values, request.options, Rng(request.seed), progress);
  if (!request.out.empty()) data::write_csv(request.out, audit_table(outcome));
  return outcome;
}

}  // namespace offprint::tasks
