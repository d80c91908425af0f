// Pieces of bibliographic records: names, dates and texts as files write them, and as we keep them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offprint::feed {

// Lines joined, runs of white space one space, none at the ends; what is no UTF-8 becomes U+FFFD.
std::string one_line(std::string_view text);

// "Gu, Albert" and "Gu, Jr., Albert" as "Albert Gu" and "Albert Gu, Jr."; others as they are.
std::string natural_name(std::string_view name);
// "Albert Gu" as "Gu, Albert": the last word is the family name, with "van", "de" before it.
std::string family_first(std::string_view name);

// TeX's accents and special letters as Unicode, braces dropped: "Schr{\"o}dinger". Mathematics
// between dollars stays as it is.
std::string from_tex(std::string_view text);
// Characters that TeX reads as commands, escaped; all else is UTF-8.
std::string to_tex(std::string_view text);

// "Mon, 2 Apr 2007 19:18:42 GMT" as seconds since 1970; the day's name may be missing.
std::optional<int64_t> parse_mail_date(std::string_view text);
std::string mail_date(int64_t seconds);  // "Mon, 02 Apr 2007 19:18:42 +0000"
// ISO 8601 as seconds; nothing where it is anything else.
std::optional<int64_t> parse_iso_date(std::string_view text);

// Do these remarks of the authors say that the paper was withdrawn?
bool says_withdrawn(std::string_view comment, std::string_view abstract);

}  // namespace offprint::feed
