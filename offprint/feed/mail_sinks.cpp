#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/feed/mail.h"
#include "offprint/feed/record_text.h"

namespace offprint::feed {
namespace {

// Lines end in LF; one that begins with "From " behind any number of ">" gets one more, so that
// readers find the mails' borders and can undo it.
std::string mbox_entry(const Mail& mail) {
  std::string out = fmt::format("From {} {}\n", address_of(mail.from), mail_date(mail.date));
  std::string text = mail_text(mail);
  std::erase(text, '\r');
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, std::min(rest.find('\n'), rest.size()));
    const size_t quotes = std::min(line.find_first_not_of('>'), line.size());
    if (line.substr(quotes).starts_with("From ")) out += '>';
    out += std::string(line) + "\n";
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return out + "\n";
}

class MboxSink final : public MailSink {
 public:
  explicit MboxSink(const std::filesystem::path& path)
      : path_(path), file_(open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) {
    require(file_ >= 0, "cannot write {}: {}", path_.string(), std::strerror(errno));
  }
  ~MboxSink() override { close(file_); }

  MailAnswer send(const Mail& mail, const std::function<void()>& last_bytes) override {
    const std::string entry = mbox_entry(mail);
    const off_t before = lseek(file_, 0, SEEK_END);
    last_bytes();
    // One call: a process that is killed leaves all of it or nothing.
    const ssize_t written = ::write(file_, entry.data(), entry.size());
    if (written == static_cast<ssize_t>(entry.size()) && fsync(file_) == 0) return {};
    const int reason = written < 0 ? errno : ENOSPC;
    const bool repaired = ftruncate(file_, before) == 0;
    return {repaired ? MailAnswer::Kind::refused : MailAnswer::Kind::unknown,
            fmt::format("cannot write {}: {}", path_.string(), std::strerror(reason))};
  }

  std::optional<bool> has(std::string_view id) override {
    const std::string mails = read_file(path_);
    return mails.find(fmt::format("\nMessage-ID: <{}>\n", id)) != mails.npos;
  }

 private:
  std::filesystem::path path_;
  int file_;
};

struct FreeCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// What libcurl asks for piece by piece. Nothing may be thrown through it.
struct Upload {
  std::string_view rest;
  const std::function<void()>& last_bytes;
  std::exception_ptr thrown = {};
};

size_t read_piece(char* to, size_t size, size_t count, void* data) {
  auto& upload = *static_cast<Upload*>(data);
  const size_t bytes = std::min(size * count, upload.rest.size());
  if (bytes == 0) return 0;
  try {
    if (bytes == upload.rest.size()) upload.last_bytes();
  } catch (...) {
    upload.thrown = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
  std::memcpy(to, upload.rest.data(), bytes);
  upload.rest.remove_prefix(bytes);
  return bytes;
}

class SmtpSink final : public MailSink {
 public:
  explicit SmtpSink(const std::string& url) : curl_(curl_easy_init()) {
    require(url.starts_with("smtp://") || url.starts_with("smtps://"),
            "mail server '{}', expected smtp://host:port or smtps://host", url.substr(0, 80));
    require(curl_ != nullptr, "mail server: libcurl cannot start");
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_USE_SSL, CURLUSESSL_TRY);
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT, 20L);
    set(CURLOPT_TIMEOUT, 120L);
    set(CURLOPT_READFUNCTION, read_piece);
    set(CURLOPT_ERRORBUFFER, reason_);
    const size_t at = url.rfind('@');
    host_ = url.substr(at == url.npos ? url.find("://") + 3 : at + 1);
  }

  MailAnswer send(const Mail& mail, const std::function<void()>& last_bytes) override {
    const std::string text = mail_text(mail);
    Upload upload{text, last_bytes};
    const std::string from = "<" + address_of(mail.from) + ">",
                      to = "<" + address_of(mail.to) + ">";
    const std::unique_ptr<curl_slist, FreeList> recipients(curl_slist_append(nullptr, to.c_str()));
    set(CURLOPT_MAIL_FROM, from.c_str());
    set(CURLOPT_MAIL_RCPT, recipients.get());
    set(CURLOPT_READDATA, &upload);
    reason_[0] = '\0';
    const CURLcode code = curl_easy_perform(curl_.get());
    if (upload.thrown) std::rethrow_exception(upload.thrown);
    if (code == CURLE_OK) return {};
    // The server's own words come as a code of theirs; silence after the last bytes says nothing.
    const bool answered = code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_SEND_ERROR;
    return {
        upload.rest.empty() && !answered ? MailAnswer::Kind::unknown : MailAnswer::Kind::refused,
        fmt::format("mail server {}: {}", host_,
                    reason_[0] != '\0' ? one_line(reason_) : curl_easy_strerror(code))};
  }

  std::optional<bool> has(std::string_view) override { return std::nullopt; }

 private:
  template <class Setting>
  void set(CURLoption option, Setting value) {
    curl_easy_setopt(curl_.get(), option, value);
  }

  std::unique_ptr<CURL, FreeCurl> curl_;
  std::string host_;  // without user and password, for messages
  char reason_[CURL_ERROR_SIZE] = "";
};

}  // namespace

std::unique_ptr<MailSink> mbox_sink(const std::filesystem::path& path) {
  return std::make_unique<MboxSink>(path);
}

std::unique_ptr<MailSink> smtp_sink(const std::string& url) {
  return std::make_unique<SmtpSink>(url);
}

}  // namespace offprint::feed
