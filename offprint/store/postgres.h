// PostgreSQL as a Connection (version 12 or newer, a database in UTF-8).
#pragma once
#include <memory>
#include <string>

#include "offprint/store/connection.h"

namespace offprint::store {

// Connects to "postgresql://user@host:port/name" as libpq reads it. One writes at a time: begin()
// waits for other processes' transactions as SQLite does, up to ten seconds. A connection that was
// lost (the server was started anew) is made again at the next statement outside a transaction.
// Text that is no UTF-8 is stored with U+FFFD in its place, a zero byte as a space.
// Throws Unavailable: "store: postgresql://HOST/NAME cannot be reached ...", "... is full ...",
// "... is locked ...", here and from every call; Error where a statement's values are refused.
std::unique_ptr<Connection> open_postgres(const std::string& url, Access access);

// The address without user, password and options: for messages.
std::string without_secrets(const std::string& url);

}  // namespace offprint::store
