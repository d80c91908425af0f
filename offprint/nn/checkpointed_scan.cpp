#include "offprint/nn/checkpointed_scan.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::nn {
namespace {

Tensors run(const ScanStep& step, Tensors state, int64_t first, int64_t last) {
  for (int64_t i = first; i < last; ++i) state = step(i, state);
  return state;
}

// Gradients of sum(outputs * grads) over one segment, of its first state and of `shared`.
Tensors segment_gradients(const ScanStep& step, const Tensors& start, const Tensors& shared,
                          int64_t first, int64_t last, const Tensors& grads) {
  const at::AutoGradMode record(true);
  Tensors inputs;
  for (const Tensor& t : start) inputs.push_back(t.detach().set_requires_grad(true));
  const Tensors end = run(step, inputs, first, last);
  Tensor sum = at::zeros({}, end[0].options());
  for (size_t j = 0; j < end.size(); ++j)
    if (grads[j].defined()) sum = sum + (end[j] * grads[j]).sum();
  for (const Tensor& t : shared) inputs.push_back(t);
  return gradients({sum}, inputs);
}

}  // namespace

Tensors checkpointed_scan(const ScanStep& step, const Tensors& state, const Tensors& shared,
                          int64_t steps, int64_t keep_every) {
  require(steps >= 0 && !state.empty(), "checkpointed_scan: {} steps, expected >= 0", steps);
  const int64_t every =
      keep_every > 0 ? keep_every
                     : std::max<int64_t>(1, std::llround(std::sqrt(static_cast<double>(steps))));
  Tensors learnt;  // a tensor without gradient cannot be asked for one
  std::ranges::copy_if(shared, std::back_inserter(learnt),
                       [](const Tensor& t) { return t.defined() && t.requires_grad(); });
  const bool asked = !learnt.empty() ||
                     std::ranges::any_of(state, [](const Tensor& t) { return t.requires_grad(); });
  if (!asked || !at::GradMode::is_enabled()) return run(step, state, 0, steps);

  const size_t width = state.size();
  const CustomGradient node{
      "checkpointed_scan",
      [=](const Tensors& inputs) -> CustomGradient::Result {
        Tensors now(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(width)), kept;
        for (int64_t first = 0; first < steps; first += every) {
          kept.insert(kept.end(), now.begin(), now.end());
          now = run(step, now, first, std::min(steps, first + every));
        }
        for (Tensor& t : now) t = t.clone();  // an output must not be an input
        return {now, kept};
      },
      [=](const Tensors& kept, const Tensors& grads) {
        Tensors state_grads = grads, shared_grads(learnt.size());
        const auto segments = static_cast<int64_t>(kept.size() / width);
        for (int64_t s = segments - 1; s >= 0; --s) {
          const auto begin = kept.begin() + s * static_cast<std::ptrdiff_t>(width);
          const Tensors all =
              segment_gradients(step, {begin, begin + static_cast<std::ptrdiff_t>(width)}, learnt,
                                s * every, std::min(steps, (s + 1) * every), state_grads);
          for (size_t j = 0; j < width; ++j) state_grads[j] = all[j];
          for (size_t j = 0; j < learnt.size(); ++j)
            shared_grads[j] =
                shared_grads[j].defined() ? shared_grads[j] + all[width + j] : all[width + j];
        }
        state_grads.insert(state_grads.end(), shared_grads.begin(), shared_grads.end());
        return state_grads;
      }};
  Tensors inputs = state;
  inputs.insert(inputs.end(), learnt.begin(), learnt.end());
  return offprint::apply(node, inputs);  // not std::apply
}

}  // namespace offprint::nn
