// Forecasters that let the columns of a series see each other, a token a column: S-Mamba and its
// twins (models/s_mamba.h), trained on windows.
#pragma once
#include <memory>

#include "offprint/tasks/forecaster.h"

namespace offprint::tasks {

std::unique_ptr<Forecaster> make_s_mamba(const ForecastShape& shape, const MethodOptions& options);
std::unique_ptr<Forecaster> make_s_mamba_one_way(const ForecastShape& shape,
                                                 const MethodOptions& options);
std::unique_ptr<Forecaster> make_itransformer(const ForecastShape& shape,
                                              const MethodOptions& options);
std::unique_ptr<Forecaster> make_column_mlp(const ForecastShape& shape,
                                            const MethodOptions& options);

}  // namespace offprint::tasks
