// Learning-rate schedules as a factor on every group's peak rate.
#pragma once
#include <cstdint>
#include <string>

namespace offprint::nn {

// constant; cosine to `final`; wsd-exponential, wsd-linear: warmup, stable, decay to `final` over
// the last `decay` share of the steps (MiniCPM, arXiv 2404.06395, section 4.2); inverse-sqrt after
// warmup. Every kind starts with the warmup.
struct ScheduleOptions {
  std::string kind = "cosine";
  double warmup = 0.05;  // share of all steps; linear, the last of them is at the peak
  double final = 0.0;    // factor that cosine and decay reach; wsd-exponential takes 0 as 0.1
  double decay = 0.1;    // share of steps in the tail of wsd
  void visit(auto&& field) {
    field("schedule", kind, "learning-rate schedule",
          {"constant", "cosine", "wsd-exponential", "wsd-linear", "inverse-sqrt"});
    field("warmup", warmup, "share of the steps with linearly rising rate");
    field("final-lr", final, "rate at the end as a share of the peak");
    field("decay", decay, "share of the steps in the tail of a wsd schedule");
  }
};

// Factor in [0, 1] for optimiser step `step` (0-based) of `total`. Throws Error on an
// unknown kind and on shares outside [0, 1].
double schedule_factor(const ScheduleOptions& options, int64_t step, int64_t total);

}  // namespace offprint::nn
