#include "offprint/tasks/record_fields.h"

#include <algorithm>
#include <cctype>

#include "offprint/data/table.h"

namespace offprint::tasks {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// Where the piece from `at` ends: at a separator outside of quotes. A comma between digits parts
// thousands.
size_t piece_end(std::string_view text, size_t at) {
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') quoted = !quoted;
    if (c == '\n') return at;
    if (quoted) continue;
    if (c == ',' && at > 0 && digit(text[at - 1]) && at + 1 < text.size() && digit(text[at + 1]))
      continue;
    if (std::string_view(",;|{}").find(c) != std::string_view::npos) return at;
  }
  return at;
}

std::string_view bare(std::string_view text) {
  const auto skip = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '"'; };
  while (!text.empty() && skip(text.front())) text.remove_prefix(1);
  while (!text.empty() && skip(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::vector<RecordField> record_fields(std::string_view text) {
  std::vector<RecordField> fields;
  for (size_t at = 0; at < text.size();) {
    const size_t end = piece_end(text, at);
    const std::string_view piece = text.substr(at, end - at);
    const size_t colon = piece.find_first_of(":=");
    if (colon != piece.npos) {
      const std::string_view name = bare(piece.substr(0, colon));
      const std::string_view value = bare(piece.substr(colon + 1));
      if (!name.empty() && !value.empty())
        fields.push_back({std::string(name), std::string(value),
                          static_cast<size_t>(value.data() - text.data())});
    }
    at = end + 1;
  }
  return fields;
}

std::optional<double> field_number(std::string_view value) {
  std::string digits;
  for (const char c : value)
    if (c != ',' && c != ' ' && c != '$') digits += c;
  double number = 0;
  if (digits.empty() || !data::parse_number(digits, '.', number)) return std::nullopt;
  return number;
}

}  // namespace offprint::tasks
