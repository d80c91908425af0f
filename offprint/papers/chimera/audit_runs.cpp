#include "offprint/papers/chimera/audit_runs.h"

#include <algorithm>

#include "offprint/papers/chimera/faults.h"
#include "offprint/papers/chimera/grids.h"
#include "offprint/tasks/audit_series.h"
#include "offprint/tasks/detection_scores.h"

namespace offprint::papers::chimera {
namespace {

tasks::AuditOptions audit_options(const Options& o, const char* method) {
  tasks::AuditOptions a;
  a.method = method, a.smooth = o.smooth;
  a.of_method.lookback = o.lookback, a.of_method.epochs = o.audit_epochs, a.of_method.lr = o.lr;
  a.of_method.width = o.width, a.of_method.depth = o.depth, a.of_method.states = o.d_state;
  a.of_method.device = o.device;
  return a;
}

// Score over threshold around the first decoupled fault, (V) rows of at most 200.
std::vector<std::vector<double>> around_a_fault(const Tensor& ratios, const FaultySeries& faulty) {
  const Tensor decoupled = faulty.kind.eq(static_cast<int64_t>(Fault::decoupled)).unsqueeze(1);
  const Tensor rows = faulty.labels.logical_and(decoupled).any(1);
  const int64_t begin = rows.to(at::kInt).argmax().item<int64_t>();
  const int64_t from = std::max<int64_t>(0, begin - 60),
                until = std::min(rows.size(0), begin + 100);
  std::vector<std::vector<double>> heat;
  for (int64_t v = 0; v < ratios.size(1); ++v) {
    const Tensor row = ratios.select(1, v).slice(0, from, until).clamp_max(5).contiguous();
    heat.emplace_back(row.const_data_ptr<double>(), row.const_data_ptr<double>() + row.numel());
  }
  return heat;
}

void run_once(AuditRun& out, const Tensor& values, int64_t season, const Options& o, const Rng& rng,
              Progress& progress) {
  const int64_t from = values.size(0) / 2;
  const FaultySeries faulty =
      with_faults(values, from, o.fault_events, o.fault_rows, season, rng.split("faults"));
  for (const char* method : {"chimera", "ar", "z-score", "pca"}) {
    const tasks::AuditScores scores =
        tasks::audit(faulty.values, audit_options(o, method), rng, progress);
    progress.throw_if_stopped();
    if (out.heat.empty())
      out.heat = around_a_fault(scores.scores / (scores.thresholds + 1e-12), faulty);
    for (size_t k = 0; k < kFaults.size(); ++k) {
      const Tensor rows = faulty.kind.eq(static_cast<int64_t>(k)).nonzero().squeeze(1);
      const Tensor score = scores.scores.index_select(0, rows);
      const Tensor label = faulty.labels.index_select(0, rows);
      const std::string fault = fault_name(kFaults[k]);
      out.found[fault][method].push_back(
          {tasks::average_precision(score, label), tasks::best_f1(score, label),
           tasks::best_f1(tasks::point_adjusted(score, label), label)});
      out.chance[fault] = label.to(at::kDouble).mean().item<double>();
    }
  }
}

}  // namespace

AuditRun run_recurrence_audit(const Options& o, const Rng& rng, Progress& progress) {
  AuditRun out{"recurrence", {"chimera", "ar", "z-score", "pca"}, {}, {}, {}};
  for (int64_t seed = 0; seed < o.seeds; ++seed) {
    const Rng draw = rng.split(static_cast<uint64_t>(seed));
    const RecurrenceSeries drawn =
        recurrence_series({.columns = o.columns, .rows = o.rows}, draw.split("recurrence"));
    run_once(out, drawn.series.values, 1, o, draw, progress);
  }
  return out;
}

AuditRun run_ett_audit(const Tensor& values, const Options& o, const Rng& rng, Progress& progress) {
  AuditRun out{"ETTh1", {"chimera", "ar", "z-score", "pca"}, {}, {}, {}};
  Options there = o;
  there.lookback = 48;
  run_once(out, values, 24, there, rng, progress);
  return out;
}

}  // namespace offprint::papers::chimera
