#include "offprint/store/subscriptions.h"

#include "offprint/store/connection.h"

namespace offprint::store {
namespace {

const std::string kSelect =
    "SELECT key, email, leave_token, asked_at, confirmed_at FROM subscriptions ";

Subscription read_subscription(const Row& row) {
  return {row.integer(0), std::string(row.text(1)), std::string(row.text(2)), row.integer(3),
          row.integer(4)};
}

}  // namespace

bool ask_subscription(Database& database, std::string_view email, std::string_view confirm_hash,
                      std::string_view leave_token, int64_t now) {
  int64_t changed = 0;
  database.write([&](Connection& connection) {
    changed = connection.run(
        "INSERT INTO subscriptions(email, confirm_hash, leave_token, asked_at) VALUES($1, $2, $3, "
        "$4) ON CONFLICT(email) DO UPDATE SET confirm_hash = excluded.confirm_hash, asked_at = "
        "excluded.asked_at WHERE subscriptions.confirmed_at = 0",
        {email, confirm_hash, leave_token, now});
  });
  return changed == 1;
}

std::optional<Subscription> confirm_subscription(Database& database, std::string_view confirm_hash,
                                                 int64_t asked_after, int64_t now) {
  std::optional<Subscription> confirmed;
  database.write([&](Connection& connection) {
    // The first time counts: a link that is followed twice says yes twice.
    connection.run(
        "UPDATE subscriptions SET confirmed_at = CASE confirmed_at WHEN 0 THEN $3 ELSE "
        "confirmed_at END WHERE confirm_hash = $1 AND (asked_at > $2 OR confirmed_at > 0) "
        "RETURNING key, email, leave_token, asked_at, confirmed_at",
        {confirm_hash, asked_after, now},
        [&](const Row& row) { confirmed = read_subscription(row); });
  });
  return confirmed;
}

bool leave_subscription(Database& database, std::string_view leave_token) {
  int64_t changed = 0;
  database.write([&](Connection& connection) {
    changed = connection.run("DELETE FROM subscriptions WHERE leave_token = $1", {leave_token});
  });
  return changed == 1;
}

int64_t count_subscriptions(const Database& database) {
  int64_t count = 0;
  database.read([&](Connection& connection) {
    count = connection.number("SELECT count(*) FROM subscriptions WHERE confirmed_at > 0");
  });
  return count;
}

std::vector<Subscription> undelivered(const Database& database, std::string_view period,
                                      int64_t after, int64_t limit) {
  std::vector<Subscription> found;
  database.read([&](Connection& connection) {
    connection.run(kSelect +
                       "WHERE confirmed_at > 0 AND key > $2 AND NOT EXISTS (SELECT 1 FROM "
                       "deliveries WHERE subscription = subscriptions.key AND period = $1 AND "
                       "state <> 'failed') ORDER BY key LIMIT $3",
                   {period, after, limit},
                   [&](const Row& row) { found.push_back(read_subscription(row)); });
  });
  return found;
}

bool begin_delivery(Database& database, int64_t subscription, std::string_view period,
                    int64_t now) {
  int64_t changed = 0;
  database.write([&](Connection& connection) {
    changed = connection.run(
        "INSERT INTO deliveries(subscription, period, state, at) SELECT key, $2, 'sending', $3 "
        "FROM subscriptions WHERE key = $1 ON CONFLICT(subscription, period) DO UPDATE SET state = "
        "'sending', at = excluded.at WHERE deliveries.state = 'failed'",
        {subscription, period, now});
  });
  return changed == 1;
}

void end_delivery(Database& database, int64_t subscription, std::string_view period,
                  std::string_view error, int64_t now) {
  database.write([&](Connection& connection) {
    connection.run(
        "UPDATE deliveries SET state = $3, error = $4, at = $5 WHERE subscription = $1 AND period "
        "= $2",
        {subscription, period, error.empty() ? "sent" : "failed", error, now});
  });
}

std::vector<Subscription> unsure(const Database& database, std::string_view period) {
  std::vector<Subscription> found;
  database.read([&](Connection& connection) {
    connection.run(kSelect +
                       "WHERE key IN (SELECT subscription FROM deliveries WHERE period = $1 AND "
                       "state = 'sending') ORDER BY key",
                   {period}, [&](const Row& row) { found.push_back(read_subscription(row)); });
  });
  return found;
}

int64_t count_unsure(const Database& database, std::string_view period) {
  int64_t count = 0;
  database.read([&](Connection& connection) {
    count = connection.number(
        "SELECT count(*) FROM deliveries WHERE period = $1 AND state = 'sending'", {period});
  });
  return count;
}

}  // namespace offprint::store
