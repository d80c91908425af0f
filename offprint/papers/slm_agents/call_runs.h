// A small model asked to call tools: told of a few of them, shown worked examples or none, held to
// the grammar or free; each call judged by the validator and against the one that was wanted.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/models/text_encoder.h"
#include "offprint/papers/slm_agents/tool_world.h"
#include "offprint/tasks/chat.h"
#include "offprint/tasks/confidence.h"

namespace offprint::papers::slm_agents {

struct CallOptions {
  bool guided = true, jump = true;
  int64_t shots = 4;    // nearest worked examples of the tools offered
  int64_t offered = 6;  // tools, the one that is wanted among them unless `absent`
  int64_t samples = 0;  // more answers at temperature 0.7, for agreement
  int64_t most_tokens = 160;
  bool must = true;     // guided: it has to call; else it may answer in words
  bool absent = false;  // no tool offered is of use
};

struct CallRun {
  std::optional<tasks::ToolCall> call;
  bool valid = false;       // a call of an offered tool whose arguments obey the schema
  bool executable = false;  // and it ran
  bool right = false;       // and it is the one that was wanted
  tasks::CallSignals signals;
  double seconds = 0;  // of the answer, without reading the prompt
  double prompt_seconds = 0;
  int64_t prompt_tokens = 0, tokens = 0, sample_tokens = 0;
  std::string said;
};

class Caller {
 public:
  // `encoder` may be null: then there are no shots. All must outlive it.
  Caller(const tasks::ChatModel& model, const models::TextEncoder* encoder, const ToolWorld& world,
         std::vector<ToolTask> examples);

  // The calendar is what the tools act on; where null, a full one of its own. `read` keeps what the
  // model read for the next run of the same prompt.
  CallRun run(const ToolTask& task, const CallOptions& options, Rng rng,
              const std::shared_ptr<Calendar>& calendar, Progress& progress,
              tasks::ModelState* read = nullptr) const;

 private:
  std::vector<size_t> offer(const ToolTask& task, const CallOptions& options, Rng& rng) const;
  struct Shots {
    std::vector<const ToolTask*> examples;  // the nearest last
    double likeness = 0;
  };
  Shots shots(const std::string& question, const std::vector<size_t>& offered, int64_t count) const;

  const tasks::ChatModel& model_;
  const models::TextEncoder* encoder_;
  const ToolWorld& world_;
  std::vector<ToolTask> examples_;
  std::vector<size_t> tool_of_;
  Tensor places_;  // (examples, width)
};

// The first call in a text that obeys no grammar: anywhere in it, with or without its tags.
std::optional<tasks::ToolCall> find_call(const std::string& text);

}  // namespace offprint::papers::slm_agents
