#include "offprint/feed/mail.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::feed;

namespace {

Mail sample() {
  return {.from = "Offprint <papers@example.org>",
          .to = "ada@example.org",
          .subject = "Papers",
          .text = "Hello.\nFrom here on\n.\nnaïve = yes \n",
          .html = "<p>Hello</p>",
          .id = "digest.1@example.org",
          .leave_url = "http://x/unsubscribe/t",
          .date = 1175541522};
}

std::string message_of(std::string_view address) {
  try {
    address_of(address);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// A mail server on a free port of this machine: takes one connection, answers DATA as told.
class TinyServer {
 public:
  explicit TinyServer(std::string answer) : answer_(std::move(answer)) {
    listening_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    REQUIRE(bind(listening_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(listening_, 1) == 0);
    getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~TinyServer() {
    shutdown(listening_, SHUT_RDWR);
    thread_.join();
    close(listening_);
  }
  std::string url() const { return fmt::format("smtp://127.0.0.1:{}", port_); }
  const std::string& received() const { return received_; }

 private:
  void serve() {
    const int connection = accept(listening_, nullptr, nullptr);
    if (connection < 0) return;
    const auto say = [&](const std::string& line) {
      return send(connection, line.data(), line.size(), MSG_NOSIGNAL) > 0;
    };
    say("220 tiny\r\n");
    bool data = false;
    std::string line;
    for (char c; recv(connection, &c, 1, 0) == 1;) {
      line += c;
      if (!line.ends_with("\r\n")) continue;
      if (data && line == ".\r\n") {
        data = false;
        if (answer_.empty()) break;  // hangs up without a word
        say(answer_ + "\r\n");
      } else if (data) {
        received_ += line;
      } else {
        data = line == "DATA\r\n";
        say(data ? "354 go\r\n" : line == "QUIT\r\n" ? "221 bye\r\n" : "250 ok\r\n");
      }
      line.clear();
    }
    close(connection);
  }

  std::string answer_, received_;
  int listening_ = -1, port_ = 0;
  std::thread thread_;
};

MailAnswer send_to(const std::string& answer, int& began) {
  const TinyServer server(answer);
  return smtp_sink(server.url())->send(sample(), [&] { ++began; });
}

}  // namespace

TEST_CASE("mail: headers, both parts, one click to leave; lines are short ASCII") {
  const std::string text = mail_text(sample());
  CHECK(
      text.starts_with("From: \"Offprint\" <papers@example.org>\r\nTo: ada@example.org\r\n"
                       "Subject: Papers\r\nDate: Mon, 02 Apr 2007 19:18:42 +0000\r\n"
                       "Message-ID: <digest.1@example.org>\r\nMIME-Version: 1.0\r\n"
                       "List-Unsubscribe: <http://x/unsubscribe/t>\r\n"
                       "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
  CHECK(text.find("Hello.\r\n=46rom here on\r\n=2E\r\nna=C3=AFve =3D yes=20\r\n") != text.npos);
  CHECK(text.find("Content-Type: text/html; charset=utf-8") != text.npos);
  Mail odd = sample();
  odd.subject = "Schrödinger's " + std::string(100, 'x') + "\r\nBcc: eve@example.org";
  odd.text = std::string(1000, 'a') + std::string(200, '\xc3');
  const std::string long_text = mail_text(odd);
  CHECK(long_text.find("\r\nBcc:") == long_text.npos);
  for (size_t at = 0; at < long_text.size();) {
    const size_t end = long_text.find("\r\n", at);
    REQUIRE(end != long_text.npos);
    CHECK(end - at <= 78);
    at = end + 2;
  }
  CHECK(
      std::ranges::all_of(long_text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
}

TEST_CASE("mail: what is no address is refused") {
  CHECK(address_of("ada@example.org") == "ada@example.org");
  CHECK(address_of("Ada <a.d+a@example.org>") == "a.d+a@example.org");
  CHECK(message_of("ada") == "'ada' is no mail address, expected name@host");
  for (const char* text : {"", "@x.org", "a@", "a@b@c", "a b@c.org", "a@x.org\r\nBcc: b@x.org",
                           "a@x.org,b@x.org", "<a@x.org", "a@.org", "a@x.org.", "\"a\"@x.org"})
    CHECK_MESSAGE((message_of(text) != "" || std::string(text) == "<a@x.org"), text);
}

TEST_CASE("mbox: mails follow each other, borders inside a text are quoted, ids are found") {
  const data::Scratch scratch;
  const auto sink = mbox_sink(scratch / "mails");
  Mail second = sample();
  second.id = "digest.2@example.org";
  int began = 0;
  CHECK(sink->send(sample(), [&] { ++began; }).kind == MailAnswer::Kind::taken);
  CHECK(sink->has("digest.2@example.org") == false);
  sink->send(second, [&] { ++began; });
  CHECK(began == 2);
  CHECK(sink->has("digest.2@example.org") == true);
  const std::string mails = read_file(scratch / "mails");
  CHECK(mails.starts_with("From papers@example.org Mon, 02 Apr 2007"));
  CHECK(mails.find("\n\nFrom papers@example.org") != mails.npos);
  CHECK(mails.find('\r') == mails.npos);
  CHECK_THROWS_AS(sink->send(second, [] { fail("no"); }), Error);
  CHECK(read_file(scratch / "mails") == mails);
  CHECK_THROWS_AS(mbox_sink(scratch / "no/such/mails"), Error);
}

TEST_CASE("SMTP: taken, refused, or unknown where the answer was lost") {
  int began = 0;
  {
    const TinyServer server("250 taken");
    const auto sink = smtp_sink(server.url());
    CHECK(sink->send(sample(), [&] { ++began; }).kind == MailAnswer::Kind::taken);
    CHECK(server.received() == mail_text(sample()));
  }
  CHECK(began == 1);
  const MailAnswer refused = send_to("554 no", began);
  CHECK(refused.kind == MailAnswer::Kind::refused);
  CHECK(refused.reason.starts_with("mail server 127.0.0.1:"));
  CHECK(began == 2);
  CHECK(send_to("", began).kind == MailAnswer::Kind::unknown);
  CHECK(began == 3);
  CHECK(smtp_sink("smtp://127.0.0.1:1")->send(sample(), [&] { ++began; }).kind ==
        MailAnswer::Kind::refused);
  CHECK(began == 3);
  CHECK_THROWS_AS(smtp_sink("http://x"), Error);
}
