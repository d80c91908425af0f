// Sequence mixers y = M2 (k . M1 u) whose Monarch factors are learned, a product of each entry with
// k between them; every channel shares the factors and has its own k. Fu et al. 2023 (Monarch
// Mixer), arXiv 2310.12109, sections 3 and 4.1.
//   free    M1 begins as the DFT of L, M2 as its inverse: a circular convolution at the start
//   causal  M1 and M2 are masked (kernels::causal_monarch) and stay so whatever is learned
#pragma once
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/kernels/monarch.h"

namespace offprint::nn {

struct LearnedMonarch {
  std::vector<Tensor> enter, leave;  // complex stages, L to L
  Tensor k;                          // (L,H) complex
};
void visit(LearnedMonarch& m, auto&& param) {
  param("enter", m.enter);
  param("leave", m.leave);
  param("k", m.k);
}
// `length` as monarch_sizes takes it; two stages each.
LearnedMonarch make_learned_monarch(int64_t width, int64_t length, Rng& rng);
Tensor forward(const LearnedMonarch& m, const Tensor& u);  // (B,H,L) -> (B,H,L)

struct LearnedCausalMonarch {
  kernels::CausalMonarch enter, leave;
  Tensor k;  // (L,H)
};
void visit(LearnedCausalMonarch& m, auto&& param) {
  param("enter.row", m.enter.row);
  param("enter.spread", m.enter.spread);
  param("enter.column", m.enter.column);
  param("leave.row", m.leave.row);
  param("leave.spread", m.leave.spread);
  param("leave.column", m.leave.column);
  param("k", m.k);
}
LearnedCausalMonarch make_learned_causal_monarch(int64_t width, int64_t length, Rng& rng);
// (B,H,L') -> (B,H,L'), L' at most the length it was made for.
Tensor forward(const LearnedCausalMonarch& m, const Tensor& u);

}  // namespace offprint::nn
