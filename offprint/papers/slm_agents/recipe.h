// Small models as agents: guided decoding, validators, calibrated confidence and a cascade to a
// larger model, measured on tool calls. After the survey arXiv 2510.03847, whose figures are of
// other papers.
#pragma once
#include <string>
#include <vector>

#include "offprint/papers/paper.h"

namespace offprint::papers::slm_agents {

struct Options {
  std::string model = "";         // a GGUF file; empty: SmolLM2-135M-Instruct
  int64_t texts = 1000;           // drawn from random schemas' grammars
  int64_t hot_texts = 2;          // of the model itself, temperature 1.5
  int64_t plain_tasks = 6;        // without worked examples, free and guided
  int64_t calibration_tasks = 0;  // that confidence is fitted and the threshold chosen on
  int64_t test_tasks = 0;
  int64_t absent_tasks = 0;  // no tool offered is of use
  int64_t dialogues = 0;     // three calls that change a calendar
  int64_t examples = 120;    // worked, of which the nearest are shown
  int64_t shots = 4, offered = 6, samples = 4;
  double oracle_success = 0.98;  // of the scripted large model
  double oracle_price = 50;      // of one of its answers, in answers of the small model
  double oracle_seconds = 1.2;   // that it takes
  double failure_cost = 150;     // of mending a failed task by hand, in the same unit
  double watts = 30;             // of this machine's share of a package, where no counter is
  void visit(auto&& field) {
    field("model", model, "a GGUF file; empty: SmolLM2-135M-Instruct");
    field("texts", texts, "texts drawn from the grammars of random schemas");
    field("hot-texts", hot_texts, "texts of the model itself at temperature 1.5");
    field("plain-tasks", plain_tasks, "calls without worked examples, free and guided");
    field("calibration-tasks", calibration_tasks,
          "calls that confidence is fitted on; 0: no cascade");
    field("test-tasks", test_tasks, "calls that the cascade is judged on");
    field("absent-tasks", absent_tasks, "questions that no tool offered can answer");
    field("dialogues", dialogues, "three calls in a row that change a calendar");
    field("examples", examples, "worked examples");
    field("shots", shots, "of them shown with a question");
    field("offered", offered, "tools offered with a question");
    field("samples", samples, "further answers drawn for agreement");
    field("oracle-success", oracle_success, "share of calls the scripted large model gets right");
    field("oracle-price", oracle_price, "of one of its answers, in answers of the small model");
    field("oracle-seconds", oracle_seconds, "seconds it takes");
    field("failure-cost", failure_cost, "of mending a failed task by hand, in the same unit");
    field("watts", watts, "assumed where the processor's energy counter cannot be read");
  }
};
Options options_for(Scale scale);

std::vector<Claim> claims();
std::vector<OptionInfo> options(Scale scale);
RunCard run(const RunRequest& request, Progress& progress);

}  // namespace offprint::papers::slm_agents
