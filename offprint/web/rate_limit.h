// How often somebody may do something: so many times in so many seconds.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace offprint::web {

// Used from any number of threads; remembers at most ten thousand names.
class RateLimit {
 public:
  RateLimit(int64_t most, int64_t seconds) : most_(most), seconds_(seconds) {}
  // Counts one; false where `name` has had its share of the seconds before `now`.
  bool take(const std::string& name, int64_t now);
  // True where take would be false; counts nothing.
  bool exhausted(const std::string& name, int64_t now);
  int64_t seconds() const { return seconds_; }

 private:
  struct Window {
    int64_t began = 0, count = 0;
  };
  Window& window(const std::string& name, int64_t now);
  int64_t most_, seconds_;
  std::mutex mutex_;
  std::unordered_map<std::string, Window> windows_;
};

}  // namespace offprint::web
