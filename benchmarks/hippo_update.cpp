// One online step of a HiPPO memory against PyTorch's dense x = A_bar x + B_bar u with the matrices
// made beforehand: N 256, float64, one stream, samples coming in one by one; scaled LegS, whose
// matrix changes with every step, against PyTorch's triangular solve. The check is the norm of the
// state at the end.
#include <cmath>
#include <memory>

#include "benchmarks/interleave.h"
#include "offprint/nn/hippo_memory.h"

using namespace offprint;

namespace {

constexpr int64_t kOrder = 256, kSteps = 2000;
constexpr double kWindow = 1000;

double run(const nn::Hippo& empty) {
  nn::Hippo memory = empty;
  for (int64_t k = 0; k < kSteps; ++k) {
    const auto t = static_cast<double>(k);
    nn::update(memory, std::sin(0.013 * t) + 0.5 * std::cos(0.0071 * t));
  }
  double square = 0;
  for (const double x : memory.x) square += x * x;
  return std::sqrt(square);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<benchmarks::Case> cases;
  for (const nn::Basis basis :
       {nn::Basis::legs, nn::Basis::legt, nn::Basis::fout, nn::Basis::scaled_legs}) {
    const auto empty = std::make_shared<nn::Hippo>(nn::make_hippo(basis, kOrder, kWindow));
    const std::string name(nn::basis_name(basis));
    cases.push_back(
        {name, [empty] { return run(*empty); },
         Json{{"basis", name}, {"order", kOrder}, {"window", kWindow}, {"steps", kSteps}}});
  }
  return benchmarks::compare(argc, argv, "hippo-update", cases);
}
