// How differently two rewards rank policies: STARC metrics. Skalse, Farnik, Motwani, Jenner, Gleave
// & Abate 2024, arXiv 2309.15257. A canonicalisation is linear and forgets what no policy can feel:
// potential shaping (R + discount phi(s') - phi(s)) and S'-redistribution (any change of R(s,a,.)
// that keeps its mean under the transition). What is left is divided by its norm.
#pragma once
#include "offprint/kernels/mdp_solve.h"

namespace offprint::kernels {

// Under which process rewards are compared: the metric has a transition and a discount of its own,
// which need not be the ones that somebody acted or inferred by.
struct RewardSpace {
  Tensor transition;  // (B,S,A,S)
  Tensor discount;    // (B)
};

enum class Canonical {
  levelled,  // value-adjusted levelling by the uniform policy: its advantage function
  smallest   // the reward of least L2 norm among those that differ by shaping and redistribution
};

// c(R) (B,S,A) of rewards (B,S,A,S), or (B,S,A) for those that do not look at s'. `smallest` is in
// coordinates of equal norm: c(R)(s,a,s') = out(s,a) P(s'|s,a) / |P(.|s,a)|. Throws Error on shapes
// that do not fit.
Tensor canonical(const RewardSpace& space, const Tensor& reward, Canonical kind);

// c(R) / |c(R)| in the L2 norm over all states and actions (B,S,A). Zero where |c(R)| is at most
// 1e-13 of what c was made of: such a reward is trivial, all policies are alike to it.
Tensor standardised(const RewardSpace& space, const Tensor& reward, Canonical kind);

// |s(R1) - s(R2)| / 2 in [0,1] (B): the sine of half the angle between c(R1) and c(R2). 0: the same
// order of policies, 1: the opposite one.
Tensor reward_distance(const RewardSpace& space, const Tensor& a, const Tensor& b, Canonical kind);

// The same of two that are standardised already.
Tensor standardised_distance(const Tensor& a, const Tensor& b);

// How far a reward may move, as a share of |c(R)|, without leaving distance epsilon: the sine of
// the angle 2 arcsin(epsilon), and 1 from 90 degrees (epsilon 0.7071) on. Skalse & Abate 2024,
// arXiv 2403.06854, write sin(2 arcsin(epsilon / 2)) for a metric without the factor of one half.
double robust_radius(double epsilon);

// Expected shaping discount P phi - phi (B,S,A) of potentials (B,S).
Tensor expected_shaping(const RewardSpace& space, const Tensor& potential);

}  // namespace offprint::kernels
