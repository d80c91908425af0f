// Tools that hang, babble, die and want all memory: each has to end as one line, and the agent goes
// on.
#pragma once
#include "offprint/core/progress.h"
#include "offprint/tasks/chat.h"

namespace offprint::papers::slm_agents {

struct BadToolsCheck {
  int64_t tools = 0;
  int64_t clean = 0;    // ended as an error of one line
  int64_t went_on = 0;  // and the next call, of a tool that works, was done
  double longest = 0;   // seconds of a call
  std::vector<std::string> lines;
};
BadToolsCheck call_bad_tools();

// Our MCP client with our own server over a toolbox, in this process: the share of calls that come
// back as the toolbox itself answers them.
double mcp_round_trip();

}  // namespace offprint::papers::slm_agents
