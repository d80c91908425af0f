// Tables and figures of Chimera's card.
#pragma once
#include "offprint/papers/chimera/audit_runs.h"
#include "offprint/papers/chimera/grid_runs.h"
#include "offprint/papers/chimera/scan_checks.h"

namespace offprint::papers::chimera {

Figure scan_figure(const ScanTimes& times);
Figure recurrence_figure(const RecurrenceRun& run);
TextTable audit_table(const AuditRun& run);
Figure heat_figure(const AuditRun& run);
// MSE by horizon and method; runs[i] are of horizons[i].
TextTable etth1_table(const std::vector<int64_t>& horizons,
                      const std::vector<std::vector<MethodRun>>& runs);

}  // namespace offprint::papers::chimera
