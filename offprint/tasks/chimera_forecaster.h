// Chimera and its twins on the windows of a series; see models/chimera.h. With the closed loop a
// fitted model serves any horizon.
#pragma once
#include <memory>

#include "offprint/models/chimera.h"
#include "offprint/tasks/forecaster.h"

namespace offprint::tasks {

std::unique_ptr<Forecaster> make_chimera(const ForecastShape& shape, const MethodOptions& options);
// One head, 2-D Mamba; with one rate for all states of a channel, 2-D Mamba-2.
std::unique_ptr<Forecaster> make_2d_mamba(const ForecastShape& shape, const MethodOptions& options);
std::unique_ptr<Forecaster> make_2d_mamba_2(const ForecastShape& shape,
                                            const MethodOptions& options);
std::unique_ptr<Forecaster> make_chimera_one_way(const ForecastShape& shape,
                                                 const MethodOptions& options);
std::unique_ptr<Forecaster> make_chimera_fixed(const ForecastShape& shape,
                                               const MethodOptions& options);

// What the forecaster trains, for those who train by themselves.
models::ChimeraOptions chimera_options(const ForecastShape& shape, const MethodOptions& options);

}  // namespace offprint::tasks
