// What papers mean as vectors, in bytes that the feed writes and reads; and which papers still
// lack one.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/store/database.h"
#include "offprint/store/paper.h"

namespace offprint::store {

struct PaperVector {
  int64_t key = 0;  // of the paper
  std::string bytes;
};

// Replaces those that are there. Papers that have gone meanwhile are passed over. A paper whose
// title, summary or abstract changes loses its vector.
void put_vectors(Database& database, std::span<const PaperVector> vectors);

// Calls `use` on the vectors with a stamp above `after`, in the order of their writing. Returns the
// newest stamp there is (`after` where there is none above).
int64_t each_vector(const Database& database, int64_t after,
                    const std::function<void(int64_t key, std::string_view bytes)>& use);
std::string vector_of(const Database& database, int64_t key);  // "" where there is none
int64_t count_vectors(const Database& database);
void forget_vectors(Database& database);

// Papers without a vector and with a key above `after`, in the order of keys.
std::vector<Paper> papers_without_vector(const Database& database, int64_t after, int64_t limit);

}  // namespace offprint::store
