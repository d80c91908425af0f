// SQLite as a Connection.
#pragma once
#include <filesystem>
#include <memory>

#include "offprint/store/connection.h"

namespace offprint::store {

// Opens the file, makes it where it is missing (writers only), in WAL mode with foreign keys; a
// commit is on the disk when it returns. Waits up to ten seconds for another program's lock.
// Throws Error: "store: PATH is damaged ...", "... is full ...", "... is locked ...", "... cannot
// be opened ...", here and from every call on the connection.
std::unique_ptr<Connection> open_sqlite(const std::filesystem::path& path, Access access);

}  // namespace offprint::store
