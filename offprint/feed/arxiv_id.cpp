#include "offprint/feed/arxiv_id.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace offprint::feed {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool are_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

bool is_month(std::string_view two) { return two >= "01" && two <= "12"; }

bool starts_with_any_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::ranges::equal(text.substr(0, prefix.size()), prefix, [](char a, char b) {
           return (is_letter(a) ? a | 0x20 : a) == (is_letter(b) ? b | 0x20 : b);
         });
}

// 2312.00752, 0704.0001
bool is_new_form(std::string_view id) {
  return (id.size() == 9 || id.size() == 10) && id[4] == '.' && are_digits(id.substr(0, 4)) &&
         is_month(id.substr(2, 2)) && are_digits(id.substr(5));
}

// hep-th/9901001, math.GT/0309136
bool is_old_form(std::string_view id) {
  const size_t slash = id.find('/');
  if (slash == id.npos || slash == 0 || slash > 20) return false;
  const std::string_view archive = id.substr(0, slash), number = id.substr(slash + 1);
  return is_letter(archive.front()) &&
         std::ranges::all_of(archive,
                             [](char c) { return is_letter(c) || c == '-' || c == '.'; }) &&
         number.size() == 7 && are_digits(number) && is_month(number.substr(2, 2));
}

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// What stands before the id in an address or a name of it.
constexpr auto kPrefixes =
    std::to_array<std::string_view>({"https://", "http://", "www.", "export.", "arxiv.org/", "abs/",
                                     "pdf/", "html/", "oai:arxiv.org:", "arxiv:"});

}  // namespace

std::optional<ArxivId> parse_arxiv_id(std::string_view text) {
  std::string_view id = trim(text);
  for (const std::string_view prefix : kPrefixes)
    if (starts_with_any_case(id, prefix)) id = trim(id.substr(prefix.size()));
  id = id.substr(0, id.find_first_of("?# "));
  if (id.ends_with(".pdf")) id.remove_suffix(4);
  ArxivId found;
  const size_t v = id.rfind('v');
  if (v != id.npos && are_digits(id.substr(v + 1))) {
    const auto [end, error] =
        std::from_chars(id.data() + v + 1, id.data() + id.size(), found.version);
    if (error != std::errc{} || found.version > 10000) return std::nullopt;
    id = id.substr(0, v);
  }
  if (!is_new_form(id) && !is_old_form(id)) return std::nullopt;
  found.id = id;
  return found;
}

std::string arxiv_page(const std::string& id) { return "https://arxiv.org/abs/" + id; }
std::string arxiv_pdf(const std::string& id) { return "https://arxiv.org/pdf/" + id; }

std::string arxiv_query(const std::string& id) {
  return "https://export.arxiv.org/api/query?id_list=" + id;
}

std::optional<std::string> parse_doi(std::string_view text) {
  std::string_view doi = trim(text);
  for (const std::string_view prefix : {"https://", "http://", "dx.", "doi.org/", "doi:"})
    if (starts_with_any_case(doi, prefix)) doi = trim(doi.substr(prefix.size()));
  const size_t slash = doi.find('/');
  if (!doi.starts_with("10.") || slash == doi.npos || slash < 7 || slash + 1 == doi.size() ||
      doi.size() > 200 || !std::ranges::all_of(doi, [](char c) { return c > ' ' && c < 0x7f; }))
    return std::nullopt;
  std::string lower(doi);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return lower;
}

}  // namespace offprint::feed
