#include "offprint/tasks/cascade.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "offprint/core/error.h"

namespace offprint::tasks {

CascadePoint apply_threshold(const std::vector<CascadeTask>& tasks, double threshold,
                             double failure_cost) {
  require(!tasks.empty(), "cascade: no tasks, expected some");
  CascadePoint p{.threshold = threshold};
  for (const CascadeTask& t : tasks) {
    const bool asks = t.confidence < threshold;
    p.asked += asks, p.success += asks ? t.large_right : t.small_right;
    p.cost += t.small_cost + (asks ? t.large_cost : 0);
  }
  const auto n = static_cast<double>(tasks.size());
  const auto per_success = [&](double cost) {
    return p.success > 0 ? cost / p.success : std::numeric_limits<double>::infinity();
  };
  p.cost_per_success = per_success(p.cost);
  p.cost_per_success_mended = per_success(p.cost + failure_cost * (n - p.success));
  p.success /= n, p.asked /= n, p.cost /= n;
  return p;
}

std::vector<CascadePoint> cascade_curve(const std::vector<CascadeTask>& tasks,
                                        double failure_cost) {
  require(!tasks.empty(), "cascade: no tasks, expected some");
  std::vector<double> sure;
  for (const CascadeTask& t : tasks) sure.push_back(t.confidence);
  std::ranges::sort(sure);
  sure.erase(std::unique(sure.begin(), sure.end()), sure.end());
  std::vector<CascadePoint> out = {apply_threshold(tasks, sure.front(), failure_cost)};
  // Between two confidences the middle: on other tasks both are as near.
  for (size_t i = 1; i < sure.size(); ++i)
    out.push_back(apply_threshold(tasks, (sure[i - 1] + sure[i]) / 2, failure_cost));
  out.push_back(apply_threshold(
      tasks, std::nextafter(sure.back(), std::numeric_limits<double>::infinity()), failure_cost));
  return out;
}

std::optional<CascadePoint> cheapest(const std::vector<CascadePoint>& curve, double success) {
  std::optional<CascadePoint> best;
  for (const CascadePoint& p : curve)
    if (p.success >= success && (!best || p.cost < best->cost)) best = p;
  return best;
}

}  // namespace offprint::tasks
