// The digest: trending papers by mail, one mail a subscriber and period.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "offprint/core/progress.h"
#include "offprint/feed/calendar.h"
#include "offprint/feed/mail.h"
#include "offprint/store/paper.h"
#include "offprint/store/subscriptions.h"

namespace offprint::feed {

struct AskedSubscription {
  std::string confirm_token;  // goes into the mail that asks; the store keeps its hash
  bool already = false;       // the address is in: no mail is due
};
// Throws Error on what is no mail address.
AskedSubscription subscribe(store::Database& database, std::string_view email, int64_t now);
// The mail that asks the address's owner.
Mail confirmation_mail(const std::string& from, std::string_view email, const std::string& site,
                       const std::string& confirm_token, int64_t now);
// False for a token that is unknown or older than three days.
bool confirm(store::Database& database, std::string_view token, int64_t now);

struct DigestOptions {
  Period period;     // its papers, trending first
  std::string from;  // "Offprint <papers@example.org>"
  std::string site = "http://localhost:8400";
  int64_t most_papers = 20;
  int64_t now = 0;
};

struct DigestCount {
  int64_t papers = 0;  // none: nothing was sent
  int64_t sent = 0, failed = 0;
  int64_t unsure = 0;  // perhaps taken: the sender died or the answer was lost; not sent again
  std::string first_reason;
  bool stopped = false;
};

Mail digest_mail(const DigestOptions& options, std::span<const store::Paper> papers,
                 const store::Subscription& subscriber);

// Mails everybody who has none of this period yet. May be stopped or killed at any moment and
// called again: nobody gets two. One sender at a time: throws Error where another is at it.
DigestCount send_digest(store::Database& database, const DigestOptions& options, MailSink& sink,
                        Progress& progress);

}  // namespace offprint::feed
