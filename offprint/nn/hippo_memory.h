// Online memory: a stream goes in one sample at a time, N numbers hold what there was, and the past
// can be read back from them at any time. Gu et al. 2022 (HTTYH), arXiv 2206.12037.
//   Hippo memory = make_hippo(Basis::fout, 64, 720);
//   for (double u : stream) update(memory, u);
//   Tensor last_window = reconstruct(memory, lags);
#pragma once
#include <memory>
#include <vector>

#include "offprint/nn/hippo.h"

namespace offprint::nn {

struct HippoStep;  // one step of a basis, factored for its window

// How a sample held over its step moves the state. With z = A dt:
enum class Rule {
  bilinear,  // (1 + z/2) / (1 - z/2), the authors'; waves of w radians a step come back w^3/12 off
             // in phase for each step they lie back, which ends windows of many steps and waves
  pade       // (1 + z/2 + z^2/12) / (1 - z/2 + z^2/12): w^5/720 off, one complex solve, still O(N)
};

// A value: a copy goes on by itself.
struct Hippo {
  Basis basis;
  int64_t order;             // N
  double window;             // [steps]; of scaled-legs: unused, all the past is the window
  int64_t streams;           // S
  int64_t steps;             // taken so far
  std::vector<double> x;     // (S,N)
  std::vector<double> last;  // (S): the newest samples
  std::shared_ptr<const HippoStep> step;
};

// The rule is bilinear unless said otherwise. Throws Error on an order the basis does not have, a
// window < 1 step (fout, foud and legt < N/2 steps, where modes turn by more than half a turn a
// step), streams < 1.
Hippo make_hippo(Basis basis, int64_t order, double window, int64_t streams = 1,
                 Rule rule = Rule::bilinear);

// The next samples of every stream, u (S,L) oldest first. O(N) a sample for legs, scaled-legs,
// legt, fout, foud and lagt; O(N^2) for lmu and chebt. Throws Error on a shape mismatch or a sample
// that is not finite, before it changes the memory.
void update(Hippo& memory, const Tensor& u);
void update(Hippo& memory, double u);  // of one stream

Tensor coefficients(const Hippo& memory);  // the state, (S,N) float64

// The samples `lags` (G) steps back, 0 the newest, as the state remembers them: (S,G). Throws Error
// on lags beyond the window, or before the first sample of scaled-legs.
Tensor reconstruct(const Hippo& memory, const Tensor& lags);

// The same of fout with what the truncated series leaves out at the window's ends: the jump between
// them is known, for the series meets its middle there and the newest sample is at hand.
Tensor reconstruct_with_jump(const Hippo& memory, const Tensor& lags);

}  // namespace offprint::nn
