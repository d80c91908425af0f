// What the paper claims and where we draw our bars. No figure of the paper is confirmed: its tables
// are quoted from the brief, not looked up in the paper.
#include "offprint/papers/chimera/recipe.h"

namespace offprint::papers::chimera {
namespace {

using enum Direction;
constexpr std::optional<double> kNever = std::nullopt;

std::vector<Claim> headlines() {
  const auto kind = ClaimKind::headline;
  const char* table = "long-term forecasting table";
  return {
      of_paper(own_claim("etth1-average", "ETTh1: average MSE over 96, 192, 336 and 720 hours",
                         "MSE", at_most, kNever, 0.46, kind),
               "about 0.41", table, "L 96, seven columns"),
      of_paper(
          own_claim("etth1-over-s-mamba", "ETTh1: that average over S-Mamba's, in the same run",
                    "x", at_most, kNever, 1.0, kind),
          "best or second", table, "ETT, ECL, Traffic, Weather, Exchange"),
      of_paper(own_claim("ecg-and-speech", "ECG and speech classified ahead of SpaceTime and S4",
                         "% ahead", at_least, kNever, kNever, kind),
               "ahead", "classification tables", "PTB-XL, Speech Commands"),
      of_paper(own_claim("anomaly-f1", "Anomalies of servers and plants: F1", "F1", at_least,
                         kNever, kNever, kind),
               "ahead", "anomaly table", "SMD, SWaT, PSM, SMAP"),
  };
}

std::vector<Claim> series() {
  const auto kind = ClaimKind::trend;
  const char* ablation = "ablation table";
  return {
      own_claim("recurrence-over-noise",
                "A two-dimensional recurrence: MSE one row ahead over that of who knows it", "x",
                at_most, 1.1, 1.1, kind),
      own_claim("columns-alone-over-ours",
                "There: the least MSE of methods that see one column over ours", "x", at_least, 1.5,
                1.5, kind),
      of_paper(
          own_claim(
              "two-heads-over-one",
              "Seasons, trends and neighbours: MSE with a head for each over the trend's alone",
              "x", at_most, 1.0, 1.0, kind),
          "two heads help", ablation, "ETT and others"),
      of_paper(own_claim("two-way-over-one-way", "There: columns from both ends over one", "x MSE",
                         at_most, kNever, 1.0, kind),
               "both ways help", ablation, "ETT and others"),
      of_paper(own_claim("selective-over-fixed",
                         "There: steps and matrices that follow the input over fixed ones", "x MSE",
                         at_most, kNever, 1.0, kind),
               "input-dependence helps", ablation, "ETT and others"),
      own_claim("order-over-seeds",
                "There: how far forecasts move with the columns' order over how far with the seed",
                "x", at_most, kNever, 1.0, kind),
      own_claim(
          "decoupled-over-columns",
          "A sensor that leaves its neighbours and looks as ever alone: average precision over the "
          "best of those who see one column",
          "x", at_least, 2.0, 2.0, kind),
  };
}

std::vector<Claim> times() {
  const auto kind = ClaimKind::trend;
  const char* figure = "efficiency figure";
  return {
      of_paper(
          own_claim("scan-over-loops",
                    "The scan, forward and backward, against two nested loops of tensor operations",
                    "x faster", at_least, 20.0, 20.0, kind),
          "faster than a sequential recurrence", figure, "GPU"),
      of_paper(own_claim("scan-slope", "Time of the scan over the cells, 8-fold", "exponent",
                         at_most, 1.1, 1.1, kind),
               "linear", figure, "GPU"),
  };
}

std::vector<Claim> identities() {
  const auto kind = ClaimKind::identity;
  return {
      own_claim("scan-equals-loops", "The scan and its eleven gradients equal the double loop",
                "relative difference", at_most, 1e-5, 1e-5, kind),
      own_claim("scan-gradients", "Hand-written gradients equal finite differences",
                "relative error", at_most, 1e-3, 1e-3, kind),
      own_claim("uncoupled-is-mamba", "Without couplings the block is Mamba on every variate",
                "largest difference", at_most, 1e-6, 1e-6, kind),
      own_claim("one-variate-is-one-dimensional", "One variate alone is a Mamba of one dimension",
                "largest difference", at_most, 1e-6, 1e-6, kind),
      own_claim("no-leak", "Rows after a forecast's start change no forecast", "largest difference",
                at_most, 0.0, 0.0, kind),
  };
}

}  // namespace

std::vector<Claim> claims() {
  std::vector<Claim> all;
  for (auto group : {headlines(), series(), times(), identities()})
    all.insert(all.end(), group.begin(), group.end());
  return all;
}

}  // namespace offprint::papers::chimera
