// What the paper claims and where we draw our bars. A paper's figure is confirmed where it stands
// in the paper's abstract or in the authors' repository (state-spaces/s4), which is where we
// looked.
#include "offprint/papers/hippo/recipe.h"

namespace offprint::papers::hippo {
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

Claim always(std::string id, std::string statement, std::string unit, Direction direction,
             double bar, ClaimKind kind = ClaimKind::identity) {
  return own(std::move(id), std::move(statement), std::move(unit), direction, bar, bar, kind);
}

Claim after(Claim c, std::string paper, bool confirmed, std::string source, std::string setting) {
  c.paper = std::move(paper), c.confirmed = confirmed;
  c.source = std::move(source), c.setting = std::move(setting);
  return c;
}

std::vector<Claim> headlines() {
  const auto lra = [](const char* id, const char* statement) {
    return own(id, statement, "% accuracy", at_least, kNever, kNever, ClaimKind::headline);
  };
  const std::string gpu = "sequences of 1k to 16k steps, GPU days";
  return {
      after(lra("lra-average", "Average over the six tasks of Long Range Arena, S4-LegS"), "86 %",
            true, "abstract", gpu),
      after(lra("path-x", "Path-X, the longest task of Long Range Arena, S4-LegS"), "96 %", true,
            "abstract", "16384 steps, GPU days"),
      after(lra("lra-reproduced", "ListOps, one run of the authors' code, S4-LegS"), "59.5 %", true,
            "authors' repository, models/s4/experiments.md: ListOps 59.5, IMDB 86.5, AAN 91.0, "
            "CIFAR 88.5, Pathfinder 94.0, Path-X 96.0",
            gpu),
      after(own("digits-best",
                "Sequential digits, 256 steps (784 at full): the best of S4-LegS, FouT and LegT",
                "% accuracy", at_least, kNever, 95.0, ClaimKind::headline),
            "88.5 % on CIFAR pixel by pixel (S4-LegS)", true,
            "authors' repository, models/s4/experiments.md", "1024-step images, 50k of them"),
      after(own("digits-fout-behind-legs", "S4-FouT is within two points of S4-LegS on digits",
                "points", at_most, kNever, 2.0, ClaimKind::trend),
            "S4-FouT is close to S4-LegS on Long Range Arena but for Path-X", false,
            "unconfirmed: table of initialisations, not found in abstract or repository", gpu),
  };
}

std::vector<Claim> bases() {
  return {
      after(always("legs-closed-form",
                   "S4's matrix: e_n^T exp(tA) B is Legendre's L_n(e^-t) e^-t for n < 16",
                   "largest difference", at_most, 1e-8),
            "a decomposition onto exponentially-warped Legendre polynomials", true, "abstract",
            "theorem"),
      always("legs-gram",
             "LegS, N 32: the kernels by matrix exponentials are orthonormal under e^-t",
             "largest entry of Gram - I", at_most, 1e-3),
      always("window-gram",
             "LegT and FouT, N 64: Gram matrix of the first 8 kernels is the bases' inside the "
             "window (5 % to 95 %)",
             "largest difference", at_most, 0.03),
      always("window-gram-falls", "That difference falls as N grows from 16 to 128",
             "slope of log difference over log N, the flatter of two", at_most, -0.5,
             ClaimKind::trend),
      always("structured-update",
             "O(N) updates equal the dense bilinear update (legs, legt, fout; N 8, 64, 256)",
             "relative difference", at_most, 1e-8),
      always("structured-speed",
             "O(N) updates against the dense product a step at N 256, the least of three bases",
             "x faster", at_least, 5.0, ClaimKind::trend),
      always("state-variance",
             "White input of unit intensity: the state's variance after discretisation, mean over "
             "its entries, is within [1/2, 2] for legs, legt and fout",
             "worst factor off 1", at_most, 2.0, ClaimKind::trend),
      always("state-variance-each", "The same of every single entry", "worst factor off 1", at_most,
             2.0, ClaimKind::trend),
  };
}

std::vector<Claim> reconstructions() {
  const std::string what = "synthetic figures";
  const auto synthetic = [&](const char* id, const char* statement) {
    return after(always(id, statement, "relative L2 error", at_most, 0.05, ClaimKind::trend),
                 "figures of reconstructions", false, "unconfirmed: figures without numbers", what);
  };
  return {
      synthetic("reconstruction-legt",
                "Band-limited signals of 4 cycles a window come back from LegT's 64 numbers"),
      synthetic("reconstruction-fout", "The same from FouT's sum, inside the window (5 % to 95 %)"),
      synthetic("reconstruction-fout-whole",
                "The same of FouT on the whole window, with the jump between its ends added"),
      always("scaled-legs-best",
             "Scaled LegS on the whole history against the best Legendre projection, the worst of "
             "N 16, 32, 64",
             "times the least error", at_most, 1.5, ClaimKind::trend),
  };
}

std::vector<Claim> delays() {
  const auto law = [](Claim c) {
    return after(std::move(c), "explains how to initialize the important timescale parameter", true,
                 "abstract", "delay of 1000 steps in 4000, N 1024; ours smaller at quick");
  };
  return {
      law(always(
          "delay-covered",
          "Delay task, readout fitted: where 1/dt is the delay it is learnt, the worst basis",
          "share of the target's variance", at_most, 0.05, ClaimKind::headline)),
      law(always("delay-too-short", "Where the window is 10 x too short it is not, the best basis",
                 "share of the target's variance", at_least, 0.5, ClaimKind::headline)),
      law(always("delay-covered-trained", "The same with all of S4 trained from there: covered",
                 "share of the target's variance", at_most, 0.05, ClaimKind::headline)),
      law(always("delay-too-short-trained",
                 "All of S4 trained: 10 x too short, training does not repair it",
                 "share of the target's variance", at_least, 0.5, ClaimKind::headline)),
  };
}

}  // namespace

std::vector<Claim> claims() {
  std::vector<Claim> all;
  for (auto group : {headlines(), delays(), bases(), reconstructions()})
    all.insert(all.end(), group.begin(), group.end());
  return all;
}

}  // namespace offprint::papers::hippo
