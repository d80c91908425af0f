// Random JSON Schemas over the keywords that grammars follow, documents that obey them by
// construction, and texts drawn from the grammars: what guided decoding promises, tried.
#pragma once
#include "offprint/core/progress.h"
#include "offprint/core/rng.h"
#include "offprint/tasks/generate.h"

namespace offprint::papers::slm_agents {

struct SchemaDraw {
  Json schema, document;  // valid
};
SchemaDraw draw_schema(Rng& rng);

struct GuideChecks {
  int64_t texts = 0, valid = 0, uncut = 0;  // drawn from the grammar, token by token
  int64_t documents = 0, reached = 0;       // accepted byte by byte
  double mask_us = 0;                       // median of a mask and a step, states met before
  double first_us = 0;                      // median on a schema's first document
  double compile_ms = 0;                    // of a schema of 50 fields, vocabulary included
};
// `texts` texts and as many documents over texts / 20 schemas, tokens of the model's vocabulary
// drawn alike: the grammar alone leads. The validator (data/json_schema_check) shares no code with
// the grammars.
GuideChecks check_guides(const tasks::LanguageModelFile& model, int64_t texts, Rng rng,
                         Progress& progress);

// Texts of the model itself at temperature 1.5; those that obey their schema.
int64_t valid_at_heat(const tasks::LanguageModelFile& model, int64_t texts, Rng rng,
                      Progress& progress);

}  // namespace offprint::papers::slm_agents
