// The real tables whose multiplicity is measured, and generated ones of a chosen character.
#pragma once
#include <optional>
#include <string>

#include "offprint/core/rng.h"
#include "offprint/core/tensor.h"

namespace offprint::papers::predictive_multiplicity {

struct Cases {
  std::string name;
  Tensor X, y;  // (N,D) standardised, (N) of 0 and 1
};

// Tumours, benign or not, from scikit-learn's package (569 rows, 30 features); unset: not here.
std::optional<Cases> tumours(const std::string& folder);
// Defendants of Broward County, arrested again within two years or not (7214 rows): sex, age,
// race, counts of earlier offences, degree of the charge. ProPublica 2016.
std::optional<Cases> defendants(const std::string& folder);
// Some rows at random.
Cases sample_rows(const Cases& cases, int64_t rows, Rng rng);

// The character of a generated table of two features (and what the paper varies one at a time).
struct Character {
  double outliers = 0;  // share of rows far off, with the other class
  double margin = 1;    // distance between the classes' centres, in their spread
  double minority = 0;  // share of the rows for whom the features mean the other class
};
Cases generate(const Character& character, int64_t rows, Rng rng);

// d features of noise, a class that depends on some of them; `noise` 0: nearly separable.
Cases generate_plain(int64_t rows, int64_t d, double noise, Rng rng);

}  // namespace offprint::papers::predictive_multiplicity
