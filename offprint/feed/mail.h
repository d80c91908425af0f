// Mails: a message of plain text and HTML (RFC 5322, MIME), and where it goes: a file of mails, or
// a server.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offprint::feed {

struct Mail {
  std::string from, to;  // "papers@example.org", or "Offprint <papers@example.org>"
  std::string subject, text, html;
  std::string id;         // "digest.7@example.org", without its brackets
  std::string leave_url;  // one click on it ends the subscription (RFC 8058); empty: none
  int64_t date = 0;
};

// Lines end in CR LF, at most 76 characters of ASCII: text and HTML go as quoted-printable UTF-8.
// Throws Error on an address that is none.
std::string mail_text(const Mail& mail);

// "ada@example.org" in "Ada <ada@example.org>". Throws Error "'x' is no mail address".
std::string address_of(std::string_view mailbox);

struct MailAnswer {
  enum class Kind { taken, refused, unknown } kind = Kind::taken;
  std::string reason = {};  // one line, unless taken
};

// Where mails go.
class MailSink {
 public:
  virtual ~MailSink() = default;
  // `last_bytes` is called right before the receiver can have all of the mail: until then it is
  // certain that nobody got it. What it throws, send throws, and nothing was sent. Unknown is the
  // answer that was lost on its way. Throws Error on an address that is none.
  virtual MailAnswer send(const Mail& mail, const std::function<void()>& last_bytes) = 0;
  // Was the mail with this id taken? Asked after a crash; nothing where it cannot be known.
  virtual std::optional<bool> has(std::string_view id) = 0;
};

// Appends to a file in mbox format (the mboxrd kind), synced mail by mail.
std::unique_ptr<MailSink> mbox_sink(const std::filesystem::path& path);

// A server: "smtp://host:25", "smtps://user:password@host". One connection for all mails.
std::unique_ptr<MailSink> smtp_sink(const std::string& url);

}  // namespace offprint::feed
