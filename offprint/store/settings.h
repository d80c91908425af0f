// Small facts the feed keeps beside the papers, by name.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "offprint/store/database.h"

namespace offprint::store {

std::optional<std::string> setting(const Database& database, std::string_view name);
void set_setting(Database& database, std::string_view name, std::string_view value);

}  // namespace offprint::store
