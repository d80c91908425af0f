#include "offprint/tasks/model_state.h"

#include <algorithm>

#include "offprint/core/error.h"

namespace offprint::tasks {

ModelState ModelState::truncated(int64_t length) const {
  require(length >= 0 && length <= static_cast<int64_t>(tokens.size()),
          "a state of {} tokens, expected at least {}", tokens.size(), length);
  return {{tokens.begin(), tokens.begin() + length},
          cache.truncated(std::min(length, cache.length()))};
}

}  // namespace offprint::tasks
