// A PaperFilter in SQL: for this room's files.
#pragma once
#include <array>
#include <string>

#include "offprint/store/connection.h"
#include "offprint/store/paper_filter.h"

namespace offprint::store {

// " AND ..." over the columns of a table named p (papers); arguments $1 .. $5 are those below.
std::string condition(const PaperFilter& filter);

constexpr size_t kConditionArguments = 5;
// They look into the filter.
std::array<Value, kConditionArguments> condition_arguments(const PaperFilter& filter);

}  // namespace offprint::store
