#include "offprint/papers/counterfactual/identities.h"

#include <algorithm>
#include <cmath>

namespace offprint::papers::counterfactual {
namespace {

using namespace tasks;

// P(chi-square of `cells` degrees of freedom > x), Wilson and Hilferty 1931.
double upper_tail(double x, double cells) {
  const double shrink = 2 / (9 * cells);
  return 0.5 * std::erfc((std::cbrt(x / cells) - (1 - shrink)) / std::sqrt(2 * shrink));
}

double p_value(const Tensor& p, int64_t draws, const Rng& rng) {
  std::vector<double> counts(static_cast<size_t>(p.size(0)));
  for (int64_t i = 0; i < draws; ++i)
    ++counts[static_cast<size_t>(draw_token(p, Luck::token, rng.split(static_cast<uint64_t>(i))))];
  double sum = 0, cells = -1;
  for (int64_t v = 0; v < p.size(0); ++v) {
    const double expected = static_cast<double>(draws) * p[v].item<double>();
    const double got = counts[static_cast<size_t>(v)];
    if (expected > 0)
      sum += (got - expected) * (got - expected) / expected, ++cells;
    else if (got > 0)
      return 0;  // a token that may not be drawn
  }
  return upper_tail(sum, cells);
}

}  // namespace

Measurement chi_square(int64_t draws, const Rng& rng) {
  Rng own = rng.split("logits");
  const Tensor logits = own.normal({40}, at::kDouble) * 1.5;
  const SamplingOptions whole{.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0};
  SamplingOptions cold = whole, few = whole, nucleus = whole;
  cold.temperature = 0.6, few.top_k = 6, nucleus.top_p = 0.9;
  double least = 1;
  uint64_t i = 0;
  for (const SamplingOptions& o : {whole, cold, few, nucleus})
    least = std::min(least, p_value(sampling_distribution(logits, o, {}), draws, rng.split(i++)));
  return {least, "", fmt::format("{} draws of each of 4 distributions", draws), ""};
}

Measurement empty_interventions(const CensusModel& census, bool drafted, const Rng& rng) {
  constexpr uint64_t kAnswers = 100;
  const WordLanguageModel model(census.weights, census_words());
  Progress silent;
  AnswerOptions o;
  o.sampling.temperature = 1, o.most_tokens = 7;
  AnswerOptions again = o;
  again.draft = drafted ? 3 : 0;
  int64_t changed = 0;
  for (uint64_t i = 0; i < kAnswers; ++i) {
    // A record before it is what drafts are guessed from.
    const Tensor row = census_tokens(1, rng.split("rows").split(i));
    const std::vector<int64_t> prompt(row.const_data_ptr<int64_t>(),
                                      row.const_data_ptr<int64_t>() + row.numel());
    const Answer factual = answer(model, prompt, o, rng.split(i).state().key, silent);
    const Intervention nothing{factual.prompt, {}, {}, 0};
    changed +=
        replay(model, drafted ? Answer{} : factual, nothing, again, factual.seed, silent).tokens !=
        factual.tokens;
  }
  return {static_cast<double>(changed), "", "100 records of the census model", ""};
}

}  // namespace offprint::papers::counterfactual
