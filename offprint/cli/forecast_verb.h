// The verb `forecast`: the next rows of a user's series, with quantiles, beside simple rivals.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `forecast --data TABLE [--target COLUMN ...] [--time COLUMN] [--method ridge] [--horizon H]
// [--out TABLE] [--save FOLDER] [--model FOLDER] [--plot FILE.svg]`.
void add_forecast_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
