#include "offprint/store/schema.h"

#include <algorithm>

#include "offprint/core/error.h"

namespace offprint::store {
namespace {

int64_t version_of(Connection& connection) {
  if (connection.dialect() == Dialect::sqlite) return connection.number("PRAGMA user_version");
  if (connection.number("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND "
                        "tablename = 'schema_version'") == 0)
    return 0;
  return connection.number("SELECT version FROM schema_version");
}

void set_version(Connection& connection, size_t version) {
  connection.run_script(
      connection.dialect() == Dialect::sqlite
          ? fmt::format("PRAGMA user_version={}", version)
          : fmt::format("CREATE TABLE IF NOT EXISTS schema_version(version BIGINT NOT NULL); "
                        "DELETE FROM schema_version; INSERT INTO schema_version VALUES({})",
                        version));
}

}  // namespace

std::span<const char* const> schema_steps(Dialect dialect) {
  return dialect == Dialect::sqlite ? sqlite_steps() : postgres_steps();
}

void migrate(Connection& connection, const std::string& location, size_t version) {
  const auto steps = schema_steps(connection.dialect());
  const size_t wanted = std::min(version, steps.size());
  const auto present = [&] { return version_of(connection); };
  require(present() <= static_cast<int64_t>(steps.size()),
          "store: {} has schema {}, expected at most {}: a newer Offprint wrote it", location,
          present(), steps.size());
  while (present() < static_cast<int64_t>(wanted))
    in_transaction(connection, [&](Connection&) {
      // Another process may have been first.
      const auto step = static_cast<size_t>(present());
      if (step >= wanted) return;
      connection.run_script(steps[step]);
      set_version(connection, step + 1);
    });
}

}  // namespace offprint::store
