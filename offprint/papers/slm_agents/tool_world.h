// A small world of thirty tools to be called: weather, calendar, units, the feed, forecasts, a
// house; questions about them with the call that answers each, and a calendar that remembers.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/tasks/tool_calls.h"
#include "offprint/tasks/toolbox.h"

namespace offprint::papers::slm_agents {

// Each tool is asked for in four ways. The first two are what worked examples show; questions to be
// answered use the others, so that no wording of theirs was shown.
enum class Phrasing { shown, asked };

struct ToolTask {
  std::string question, tool;
  Json arguments;
};

// Dates and times by title.
using Calendar = std::map<std::string, std::string>;

class ToolWorld {
 public:
  ToolWorld();
  // In turn of all tools, then again, slots drawn at random.
  std::vector<ToolTask> tasks(int64_t count, Phrasing phrasing, Rng rng) const;
  ToolTask task(size_t tool, int64_t phrasing, Rng& rng) const;  // phrasing 0 .. 3
  size_t count() const;
  std::string name_of(size_t tool) const { return world_["tools"][tool]["name"]; }
  size_t index_of(const std::string& name) const;

  // Tools that act on a calendar, by index. delete_event fails on what is not there; dates and
  // times of another form are refused by a check.
  tasks::Toolbox toolbox(const std::vector<size_t>& which,
                         const std::shared_ptr<Calendar>& calendar) const;
  // One with every event that a question may want to delete.
  std::shared_ptr<Calendar> full_calendar() const;
  const std::vector<std::string>& titles() const { return titles_; }

 private:
  Json world_;
  std::vector<std::string> titles_;
};

// The call that was asked for: the same tool, the same arguments; text without regard to case,
// space at its ends, or a full stop.
bool is_call_of(const ToolTask& task, const tasks::ToolCall& call);

}  // namespace offprint::papers::slm_agents
