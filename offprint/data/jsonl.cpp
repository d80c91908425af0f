#include "offprint/data/jsonl.h"

#include <algorithm>
#include <ostream>
#include <string_view>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/text_file.h"

namespace offprint::data {
namespace {

// A document model pays for every bracket, and its writer climbs down them one call each.
constexpr int kMaxDepth = 100;

Json parse_line(std::string_view text, const std::string& where) {
  const auto shallow = [&](int depth, Json::parse_event_t event, Json&) {
    const bool opens =
        event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    require(!opens || depth < kMaxDepth, "{}: more than {} levels of brackets", where, kMaxDepth);
    return true;
  };
  try {
    return Json::parse(text, shallow);
  } catch (const Json::parse_error& error) {
    fail("{}: column {}: no JSON", where, error.byte);
  } catch (const Json::exception&) {  // a number beyond double
    fail("{}: no JSON", where);
  }
}

}  // namespace

void read_jsonl(const std::filesystem::path& path,
                const std::function<bool(const JsonLine&)>& use) {
  const Contents contents(path);
  const std::string source = path.string();
  std::string_view rest = text_of(contents, source);
  for (int64_t number = 1; !rest.empty(); ++number) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    const std::string where = fmt::format("{}: line {}", source, number);
    if (!use({parse_line(line, where), number, where})) return;
  }
}

void write_jsonl(const std::filesystem::path& path, std::span<const Json> values) {
  write_file(path, [&](std::ostream& out) {
    for (const Json& value : values) out << json_text(value) << '\n';
  });
}

}  // namespace offprint::data
