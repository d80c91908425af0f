#include "offprint/web/rate_limit.h"

namespace offprint::web {
namespace {
constexpr size_t kMostNames = 10000;
}

RateLimit::Window& RateLimit::window(const std::string& name, int64_t now) {
  if (windows_.size() >= kMostNames && !windows_.contains(name)) {
    std::erase_if(windows_,
                  [&](const auto& entry) { return now - entry.second.began >= seconds_; });
    // So many at once are an attack: all begin anew rather than fill the memory.
    if (windows_.size() >= kMostNames) windows_.clear();
  }
  Window& found = windows_[name];
  if (now - found.began >= seconds_) found = {now, 0};
  return found;
}

bool RateLimit::take(const std::string& name, int64_t now) {
  const std::lock_guard lock(mutex_);
  Window& found = window(name, now);
  if (found.count >= most_) return false;
  ++found.count;
  return true;
}

bool RateLimit::exhausted(const std::string& name, int64_t now) {
  const std::lock_guard lock(mutex_);
  return window(name, now).count >= most_;
}

}  // namespace offprint::web
