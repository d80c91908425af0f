// Who gets the digest, and which mails went out. A subscription counts once its address was
// confirmed (double opt-in).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/store/database.h"

namespace offprint::store {

struct Subscription {
  int64_t key = 0;
  std::string email;
  std::string leave_token;  // in the unsubscribe link of every mail
  int64_t asked_at = 0, confirmed_at = 0;
};

// Asks anew where the address waits for confirmation; false and no change where it is confirmed
// already.
bool ask_subscription(Database& database, std::string_view email, std::string_view confirm_hash,
                      std::string_view leave_token, int64_t now);
// The subscription that this token confirms, asked for after `asked_after`; nothing for any other.
std::optional<Subscription> confirm_subscription(Database& database, std::string_view confirm_hash,
                                                 int64_t asked_after, int64_t now);
bool leave_subscription(Database& database, std::string_view leave_token);  // false: not known
int64_t count_subscriptions(const Database& database);                      // confirmed

// Confirmed subscriptions with a key above `after` that have no mail of this period, by key.
std::vector<Subscription> undelivered(const Database& database, std::string_view period,
                                      int64_t after, int64_t limit);
// True for the one caller that may send this mail now: nobody else began to before.
bool begin_delivery(Database& database, int64_t subscription, std::string_view period, int64_t now);
// "" for a mail that was taken; else why not: such mails may be begun again.
void end_delivery(Database& database, int64_t subscription, std::string_view period,
                  std::string_view error, int64_t now);
// Mails that were begun and never ended: their sender died between asking and noting the answer.
// Whether they were taken is not known, so they are not sent again.
std::vector<Subscription> unsure(const Database& database, std::string_view period);
int64_t count_unsure(const Database& database, std::string_view period);

}  // namespace offprint::store
