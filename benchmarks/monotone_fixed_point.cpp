// Mean field of a monotone Boltzmann machine and its gradient to the weights: ours by Anderson and
// the fixed point's own gradient, the peer step by step in PyTorch with autograd through every
// iteration, both until no marginal changes by more than 1e-5. Groups of 2 and of 8 states, half of
// them known, float32. The check is the norms of both gradients of sum q^2.
#include "benchmarks/interleave.h"
#include "offprint/core/autograd.h"
#include "offprint/core/memory.h"
#include "offprint/models/monotone_dbm.h"

using namespace offprint;

namespace {

constexpr int64_t kRank = 96;

// From formulas, so that both sides have the same without a file.
models::MonotoneDbm make_machine(int64_t groups, int64_t states) {
  models::MonotoneDbmOptions o{.rank = kRank, .hidden = 0, .iterations = 1000, .tolerance = 1e-5};
  o.monotone = 0.1;
  Rng unused(1);
  models::MonotoneDbm m = models::make_monotone_dbm(
      std::vector<int64_t>(static_cast<size_t>(groups), states), o, unused);
  const auto wave = [](int64_t count, double step) {
    return at::arange(count, at::TensorOptions().dtype(at::kDouble)).mul(step).sin();
  };
  const int64_t width = groups * states;
  m.factor = wave(kRank * width, 0.7).square().mul(37).sin().view({kRank, width}).to(at::kFloat);
  m.bias = wave(width, 1.3).to(at::kFloat);
  m.factor.requires_grad_(), m.bias.requires_grad_();
  return m;
}

models::Evidence make_evidence(const models::MonotoneDbm& m, int64_t rows) {
  const int64_t groups = std::ssize(m.seen);
  const Tensor place = at::arange(rows * groups, at::kLong);
  const Tensor state = (place * 7 + 3).remainder(m.seen[0]);
  const Tensor known = (place * 5).remainder(11) < 5;
  return models::evidence_of(m, at::where(known, state, -1).view({rows, groups}));
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] {
    keep_freed_memory();
    std::vector<benchmarks::Case> cases;
    for (const auto& [rows, groups, states] :
         {std::tuple<int64_t, int64_t, int64_t>{64, 128, 2}, {64, 48, 8}}) {
      const models::MonotoneDbm m = make_machine(groups, states);
      cases.push_back(
          {fmt::format("{} rows, {} groups of {}", rows, groups, states),
           [m, evidence = make_evidence(m, rows)] {
             const Tensor q = models::mean_field(m, models::coupling(m), evidence).marginals;
             const Tensors slopes = gradients({q.square().sum()}, {m.factor, m.bias});
             return slopes[0].norm().item<double>() + slopes[1].norm().item<double>();
           },
           Json{{"rows", rows}, {"groups", groups}, {"states", states}, {"rank", kRank}}});
    }
    return benchmarks::compare(argc, argv, "monotone-fixed-point", cases);
  });
}
