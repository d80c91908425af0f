// Boltzmann machine over groups of states whose mean-field equations are a monotone operator
// problem: one fixed point, reached from anywhere. Feng, Winston & Kolter 2023, arXiv 2307.04990,
// sections 3 and 4; the convolutional weights and what they couple are ours.
//   energy E(x) = -x^T Phi x / 2 - b^T x, x one-hot in each group
//   mean field q = softmax(Phi q + b)
//   Phi = blkdiag(A^T A) - A^T A, each block of A^T A of norm <= c - m, so that c I - Phi >= m I
// Published is c = 1. The entropy's curvature along a simplex is nowhere below 2 (its softmax has
// no Jacobian of norm above 1/2), so that all proofs hold for c up to 2, and couplings may be
// stronger: ours.
// The groups are what is seen (pixels, columns, a label) and then the hidden ones.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"
#include "offprint/nn/fixed_point.h"

namespace offprint::models {

struct MonotoneDbmOptions {
  std::string coupling = "full";  // or "conv": pixels of a square image, then a label
  double monotone = 0.02;         // m
  double curvature = 1;           // c: the paper's one, or up to 2
  int64_t rank = 160;             // rows of A, coupling full
  int64_t hidden = 16;            // hidden groups, coupling full
  int64_t channels = 12;  // hidden groups a location and rows of A a location, coupling conv
  int64_t hidden_states = 2;
  int64_t iterations = 120;
  double tolerance = 1e-4;
  std::string solver = "anderson";
  void visit(auto&& field) {
    field("coupling", coupling, "weights: between all groups, or convolutions of an image",
          {"full", "conv"});
    field("monotone", monotone,
          "m: how far the mean-field problem is from losing its one solution");
    field("curvature", curvature,
          "c in c I - Phi >= m I: 1 as published; up to 2, the least curvature of the entropy on a "
          "simplex");
    field("rank", rank, "rows of the factor A, coupling full");
    field("hidden", hidden, "hidden groups, coupling full");
    field("channels", channels, "hidden groups and rows of A a location, coupling conv");
    field("hidden-states", hidden_states, "states of a hidden group");
    field("iterations", iterations, "most iterations to the mean field");
    field("tolerance", tolerance, "largest change of a marginal at the mean field");
    field("solver", solver, "how the fixed point is found", {"anderson", "plain"});
  }
};

// Groups of equal size side by side.
struct GroupSpan {
  int64_t groups = 0, states = 0;
  int64_t width() const { return groups * states; }
};

struct MonotoneDbm {
  MonotoneDbmOptions options;
  std::vector<int64_t> seen;     // states of each visible group
  std::vector<GroupSpan> spans;  // of all groups, in order
  int64_t side = 0;              // of the image, coupling conv
  Tensor factor;                 // (rank, N), coupling full
  std::vector<Tensor> filters;   // coupling conv: pixels, first hidden (up), first hidden (down),
                                 // second hidden (up), second hidden and label to dense rows
  Tensor bias;                   // (N)

  int64_t seen_width() const;  // one-hot entries of the visible groups
  int64_t width() const;       // N
};
void visit(MonotoneDbm& m, auto&& param) {
  param("factor", m.factor);
  param("filters", m.filters);
  param("bias", m.bias, {.lr = {}, .weight_decay = 0.0});
}

// `seen`: states of each visible group; for coupling conv side*side equal ones and a label, with a
// side that four divides. Throws Error on sizes below 1, m outside (0,c), and an image that is
// none.
MonotoneDbm make_monotone_dbm(const std::vector<int64_t>& seen, const MonotoneDbmOptions& options,
                              Rng& rng);

Tensor group_blocks(const std::vector<GroupSpan>& spans);  // (N,N) one within a group, else zero
// Phi (N,N), symmetric with zero diagonal blocks; differentiable. `capped` off leaves out the cap
// on the blocks, and with it all that is proved.
Tensor coupling(const MonotoneDbm& m, bool capped = true);

// Softmax or prox within the groups of (B,N).
Tensor group_softmax(const std::vector<GroupSpan>& spans, const Tensor& x);
Tensor group_log_softmax(const std::vector<GroupSpan>& spans, const Tensor& x);
// Prox of alpha (sum z log z - c |z|^2 / 2), which is convex on the simplex for c up to 2.
Tensor group_prox(const std::vector<GroupSpan>& spans, const Tensor& x, double alpha, double c = 1);

// The step 2 / (L + m) of forward-backward splitting, L the largest eigenvalue of c I - Phi. Phi is
// symmetric, so that any step below 2 / L converges: the general bound 2 m / L^2 is not needed.
double mean_field_step(const Tensor& phi, const MonotoneDbmOptions& options);

// (B,G) int64 states, -1 where unknown -> one-hot (B, seen_width), and where known (B, width).
struct Evidence {
  Tensor values, known;  // (B,N) float: one-hot where known, else zero; 1 where known
};
Evidence evidence_of(const MonotoneDbm& m, const Tensor& states);

struct MeanField {
  Tensor marginals;  // (B,N); one-hot where known
  Tensor log_seen;   // (B, seen_width) log marginals of the visible groups as if each was unknown
  nn::FixedPoint report;
};
// Forward-backward iteration z <- prox(z - step ((I - Phi) z - b)) with known groups held; the
// gradient is the fixed point's. `start` (B,N) or undefined: uniform.
MeanField mean_field(const MonotoneDbm& m, const Tensor& phi, const Evidence& evidence,
                     const Tensor& start = {});

// Index of the first one-hot entry of each visible group.
std::vector<int64_t> group_offsets(const MonotoneDbm& m);

}  // namespace offprint::models
