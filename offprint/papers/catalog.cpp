// The papers: facts of the founding page joined with the recipes that run.
#include <algorithm>
#include <array>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"
#include "offprint/papers/causal_minimax/recipe.h"
#include "offprint/papers/chimera/recipe.h"
#include "offprint/papers/counterfactual/recipe.h"
#include "offprint/papers/fractional_sde/recipe.h"
#include "offprint/papers/hippo/recipe.h"
#include "offprint/papers/icl_forecasting/recipe.h"
#include "offprint/papers/irl_misspecification/recipe.h"
#include "offprint/papers/monarch_mixer/recipe.h"
#include "offprint/papers/monotone_dbm/recipe.h"
#include "offprint/papers/paper.h"
#include "offprint/papers/predictive_multiplicity/recipe.h"
#include "offprint/papers/s4d/recipe.h"
#include "offprint/papers/s_mamba/recipe.h"
#include "offprint/papers/slm_agents/recipe.h"
#include "offprint/papers/spacetime/recipe.h"
#include "offprint/papers/switching_costs/recipe.h"
#include "offprint/papers/target_surrogates/recipe.h"

namespace offprint::papers {

extern const std::string_view kFoundingJson;  // founding.json, embedded by the build

namespace {

struct Recipe {
  std::string_view slug;
  std::vector<Claim> (*claims)();
  RunCard (*run)(const RunRequest&, Progress&);
  std::vector<OptionInfo> (*options)(Scale);
};

constexpr auto kRecipes = std::to_array<Recipe>({
    {"causal-minimax", causal_minimax::claims, causal_minimax::run, causal_minimax::options},
    {"chimera", chimera::claims, chimera::run, chimera::options},
    {"counterfactual", counterfactual::claims, counterfactual::run, counterfactual::options},
    {"fractional-sde", fractional_sde::claims, fractional_sde::run, fractional_sde::options},
    {"hippo", hippo::claims, hippo::run, hippo::options},
    {"icl-forecasting", icl_forecasting::claims, icl_forecasting::run, icl_forecasting::options},
    {"irl-misspecification", irl_misspecification::claims, irl_misspecification::run,
     irl_misspecification::options},
    {"monotone-dbm", monotone_dbm::claims, monotone_dbm::run, monotone_dbm::options},
    {"switching-costs", switching_costs::claims, switching_costs::run, switching_costs::options},
    {"monarch-mixer", monarch_mixer::claims, monarch_mixer::run, monarch_mixer::options},
    {"predictive-multiplicity", predictive_multiplicity::claims, predictive_multiplicity::run,
     predictive_multiplicity::options},
    {"s4d", s4d::claims, s4d::run, s4d::options},
    {"s-mamba", s_mamba::claims, s_mamba::run, s_mamba::options},
    {"slm-agents", slm_agents::claims, slm_agents::run, slm_agents::options},
    {"spacetime", spacetime::claims, spacetime::run, spacetime::options},
    {"target-surrogates", target_surrogates::claims, target_surrogates::run,
     target_surrogates::options},
});

Paper paper_from(const Json& facts) {
  constexpr const char* source = "founding.json";
  const auto text = [&](const char* key) { return json_get<std::string>(facts, key, source); };
  Paper p;
  p.slug = text("slug"), p.arxiv = text("arxiv"), p.title = text("title");
  p.authors = json_get<std::vector<std::string>>(facts, "authors", source);
  p.author_count = json_get<int>(facts, "author_count", source);
  p.organisation = text("organisation"), p.published = text("published");
  p.comments = json_get<int>(facts, "comments", source);
  p.topic = text("topic"), p.code = text("code"), p.licence = text("license");
  p.summary = text("summary");
  const auto recipe = std::ranges::find(kRecipes, std::string_view(p.slug), &Recipe::slug);
  if (recipe != kRecipes.end())
    p.claims = recipe->claims, p.run = recipe->run, p.options = recipe->options;
  return p;
}

std::vector<Paper> all_papers() {
  std::vector<Paper> papers;
  for (const Json& facts : parse_json(kFoundingJson, "founding.json"))
    papers.push_back(paper_from(facts));
  for (const Recipe& recipe : kRecipes)
    require(std::ranges::find(papers, recipe.slug, &Paper::slug) != papers.end(),
            "catalog: recipe '{}' is of no paper in founding.json", recipe.slug);
  return papers;
}

}  // namespace

std::span<const Paper> catalog() {
  static const std::vector<Paper> papers = all_papers();
  return papers;
}

const Paper& find_paper(std::string_view slug) {
  const auto all = catalog();
  const auto found = std::ranges::find_if(
      all, [&](const Paper& p) { return p.slug == slug || (!slug.empty() && p.arxiv == slug); });
  if (found != all.end()) return *found;
  std::vector<std::string> slugs;
  for (const Paper& p : all) slugs.push_back(p.slug);
  fail("no paper '{}'{}: offprint list shows all", slug, did_you_mean(slug, slugs));
}

}  // namespace offprint::papers
