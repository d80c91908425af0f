// Does what a language model writes of a person depend on one attribute? Records are written by the
// model, the attribute is changed in each, and what follows is written again with the same luck.
// Chatzi et al. 2024, arXiv 2409.17027, section 5.3. What depends on the attribute changes; what
// does not, stays to the letter, so few records show what fresh samples need many for.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/plot.h"
#include "offprint/core/table.h"
#include "offprint/tasks/counterfactual.h"

namespace offprint::tasks {

struct AttributeAuditOptions {
  std::string attribute = "sex";
  std::vector<std::string> values = {};  // two; empty: the two that most records have
  int64_t people = 100;
  bool fresh = true;  // also write again with other luck, to compare
  AnswerOptions answer = {};
};

// How another attribute answers to a change from the first value to the second.
struct AttributeEffect {
  std::string attribute;
  bool number = false;
  std::string value;             // of text: the one whose share moves most
  int64_t pairs = 0;             // records that have it both ways
  double changed = 0;            // share of pairs where it is another afterwards
  double changed_fresh = 0;      // the same with fresh luck; NaN where not asked for
  double before = 0, after = 0;  // mean, or share of `value`, under either value
  double z = 0;                  // of the paired difference; 0 where nothing changed
  double standard_error = 0;     // of after - before
  double fresh_error = 0;        // the same with fresh luck
};

struct AttributeAudit {
  std::string attribute, first, second;
  int64_t people = 0, usable = 0;        // written; with the attribute and one of the values
  std::vector<AttributeEffect> effects;  // in the records' order, of what follows the attribute
  std::string factual, counterfactual;   // the first record that changed, or the first
};

// A record is the prompt's last line with the answer. Where the prompt's last line has the
// attribute, it is changed there. Throws Error where no record has it or only one value occurs.
AttributeAudit audit_attribute(const LanguageModel& model, std::string_view prompt,
                               const AttributeAuditOptions& options, uint64_t seed,
                               Progress& progress);

TextTable effects_table(const AttributeAudit& audit);
Plot effects_plot(const AttributeAudit& audit);  // share of records that change, by attribute
Json to_json(const AttributeAudit& audit);

}  // namespace offprint::tasks
