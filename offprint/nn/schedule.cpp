#include "offprint/nn/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "offprint/core/error.h"

namespace offprint::nn {
namespace {

void require_share(const char* name, double share) {
  require(share >= 0.0 && share <= 1.0, "schedule: {} is {}, expected a share from 0 to 1", name,
          share);
}

double cosine(double done, double final) {
  return final + (1.0 - final) * 0.5 * (1.0 + std::cos(std::numbers::pi * done));
}

// The exponential never reaches zero, so its default end is a tenth of the peak.
double exponential(double done, double final) { return std::pow(final > 0.0 ? final : 0.1, done); }

double linear(double done, double final) { return 1.0 - (1.0 - final) * done; }

}  // namespace

double schedule_factor(const ScheduleOptions& o, int64_t step, int64_t total) {
  require_share("warmup", o.warmup);
  require_share("final-lr", o.final);
  require_share("decay", o.decay);
  const double n = static_cast<double>(std::max<int64_t>(total, 1));
  const double s = std::clamp(static_cast<double>(step), 0.0, n);
  const double warm = std::round(o.warmup * n);
  if (s < warm) return (s + 1.0) / warm;

  if (o.kind == "constant") return 1.0;
  if (o.kind == "cosine") return cosine(n > warm ? (s - warm) / (n - warm) : 1.0, o.final);
  if (o.kind == "inverse-sqrt") return std::sqrt(std::max(warm, 1.0) / (s + 1.0));
  if (o.kind == "wsd-exponential" || o.kind == "wsd-linear") {
    // A tail never starts inside the warmup.
    const double tail = std::min(std::round(o.decay * n), n - warm), start = n - tail;
    if (s < start || tail == 0.0) return 1.0;
    const double done = (s - start) / tail;
    return o.kind == "wsd-linear" ? linear(done, o.final) : exponential(done, o.final);
  }
  fail("--schedule: '{}', expected constant|cosine|wsd-exponential|wsd-linear|inverse-sqrt",
       o.kind);
}

}  // namespace offprint::nn
