// Sampling as a structural causal model: the next token as a function of what the model finds
// likely and of luck that is kept apart, so that the same luck can meet other likelihoods.
//   T_i = argmax_v [ log p_v + U(seed, i, v) ],  U ~ Gumbel(0,1)
// draws v as often as p_v says. Chatzi et al. 2024, arXiv 2409.17027, section 3; Oberst & Sontag
// 2019, arXiv 1905.05824 (counterfactual stability). U is counter noise: nothing to keep but the
// seed.
#pragma once
#include <cstdint>
#include <string_view>

#include "offprint/core/rng.h"

namespace offprint::tasks {

// What the luck of a place is tied to: a Gumbel number a token; one a rank among the likeliest
// (nucleus sampling as most engines have it, with the generator's state kept); or one uniform
// number that the cumulative distribution is inverted at. Only the first is stable.
enum class Luck { token, rank, inverse };
std::string_view luck_name(Luck luck);
Luck parse_luck(std::string_view text);  // Error names the three

// The luck of every place of an answer. A place's stream depends on the seed and the place alone.
Rng luck_of(uint64_t seed);

// distribution (V) float64, zero where it may not; `place` = luck_of(seed).split(i). Temperature
// and truncation belong into the distribution: the noise of a token is the same with any of them.
int64_t draw_token(const Tensor& distribution, Luck luck, Rng place);

// Whether a change from `token` under p to `other` under q is one that a stable model may make:
// `other` gained over `token`, q(other)/p(other) > q(token)/p(token). No change always is.
bool counterfactually_stable(const Tensor& p, int64_t token, const Tensor& q, int64_t other);

}  // namespace offprint::tasks
