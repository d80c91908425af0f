// What the paper claims and where we draw our bars. No figure of the paper is confirmed: its tables
// are quoted from the brief, not looked up in the paper or its repository.
#include "offprint/papers/s_mamba/recipe.h"

namespace offprint::papers::s_mamba {
namespace {

using enum Direction;
constexpr std::optional<double> kNever = std::nullopt;

std::vector<Claim> headlines() {
  const auto kind = ClaimKind::headline;
  return {
      of_paper(
          own_claim("traffic-average", "Average MSE over four horizons on Traffic, 862 columns",
                    "MSE", at_most, kNever, kNever, kind),
          "0.414", "main table", "L 96, H 96 to 720, D 512, 4 layers"),
      of_paper(
          own_claim("etth1-96", "ETTh1, horizon 96: S-Mamba", "MSE", at_most, kNever, 0.40, kind),
          "about 0.386", "main table", "L 96, H 96, D 256, 2 layers, N 2"),
  };
}

std::vector<Claim> columns() {
  const auto kind = ClaimKind::trend;
  const char* traffic = "13 public sets, most clearly with many columns";
  return {
      of_paper(own_claim("ring-over-dlinear", "Ring road of sensors: S-Mamba's MSE over DLinear's",
                         "x", at_most, 0.9, 0.9, kind),
               "leading on Traffic and ECL", "main table", traffic),
      of_paper(
          own_claim("ring-over-attention", "Ring road: S-Mamba's MSE over its attention twin's",
                    "x", at_most, 1.02, 1.02, kind),
          "ahead of iTransformer", "main table", traffic),
      own_claim("ring-over-column-mlp",
                "Ring road: S-Mamba's MSE over that of columns that do not meet", "x", at_most, 0.9,
                0.9, kind),
      of_paper(own_claim("two-way-over-one-way",
                         "Sensors in random order: the MSE of Mamba in both directions over one's",
                         "x", at_most, kNever, 1.0, kind),
               "bidirectional is ahead", "ablation table", "Traffic, ECL"),
      of_paper(own_claim(
                   "order",
                   "Ring road: S-Mamba's MSE with sensors in random order over that along the road",
                   "x", at_most, kNever, 1.05, kind),
               "the columns' order matters little", "text", "13 public sets"),
      of_paper(
          own_claim(
              "few-columns",
              "Ring road: trained on 40 % of the columns and asked for all, over trained on all",
              "x MSE", at_most, kNever, 1.2, kind),
          "generalises from 40 % of the columns", "figure", "Traffic, ECL, PEMS"),
  };
}

std::vector<Claim> times() {
  const auto kind = ClaimKind::trend;
  const char* paper = "near-linear in the columns, less than Transformers";
  return {
      of_paper(own_claim("time-mamba", "Time of a training step of S-Mamba over V, 8-fold",
                         "exponent", at_most, 1.2, 1.2, kind),
               paper, "figure", "Traffic, 862 columns, GPU"),
      of_paper(own_claim("time-attention", "The same of the attention twin", "exponent", at_least,
                         1.7, 1.7, kind),
               paper, "figure", "Traffic, 862 columns, GPU"),
      own_claim(
          "scan-over-published",
          "The fused scan, forward and backward, against PyTorch's published step-by-step one",
          "x faster", at_least, 50.0, 50.0, kind),
      own_claim("scan-over-steps", "The same against steps written without its quadratic backward",
                "x faster", at_least, 10.0, 10.0, kind),
      own_claim("scan-over-associative",
                "The same against an associative scan in tensor operations", "x faster", at_least,
                5.0, 5.0, kind),
  };
}

std::vector<Claim> identities() {
  const auto kind = ClaimKind::identity;
  return {
      own_claim("scan-equals-recurrence",
                "The fused scan and its six gradients equal the recurrence", "relative difference",
                at_most, 1e-5, 1e-5, kind),
      own_claim("scan-gradients", "Hand-written gradients equal finite differences",
                "relative error", at_most, 1e-3, 1e-3, kind),
      own_claim("no-leak", "Rows after a forecast's start change no forecast", "largest difference",
                at_most, 0.0, 0.0, kind),
  };
}

}  // namespace

std::vector<Claim> claims() {
  std::vector<Claim> all;
  for (auto group : {headlines(), columns(), times(), identities()})
    all.insert(all.end(), group.begin(), group.end());
  return all;
}

}  // namespace offprint::papers::s_mamba
