#include "offprint/feed/mail.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/data/sha256.h"
#include "offprint/feed/record_text.h"

namespace offprint::feed {
namespace {

constexpr size_t kMostLine = 75;  // and the sign that the line goes on

bool is_plain(char c) { return c >= ' ' && c < 0x7f && c != '='; }

// RFC 2045, section 6.7.
std::string quoted_printable(std::string_view text) {
  std::string out, line;
  const auto put = [&](const std::string& piece) {
    if (line.size() + piece.size() > kMostLine) {
      out += line + "=\r\n";
      line.clear();
    }
    line += piece;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      out += line + "\r\n";
      line.clear();
      continue;
    }
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n';
    // A space at the end would be lost; a dot or "From " at the beginning has meanings on the way.
    const bool escape =
        !is_plain(c) || (c == ' ' && ends_line) || (line.empty() && (c == '.' || c == 'F'));
    put(escape ? fmt::format("={:02X}", static_cast<unsigned char>(c)) : std::string(1, c));
  }
  return out + line + "\r\n";
}

// RFC 2047 words of at most 17 bytes, cut between characters; ASCII stays as it is.
std::string header_text(std::string_view text) {
  const std::string line = one_line(text);
  if (std::ranges::all_of(line, is_plain) && line.size() < 60) return line;
  std::string out;
  for (size_t at = 0; at < line.size();) {
    std::string word;
    size_t bytes = 0;
    while (at < line.size() && bytes < 14) {
      do {
        const char c = line[at++];
        const bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        word += letter     ? std::string(1, c)
                : c == ' ' ? "_"
                           : fmt::format("={:02X}", static_cast<unsigned char>(c));
        ++bytes;
      } while (at < line.size() && (line[at] & 0xc0) == 0x80);
    }
    out += (out.empty() ? "" : "\r\n ") + ("=?utf-8?Q?" + word + "?=");
  }
  return out;
}

std::string mailbox_text(std::string_view mailbox) {
  const std::string address = address_of(mailbox);
  const size_t bracket = mailbox.find('<');
  if (bracket == mailbox.npos) return address;
  std::string name = header_text(mailbox.substr(0, bracket));
  if (name.find("=?") == name.npos) {
    std::erase_if(name, [](char c) { return c == '"' || c == '\\'; });
    name = '"' + name + '"';
  }
  return name + " <" + address + ">";
}

std::string part(std::string_view type, std::string_view text) {
  return fmt::format(
      "Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
      type, quoted_printable(text));
}

}  // namespace

std::string address_of(std::string_view mailbox) {
  const size_t begin = mailbox.find('<');
  std::string_view address = mailbox;
  if (begin != mailbox.npos)
    address = mailbox.substr(begin + 1, mailbox.find('>', begin) - begin - 1);
  const size_t at = address.find('@');
  const auto plain = [](char c) {
    return c > ' ' && c < 0x7f &&
           std::string_view("<>()[],;:\\\"@").find(c) == std::string_view::npos;
  };
  const bool good = at != address.npos && at > 0 && at <= 64 && address.size() <= 254 &&
                    std::ranges::all_of(address.substr(0, at), plain) && address.size() > at + 1 &&
                    std::ranges::all_of(address.substr(at + 1), plain) && address.back() != '.' &&
                    address[at + 1] != '.' && address.front() != '-';
  if (!good) fail("'{}' is no mail address, expected name@host", one_line(mailbox.substr(0, 80)));
  return std::string(address);
}

std::string mail_text(const Mail& mail) {
  // The boundary is made of the parts: a line of them cannot be it, as "_" and "=" never begin one.
  const std::string boundary = "=_" + data::sha256(mail.id + mail.text + mail.html).substr(0, 32);
  std::string out = fmt::format(
      "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}>\r\nMIME-Version: 1.0\r\n",
      mailbox_text(mail.from), mailbox_text(mail.to), header_text(mail.subject),
      mail_date(mail.date), mail.id);
  if (!mail.leave_url.empty())
    out += fmt::format(
        "List-Unsubscribe: <{}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        mail.leave_url);
  out += fmt::format("Content-Type: multipart/alternative;\r\n boundary=\"{}\"\r\n\r\n", boundary);
  for (const auto& [type, text] :
       {std::pair{"text/plain", &mail.text}, std::pair{"text/html", &mail.html}})
    out += fmt::format("--{}\r\n{}\r\n", boundary, part(type, *text));
  return out + fmt::format("--{}--\r\n", boundary);
}

}  // namespace offprint::feed
