// The verb `classify`: classes of whole sequences, one a row of a table.
#pragma once
#include "offprint/cli/context.h"

namespace offprint::cli {

// `classify --data TABLE --label COLUMN [--method s4d] [--length L] [--test SHARE] [--save FOLDER]
// [--out TABLE]` fits and reports; `classify --data TABLE --model FOLDER` predicts.
void add_classify_verb(CLI::App& program, Context& context);

}  // namespace offprint::cli
