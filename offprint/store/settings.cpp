#include "offprint/store/settings.h"

#include "offprint/store/connection.h"

namespace offprint::store {

std::optional<std::string> setting(const Database& database, std::string_view name) {
  std::optional<std::string> value;
  database.read([&](Connection& connection) {
    connection.run("SELECT value FROM settings WHERE name = $1", {name},
                   [&](const Row& row) { value = row.text(0); });
  });
  return value;
}

void set_setting(Database& database, std::string_view name, std::string_view value) {
  database.write([&](Connection& connection) {
    connection.run(
        "INSERT INTO settings(name, value) VALUES($1, $2) ON CONFLICT(name) DO UPDATE SET value = "
        "excluded.value",
        {name, value});
  });
}

}  // namespace offprint::store
