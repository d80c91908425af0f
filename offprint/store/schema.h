// The tables, as numbered steps from an empty file to the newest form. A step that was released is
// never changed; a new form is a new step.
#pragma once
#include <span>
#include <string>

#include "offprint/store/connection.h"

namespace offprint::store {

// Step i brings version i to i + 1, in every dialect.
std::span<const char* const> schema_steps(Dialect dialect);
std::span<const char* const> sqlite_steps();
std::span<const char* const> postgres_steps();

// Applies the steps that are missing, each whole or not at all, up to `version` (all by default).
// Safe where several processes start at once. Throws Error where the file is newer than `steps`.
void migrate(Connection& connection, const std::string& location, size_t version = SIZE_MAX);

}  // namespace offprint::store
