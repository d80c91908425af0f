// The methods that ask for a new gradient with every step of the parameters, on the same losses and
// with the same count of askings as SSO (sso.h): what it is compared with.
//   sgd, sgd-decay (rate/sqrt t), adam, adagrad (Duchi et al. 2011)
//   sls: SGD whose step a line search on the batch finds (Vaswani et al. 2019, arXiv 1905.09997);
//        each trial asks for a value, which is counted apart from gradients
//   svrg (Johnson & Zhang 2013): a full gradient every two passes, two gradients a step
//   sag (Schmidt et al. 2017, arXiv 1309.2388): remembers one gradient of each of the fixed batches
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "offprint/tasks/sso.h"

namespace offprint::tasks {

struct GradientMethodOptions {
  std::string kind = "adam";
  double rate = 1e-2;   // sls: the first step it tries
  int64_t calls = 100;  // most batches whose gradient is asked for; a full gradient counts as many
  int64_t batch = 0;    // 0: all examples
};
std::span<const std::string_view> gradient_methods();  // their names

// As minimize of sso.h, which see. Throws Error on an unknown kind and a rate that is not above 0.
// A run whose loss leaves the finite numbers ends there, without an Error: a rate was too high.
Minimized minimize_by_gradients(const nn::ExpensiveLoss& loss, const nn::TargetModel& model,
                                const Tensor& theta, const GradientMethodOptions& options, Rng rng,
                                Progress& progress, const Watch& watch = {});

}  // namespace offprint::tasks
