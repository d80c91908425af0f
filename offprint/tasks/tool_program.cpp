#include "offprint/tasks/tool_program.h"

#include <chrono>

#include "offprint/core/child_process.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"

namespace offprint::tasks {

std::string hear_program(const ToolProgram& p, std::string_view input, bool dry) {
  require(!p.command.empty(), "a tool without a command");
  std::vector<std::string> command = p.command;
  command[0] = find_program(command[0]);
  ChildOptions options{.talks = true, .memory_mib = p.memory_mib};
  options.longest_line = static_cast<size_t>(p.answer_bytes);
  if (dry) options.environment = {{"OFFPRINT_DRY_RUN", "1"}};
  ChildProcess child(command, options);
  const std::string& name = p.command[0];
  const Stopwatch clock;
  const auto left = [&] {
    return std::chrono::milliseconds(
        static_cast<int64_t>(1000 * std::max(p.seconds - clock.seconds(), 0.0)));
  };
  // One that answers without reading is no error.
  child.tell(input, left());
  child.tell_end();
  std::string answer;
  while (!child.ended()) {
    for (const std::string& line : child.lines(20)) answer += line + '\n';
    require(clock.seconds() <= p.seconds, "'{}' took longer than {} s", name, p.seconds);
    require(std::ssize(answer) <= p.answer_bytes, "'{}' answers more than {} bytes", name,
            p.answer_bytes);
  }
  const std::string words = child.complaint();
  require(child.exit_code() == 0 || child.exit_code() == p.also_done, "'{}' ended {}{}", name,
          child.how_it_ended(), words.empty() ? words : ": " + words);
  return answer;
}

Json run_tool_program(const ToolProgram& program, const Json& arguments, bool dry) {
  std::string answer = hear_program(program, json_text(arguments) + "\n", dry);
  while (answer.ends_with('\n')) answer.pop_back();
  try {
    return parse_json(answer, program.command[0]);
  } catch (const Error&) {
    return answer;
  }
}

}  // namespace offprint::tasks
