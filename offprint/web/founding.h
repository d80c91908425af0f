// The door between the catalog and the feed: the founding papers as the store's records.
#pragma once
#include "offprint/papers/paper.h"
#include "offprint/store/database.h"
#include "offprint/store/paper.h"

namespace offprint::web {

store::Paper record_of(const papers::Paper& paper);

// Puts the 41 into the store as listed on 2025-10-30, and says which of them run. Changes nothing
// that is newer there.
void list_founding(store::Database& database);

}  // namespace offprint::web
