// What the paper claims and where we draw our bars. A paper's figure is confirmed where it stands
// in the paper's abstract.
#include "offprint/papers/spacetime/recipe.h"

namespace offprint::papers::spacetime {
namespace {

using enum Direction;
constexpr std::optional<double> kNever = std::nullopt;

Claim own(std::string id, std::string statement, std::string unit, Direction direction,
          std::optional<double> quick, std::optional<double> standard,
          ClaimKind kind = ClaimKind::identity) {
  Claim c;
  c.id = std::move(id), c.statement = std::move(statement), c.unit = std::move(unit);
  c.paper = "none", c.source = "our own check", c.setting = "no data";
  c.direction = direction, c.kind = kind;
  c.quick = quick, c.standard = standard, c.full = standard;
  return c;
}

Claim after(Claim c, std::string paper, bool confirmed, std::string source, std::string setting) {
  c.paper = std::move(paper), c.confirmed = confirmed;
  c.source = std::move(source), c.setting = std::move(setting);
  return c;
}

std::vector<Claim> headlines() {
  const auto missing = [](const char* id, const char* statement, const char* unit) {
    return own(id, statement, unit, at_least, kNever, kNever, ClaimKind::headline);
  };
  return {
      after(missing("informer-best", "Best MSE on Informer's univariate forecasting tasks",
                    "settings of 16"),
            "14 of 16", true, "abstract", "ETTh1, ETTh2, ETTm1, weather, ECL; horizons 24 to 960"),
      after(missing("classification-best", "Best or second AUROC on ECG and speech classification",
                    "tasks of 7"),
            "6 of 7", true, "abstract", "PTB-XL and Speech Commands, GPU days"),
  };
}

std::vector<Claim> filters() {
  const auto complexity = [](Claim c) {
    return after(std::move(c), "O~(d + l) against O~(d l)", true, "abstract", "filter of l steps");
  };
  return {
      own("filter-float64",
          "The fast filter equals dense powers, d to 256 and l to 4096 (float64, worst case)",
          "relative difference", at_most, 1e-6, 1e-6),
      own("filter-float32", "The same in float32", "relative difference", at_most, 1e-4, 1e-4),
      own("filter-gradients", "Its gradients equal finite differences", "relative error", at_most,
          1e-4, 1e-4),
      complexity(own("filter-slope", "Time of the filter grows hardly with d, 16 to 256",
                     "slope of log time over log d", at_most, 0.2, 0.2, ClaimKind::headline)),
      complexity(own("filter-speed", "The filter is ahead of dense powers at d 256", "x", at_least,
                     10, 10, ClaimKind::headline)),
      after(own("special-cases",
                "AR(p), its roll-out, differences and exponential smoothing are exact (worst)",
                "relative difference", at_most, 1e-6, 1e-6),
            "proposition", false, "unconfirmed: section 3.2", "no data"),
  };
}

std::vector<Claim> processes() {
  const std::string source = "unconfirmed: section 5, synthetic AR processes";
  const std::string setting = "AR(4) and AR(6)";
  const auto trend = [](std::string id, std::string statement, std::string unit,
                        Direction direction, double bar) {
    return own(std::move(id), std::move(statement), std::move(unit), direction, bar, bar,
               ClaimKind::trend);
  };
  return {
      after(trend("ar6-oracle", "AR(6), 64 steps ahead: MSE over that of the true coefficients",
                  "x", at_most, 1.1),
            "recovers the process", false, source, setting),
      after(trend("ar6-s4d", "There S4D with as many parameters is worse than SpaceTime", "x",
                  at_least, 1.5),
            "S4 and S4D fail", false, source, setting),
      after(trend("ar6-copy", "One companion state space that copies AR(6) has its coefficients",
                  "relative L2", at_most, 0.05),
            "recovers the coefficients", false, source, setting),
  };
}

std::vector<Claim> forecasts() {
  const auto ett = [](std::string id, std::string statement, std::string unit, Direction direction,
                      double bar, ClaimKind kind) {
    return own(std::move(id), std::move(statement), std::move(unit), direction, kNever, bar, kind);
  };
  const std::string etth1 = "ETTh1, univariate (OT)";
  return {
      after(ett("longer-horizon",
                "Trained on 96 hours and asked for 384: MSE over that of a model trained on 384",
                "x", at_most, 1.25, ClaimKind::trend),
            "closed loop keeps its error", false, "unconfirmed: figure of section 5", etth1),
      after(ett("etth1-horizons", "ETTh1: horizons where MSE is at most that of NLinear and ridge",
                "of 5", at_least, 3, ClaimKind::headline),
            "best on 14 of 16 settings", true, "abstract", "Informer's tasks"),
      after(ett("race-transformer",
                "Training seconds to the Transformer's error over the Transformer's", "x", at_most,
                0.5, ClaimKind::headline),
            "0.27 (73 % less)", true, "abstract", etth1),
      after(ett("race-lstm", "Training seconds to the LSTM's error over the LSTM's", "x", at_most,
                0.5, ClaimKind::headline),
            "0.20 (80 % less)", true, "abstract", etth1),
  };
}

}  // namespace

std::vector<Claim> claims() {
  std::vector<Claim> all = headlines();
  for (const auto& part : {filters(), processes(), forecasts()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace offprint::papers::spacetime
