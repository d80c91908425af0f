// The verb `infer`: hidden states of a user's series.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `infer --method hippo --data TABLE --column NAME [--basis fout] [--window W] [--order N]
// [--out FOLDER]` compresses a stream into N coefficients as it runs by and shows what is left of
// it.
void add_infer_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
