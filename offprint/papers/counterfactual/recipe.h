// Counterfactual Token Generation in Large Language Models. Chatzi, Corvelo Benz, Straitouri,
// Tsirtsis & Gomez-Rodriguez 2024, arXiv 2409.17027: Gumbel-max sampling as a causal model,
// stories with one token changed and the same luck, stability, cost, and a planted bias that an
// audit has to find.
#pragma once
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::counterfactual {

struct Options {
  int64_t draws = 100'000;  // of each distribution in the chi-square test
  int64_t pairs = 20;       // stories with a word of the question changed, at each temperature
  int64_t token_pairs = 0;  // with a token of the story changed; 0: none
  bool all_temperatures = false;  // 0.6, 0.8 and 1.0; else 0.8 alone
  int64_t sweep_pairs = 0;        // at each other temperature, top-p and top-k; 0: no sweep
  int64_t tokens = 12;            // of a story
  int64_t repeats = 3;            // stories told again, with drafts and on other threads
  int64_t rows = 20'000, train_steps = 300;  // of the census model
  int64_t people = 300;
  void visit(auto&& field) {
    field("draws", draws, "of each distribution in the chi-square test");
    field("pairs", pairs, "stories with a word of the question changed, at each temperature");
    field("token-pairs", token_pairs,
          "stories with a token of their own changed, at each temperature; 0: none");
    field("all-temperatures", all_temperatures, "0.6, 0.8 and 1.0; else 0.8 alone");
    field("sweep-pairs", sweep_pairs,
          "stories at each other temperature, top-p and top-k; 0: no sweep");
    field("tokens", tokens, "tokens of a story");
    field("repeats", repeats, "stories told again, with drafts and on other threads");
    field("rows", rows, "census rows that the model with the planted bias learns from");
    field("train-steps", train_steps, "optimiser steps of that model");
    field("people", people, "records that it writes for the audit");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::counterfactual
