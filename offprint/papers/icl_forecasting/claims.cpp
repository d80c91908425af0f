// What the paper claims and where we draw our bars. The paper gives theorems and plots, no tables;
// figures are its sentences, unconfirmed where only a summary was read.
#include "offprint/papers/icl_forecasting/recipe.h"

namespace offprint::papers::icl_forecasting {
namespace {

using enum Direction;
constexpr std::optional<double> kNever = std::nullopt;
const std::string kTheorem = "unconfirmed: main theorem", kOwn = "our own check";
const std::string kGaussian = "Gaussian AR(p)";

Claim claim(std::string id, std::string statement, std::string unit, Direction direction,
            std::optional<double> quick, std::optional<double> standard) {
  Claim c;
  c.id = std::move(id), c.statement = std::move(statement), c.unit = std::move(unit);
  c.paper = "none", c.source = kOwn, c.setting = kGaussian;
  c.direction = direction, c.quick = quick, c.standard = standard, c.full = standard;
  return c;
}

Claim of_kind(ClaimKind kind, Claim c) {
  c.kind = kind;
  return c;
}

Claim after(Claim c, std::string paper, std::string source, std::string setting) {
  c.paper = std::move(paper), c.source = std::move(source), c.setting = std::move(setting);
  return c;
}

std::vector<Claim> identities() {
  const auto own = [](Claim c) { return of_kind(ClaimKind::identity, std::move(c)); };
  return {
      own(claim("code", "Attention's tensor code is b'GAq (float64)", "difference", at_most, 1e-10,
                1e-10)),
      own(claim("rank-one", "Appending a column updates G by rank one", "difference", at_most,
                1e-12, 1e-12)),
      own(claim("gradients", "Gradients of P and Q equal finite differences", "relative error",
                at_most, 1e-6, 1e-6)),
      after(own(claim("limit", "At n = 100 000 the limit's weights give w'q",
                      "mean square off, relative", at_most, 1e-3, 1e-3)),
            "optimal in the limit", kTheorem, "n without bound"),
      own(claim("closed-form",
                "Closed-form gap and Monte Carlo, p 1 to 3, n 8, 32, 128 (worst of nine)",
                "standard errors", at_most, 3, 3)),
  };
}

std::vector<Claim> theory() {
  const auto trend = [](Claim c) { return of_kind(ClaimKind::trend, std::move(c)); };
  return {
      after(
          claim("gap-positive", "The gap is positive at every p and n: least n gap / (gamma_0 - 1)",
                "x", at_least, 0.1, 0.1),
          "strictly positive", kTheorem, kGaussian),
      after(claim("gap-slope", "Slope of log gap over log n, 128 to 1024, off -1 (worst p)",
                  "off the slope", at_most, 0.05, 0.05),
            "-1 (gap B/n + o(1/n))", kTheorem, kGaussian),
      trend(claim("gap-law", "n gap tends to 2 (gamma_0 - sigma^2), our first-order law (worst p)",
                  "relative", at_most, 0.02, 0.02)),
      trend(claim("one-layer", "The best single layer reaches the bound, n 32 and more (worst)",
                  "x the bound", at_most, 1.15, 1.15)),
      trend(claim("bound-holds", "No fit is below the bound by more than its standard errors",
                  "standard errors below", at_most, 3, 3)),
      trend(claim("in-context", "Least squares in context loses p sigma^2 / n at n 256 (worst)",
                  "relative", at_most, 0.1, 0.1)),
      trend(claim("adam", "Adam from random weights is not ahead of alternating least squares",
                  "x its excess", at_least, 0.98, 0.98)),
  };
}

std::vector<Claim> experiments() {
  const std::string figures = "unconfirmed: experiments, plots only";
  const auto trend = [](Claim c) { return of_kind(ClaimKind::trend, std::move(c)); };
  return {
      after(claim("never-ahead", "Attention ahead of the true linear forecast by 3 standard errors",
                  "cases", at_most, 0, 0),
            "never", figures, "p 3, 5, 7; 7 seeds"),
      after(trend(claim("context", "Rows whose gap does not fall at every longer context", "rows",
                        at_most, 0, 0)),
            "gap to 0", figures, "contexts p + 5 to p + 200"),
      after(trend(claim("depth", "Gap of three layers over that of one (worst p, medians)", "x",
                        at_most, 0.5, 0.5)),
            "falls with L = 1 .. 5", figures, "length 100"),
      after(claim("depth-stays", "Gap of the deepest model over its standard error (least)",
                  "standard errors", at_least, 2, 2),
            "never closes", figures, "length 100"),
      after(claim("softmax", "Softmax's gap over the fitted linear forecast's (least of seeds)",
                  "x", at_least, 1, 1),
            "same order", "unconfirmed: comparison script", "p 5, short context"),
      trend(claim("random-tasks",
                  "A process a window: LSA-3's excess over that of one linear forecast for all",
                  "x", at_most, 0.5, 0.5)),
  };
}

std::vector<Claim> rollouts() {
  const std::string source = "unconfirmed: theorem and figure on rollouts";
  const auto trend = [](Claim c) { return of_kind(ClaimKind::trend, std::move(c)); };
  return {
      after(claim("collapse", "Slope of log mean-square forecast over 2 log lambda, off 1",
                  "relative", at_most, 0.1, 0.1),
            "exponential to the mean", source, "50 to 100 steps"),
      after(claim("to-variance", "Rollout MSE at step 40 off the process variance", "relative",
                  at_most, 0.05, 0.05),
            "error rises to the variance", source, "50 to 100 steps"),
      after(claim("above-bayes", "LSA's rollout below the true forecast's at any of ten steps",
                  "standard errors below", at_most, 3, 3),
            "above at every horizon", source, "50 to 100 steps"),
      trend(claim("clamp", "lambda 0.9: clamped to 4 spreads, largest mean MSE over the variance",
                  "x", at_most, 10, 10)),
  };
}

Claim real_series() {
  return after(
      claim("ett", "ETTh1 columns where ridge on lags is ahead of LSA and softmax, one step",
            "of 7", at_least, kNever, 6),
      "linear models stay ahead", "the paper's message", "ETTh1");
}

}  // namespace

std::vector<Claim> claims() {
  std::vector<Claim> all = identities();
  for (const auto& part : {theory(), experiments(), rollouts()})
    all.insert(all.end(), part.begin(), part.end());
  all.push_back(real_series());
  return all;
}

}  // namespace offprint::papers::icl_forecasting
