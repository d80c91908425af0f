// Rows of a series for fitting, choosing and judging, and the windows a forecaster sees. Nothing
// here looks past the end of its rows: scales come from the training rows alone.
#pragma once
#include <cstdint>

#include "offprint/core/tensor.h"
#include "offprint/data/series.h"

namespace offprint::tasks {

// Numbers of rows, one part after the other. Windows whose targets lie in a part may look back into
// the part before it.
struct SeriesSplit {
  int64_t train = 0, validation = 0, test = 0;
  int64_t rows() const { return train + validation + test; }
};

// The last `test` share, before it the `validation` share. Throws Error on shares outside [0, 1) or
// that leave nothing to train on.
SeriesSplit split_by_share(int64_t rows, double validation, double test);

// Months of 30 days, as Zhou et al. 2021 (Informer), arXiv 2012.07436, section 5.1 split ETT: 12, 4
// and 4 months; rows beyond are unused. Throws Error where the series has no time column, a step in
// months, or too few rows.
SeriesSplit split_by_months(const data::Series& series, int64_t train, int64_t validation,
                            int64_t test);

// Mean and standard deviation of each column; a column that never moves has spread 1.
struct Standardizer {
  Tensor mean, spread;  // (V)
};
Standardizer standardizer_of(const Tensor& rows);                  // (T,V)
Tensor standardized(const Standardizer& s, const Tensor& values);  // (...,V)
Tensor in_units_of(const Standardizer& s, const Tensor& values);   // and back

// All windows of lookback + horizon rows whose last `horizon` rows lie in [from, until), none left
// out: a view (W,L+H,V), W = 0 where there is none. Throws Error on lookback or horizon < 1 and
// rows that the values (T,V) lack.
Tensor windows(const Tensor& values, int64_t from, int64_t until, int64_t lookback,
               int64_t horizon);

}  // namespace offprint::tasks
