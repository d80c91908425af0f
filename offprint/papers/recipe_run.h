// What every recipe does around its measurements: the scale's options with the request's over them,
// the head of the card, a stop that keeps what was measured until then, the verdicts.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/options.h"
#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"
#include "offprint/papers/paper.h"

namespace offprint::papers {

template <class Options>
struct Bench {  // what the parts of a run share
  const RunRequest& request;
  const Options& options;
  Rng rng;  // of the request's seed and the paper; split by purpose
  Progress& progress;
  RunCard& card;
  Measurements measured;

  void draw(Figure figure) { card.figures.push_back(std::move(figure)); }
  void show(TextTable table) { card.tables.push_back(std::move(table)); }
  void note(std::string text) { card.notes.push_back(std::move(text)); }
};

template <class Options>
struct Recipe {
  std::string_view slug;
  Options (*options_for)(Scale);
  void (*check)(const Options&);  // Error on options that make no sense together
  std::vector<Claim> (*claims)();
  void (*measure)(Bench<Options>&);     // in order of the page; may throw Stopped
  void (*note_scale)(Bench<Options>&);  // what is scaled down and how; also after a stop
};

// Sizes: a zero would quietly mean something else further down. Throws Error "--seeds: 0, expected
// a positive number" for a whole number below 1; one that `may_be_zero` names, below 0.
void require_positive(const std::vector<OptionField>& fields,
                      std::initializer_list<std::string_view> may_be_zero);
template <class Options>
void require_positive(Options options, std::initializer_list<std::string_view> may_be_zero = {}) {
  require_positive(option_fields(options), may_be_zero);
}

// A card with its scale, seed, device and options, and nothing measured.
RunCard begin_card(const RunRequest& request, const std::vector<OptionField>& fields);

// Throws Error on an option that the recipe does not have and where its check does.
template <class Options>
RunCard run_recipe(const Recipe<Options>& recipe, const RunRequest& request, Progress& progress) {
  Options chosen = recipe.options_for(request.scale);
  options_from_json(option_fields(chosen), request.options,
                    std::string("options of ").append(recipe.slug));
  recipe.check(chosen);
  if constexpr (requires { chosen.device; })
    chosen.device = request.device;
  else
    require(at::Device(request.device).is_cpu(), "--device: '{}', but {} runs on the CPU alone",
            request.device, recipe.slug);
  RunCard card = begin_card(request, option_fields(chosen));
  Bench<Options> bench{request, chosen, Rng(request.seed).split(recipe.slug), progress, card, {}};
  try {
    recipe.measure(bench);
  } catch (const Stopped&) {
    card.stopped = true;
  }
  recipe.note_scale(bench);
  judge_all(card, recipe.claims(), std::move(bench.measured));
  return card;
}

}  // namespace offprint::papers
