// What a causal language model has read so far, with its keys and values.
#pragma once
#include <cstdint>
#include <vector>

#include "offprint/models/decoder.h"

namespace offprint::tasks {

// A value: copies go on independently and share what they have in common.
struct ModelState {
  std::vector<int64_t> tokens = {};
  models::KvCache cache = {};  // empty of models without one
  // The first `length` tokens. Throws Error on more than there are.
  ModelState truncated(int64_t length) const;
};

}  // namespace offprint::tasks
