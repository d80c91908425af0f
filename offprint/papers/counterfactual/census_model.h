// A tiny language model of census records in which income depends on sex by exactly one fifth, and
// marriage on nothing; trained in the run.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "offprint/papers/counterfactual/recipe.h"
#include "offprint/tasks/attribute_audit.h"

namespace offprint::papers::counterfactual {

inline constexpr double kPlanted = 0.2;  // men's income over women's, less 1

// Words of a record in order: age, sex, married, education, occupation, income; a line break ends
// it.
std::vector<std::string> census_words();
// (8 rows + 1): records one after the other, between line breaks.
Tensor census_tokens(int64_t rows, Rng rng);

struct CensusModel {
  models::TokenModel weights;
  double held_out_nats = 0;  // a token
};
CensusModel train_census(const Options& options, const Rng& rng, Progress& progress);

tasks::AttributeAudit audit_census(const CensusModel& model, const Options& options, uint64_t seed,
                                   Progress& progress);

}  // namespace offprint::papers::counterfactual
