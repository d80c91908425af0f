#include "offprint/core/markup.h"

#include "offprint/core/utf8.h"

namespace offprint {

std::string escape_markup(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    const bool forbidden = c.value < 0x20 && c.value != '\t' && c.value != '\n' && c.value != '\r';
    if (c.value == '&')
      escaped += "&amp;";
    else if (c.value == '<')
      escaped += "&lt;";
    else if (c.value == '>')
      escaped += "&gt;";
    else if (c.value == '"')
      escaped += "&quot;";
    else if (c.value == '\'')
      escaped += "&#39;";
    else if (forbidden || c.value == 0xFFFD || c.value == 0xFFFE || c.value == 0xFFFF)
      escaped += "\uFFFD";
    else
      escaped += text.substr(at, c.bytes);
    at += c.bytes;
  }
  return escaped;
}

}  // namespace offprint
