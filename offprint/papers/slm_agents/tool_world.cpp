#include "offprint/papers/slm_agents/tool_world.h"

#include <algorithm>
#include <string_view>

#include "offprint/core/error.h"
#include "offprint/data/jinja_text.h"
#include "offprint/data/table.h"

namespace offprint::papers {

extern const std::string_view kToolWorldJson;  // tool_world.json, embedded by the build

}  // namespace offprint::papers

namespace offprint::papers::slm_agents {
namespace {

std::string as_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

// "{city}": the next draw of that slot; "{city:2}": the second one.
struct Slot {
  size_t begin = 0, end = 0;
  std::string kind;
  size_t draw = 0;
};

std::vector<Slot> slots_of(const std::string& text, std::map<std::string, size_t>& used) {
  std::vector<Slot> out;
  for (size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
    const size_t end = text.find('}', at);
    std::string kind = text.substr(at + 1, end - at - 1);
    size_t draw = 0;
    if (const size_t colon = kind.find(':'); colon != kind.npos) {
      draw = static_cast<size_t>(kind[colon + 1] - '1');
      kind.resize(colon);
    } else {
      draw = used[kind]++;
    }
    out.push_back({at, end + 1, kind, draw});
  }
  return out;
}

class Draws {
 public:
  Draws(const Json& slots, Rng& rng) : slots_(slots), rng_(rng) {}
  const Json& at(const Slot& slot) {
    std::vector<int64_t>& order = orders_[slot.kind];
    const Json& values = slots_.at(slot.kind);
    if (order.empty()) order = rng_.permutation(std::ssize(values));
    return values[static_cast<size_t>(order[slot.draw])];
  }

 private:
  const Json& slots_;
  Rng& rng_;
  std::map<std::string, std::vector<int64_t>> orders_;
};

std::string filled(const std::string& text, Draws& draws, std::map<std::string, size_t>& used) {
  std::string out;
  size_t from = 0;
  for (const Slot& slot : slots_of(text, used)) {
    out += text.substr(from, slot.begin - from) + as_text(draws.at(slot));
    from = slot.end;
  }
  return out + text.substr(from);
}

std::string plain(const std::string& text) {
  std::string_view bare = data::trimmed(text);
  while (bare.ends_with('.')) bare = data::trimmed(bare.substr(0, bare.size() - 1));
  return data::jinja::lower_case(bare);
}

bool has_form(const std::string& text, std::string_view form) {
  return text.size() == form.size() && std::ranges::equal(text, form, [](char c, char f) {
           return f == '0' ? c >= '0' && c <= '9' : c == f;
         });
}

std::string wrong_form(const Json& arguments) {
  if (arguments.contains("date") && !has_form(arguments["date"], "0000-00-00"))
    return fmt::format("date '{}', expected like 2026-03-14", as_text(arguments["date"]));
  if (arguments.contains("time") && !has_form(arguments["time"], "00:00"))
    return fmt::format("time '{}', expected like 09:30", as_text(arguments["time"]));
  return "";
}

Json run(const std::string& name, const Json& arguments, Calendar& calendar) {
  if (name == "add_event") {
    const std::string when = as_text(arguments["date"]) + " " + as_text(arguments["time"]);
    calendar[plain(arguments["title"])] = when;
  } else if (name == "delete_event") {
    require(calendar.erase(plain(arguments["title"])) == 1, "no event '{}'",
            as_text(arguments["title"]));
  } else if (name == "list_events") {
    Json events = Json::array();
    for (const auto& [title, when] : calendar)
      if (when.starts_with(as_text(arguments["date"]))) events.push_back(title);
    return {{"events", events}};
  }
  return {{"done", name}};
}

}  // namespace

ToolWorld::ToolWorld() : world_(parse_json(kToolWorldJson, "tool_world.json")) {
  for (const Json& title : world_["slots"]["title"]) titles_.push_back(title);
}

size_t ToolWorld::count() const { return world_["tools"].size(); }

size_t ToolWorld::index_of(const std::string& name) const {
  const Json& tools = world_["tools"];
  for (size_t i = 0; i < tools.size(); ++i)
    if (tools[i]["name"] == name) return i;
  fail("tool world: no tool '{}'", name);
}

ToolTask ToolWorld::task(size_t tool, int64_t phrasing, Rng& rng) const {
  const Json& t = world_["tools"][tool];
  Draws draws(world_["slots"], rng);
  std::map<std::string, size_t> used;
  ToolTask out;
  out.question = filled(t["questions"][static_cast<size_t>(phrasing)], draws, used);
  out.tool = t["name"];
  used.clear();
  for (const auto& [key, value] : t["arguments"].items()) {
    const std::string text = value;
    // A slot by itself keeps its kind, a number stays one.
    if (text.starts_with('{') && text.find('}') == text.size() - 1)
      out.arguments[key] = draws.at(slots_of(text, used).front());
    else
      out.arguments[key] = filled(text, draws, used);
  }
  return out;
}

std::vector<ToolTask> ToolWorld::tasks(int64_t many, Phrasing phrasing, Rng rng) const {
  std::vector<ToolTask> out;
  for (int64_t i = 0; i < many; ++i) {
    const int64_t way = rng.integer(2) + (phrasing == Phrasing::shown ? 0 : 2);
    out.push_back(task(static_cast<size_t>(i) % count(), way, rng));
  }
  return out;
}

tasks::Toolbox ToolWorld::toolbox(const std::vector<size_t>& which,
                                  const std::shared_ptr<Calendar>& calendar) const {
  tasks::Toolbox box;
  for (const size_t i : which) {
    const Json& t = world_["tools"][i];
    const std::string name = t["name"];
    box.add({.name = name,
             .description = t["description"],
             .parameters = t["parameters"],
             .check = wrong_form,
             .run = [name, calendar](const Json& arguments) {
               return run(name, arguments, *calendar);
             }});
  }
  return box;
}

std::shared_ptr<Calendar> ToolWorld::full_calendar() const {
  auto out = std::make_shared<Calendar>();
  for (const std::string& title : titles_) (*out)[plain(title)] = "2026-01-01 09:00";
  return out;
}

bool is_call_of(const ToolTask& task, const tasks::ToolCall& call) {
  if (call.name != task.tool) return false;
  const Json given = parse_json(call.arguments, "arguments");
  if (!given.is_object() || given.size() != task.arguments.size()) return false;
  for (const auto& [key, wanted] : task.arguments.items()) {
    if (!given.contains(key)) return false;
    const Json& value = given[key];
    const bool same =
        wanted.is_string() ? value.is_string() && plain(value) == plain(wanted) : value == wanted;
    if (!same) return false;
  }
  return true;
}

}  // namespace offprint::papers::slm_agents
