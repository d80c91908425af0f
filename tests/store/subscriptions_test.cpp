#include "offprint/store/subscriptions.h"

#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::store;

namespace {
int64_t confirmed(Database& database, const std::string& name) {
  ask_subscription(database, name + "@x.org", "confirm-" + name, "leave-" + name, 100);
  return confirm_subscription(database, "confirm-" + name, 0, 110)->key;
}
}  // namespace

TEST_CASE("subscriptions: count once confirmed, in time; asking again renews the question") {
  ScratchDatabase db;
  CHECK(ask_subscription(db, "a@x.org", "c1", "l1", 100));
  CHECK(count_subscriptions(db) == 0);
  CHECK(undelivered(db, "2025-W44", 0, 10).empty());
  CHECK(!confirm_subscription(db, "c1", 100, 110));  // asked too long ago
  CHECK(!confirm_subscription(db, "wrong", 0, 110));
  CHECK(ask_subscription(db, "a@x.org", "c2", "l2", 105));
  CHECK(!confirm_subscription(db, "c1", 0, 110));
  CHECK(confirm_subscription(db, "c2", 0, 110)->confirmed_at == 110);
  CHECK(confirm_subscription(db, "c2", 0, 120)->confirmed_at == 110);
  CHECK(count_subscriptions(db) == 1);
  // Somebody else's wish changes nothing for one who is in.
  CHECK(!ask_subscription(db, "a@x.org", "c3", "l3", 130));
  CHECK(!leave_subscription(db, "l3"));
  CHECK(leave_subscription(db, "l1"));
  CHECK(!leave_subscription(db, "l1"));
  CHECK(count_subscriptions(db) == 0);
}

TEST_CASE("deliveries: one mail a subscriber and period; failed ones may be begun again") {
  ScratchDatabase db;
  const int64_t a = confirmed(db, "a"), b = confirmed(db, "b");
  CHECK(undelivered(db, "W1", 0, 10).size() == 2);
  CHECK(undelivered(db, "W1", a, 10).front().key == b);
  CHECK(begin_delivery(db, a, "W1", 1));
  CHECK(!begin_delivery(db, a, "W1", 1));
  CHECK(count_unsure(db, "W1") == 1);
  CHECK(undelivered(db, "W1", 0, 10).size() == 1);
  end_delivery(db, a, "W1", "", 2);
  CHECK(count_unsure(db, "W1") == 0);
  CHECK(!begin_delivery(db, a, "W1", 3));
  CHECK(begin_delivery(db, a, "W2", 3));
  begin_delivery(db, b, "W1", 3);
  end_delivery(db, b, "W1", "mailbox full", 4);
  CHECK(undelivered(db, "W1", 0, 10).front().key == b);
  CHECK(begin_delivery(db, b, "W1", 5));
  CHECK(!begin_delivery(db, 99, "W1", 5));
  leave_subscription(db, "leave-b");
  CHECK(undelivered(db, "W1", 0, 10).empty());
}
