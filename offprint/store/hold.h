// One at a time, over all processes of a database: for work beside it, such as sending mail.
#pragma once
#include <memory>
#include <string_view>

#include "offprint/store/database.h"

namespace offprint::store {

// Lets go when it is destroyed, or its process ends, however it ends.
class Hold {
 public:
  virtual ~Hold() = default;
};

// Nothing where somebody holds this work already. Never waits. Throws Error where the lock (beside
// an SQLite file: its path and ".WORK") cannot be made.
std::unique_ptr<Hold> hold(const Database& database, std::string_view work);

}  // namespace offprint::store
