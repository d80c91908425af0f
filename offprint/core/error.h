// The one exception type for everything a user can cause: input, shape, file, network.
// A message is one line that names the operation, what was got and what was expected.
#pragma once
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace offprint {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What the program itself stands on is not there: its database is damaged, its disk full. Nobody
// who asks for a page is to blame.
class Unavailable : public Error {
 public:
  using Error::Error;
};

// Thrown where a stop request (Ctrl-C, the page's stop button) ends work that has nothing to keep.
class Stopped : public std::runtime_error {
 public:
  Stopped() : std::runtime_error("stopped on request") {}
};

template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(fmt::format(format, std::forward<Args>(args)...));
}

// require(ok, "selective_scan: dt is {}, expected (B,L,D)", shape) throws Error unless ok.
template <class... Args>
void require(bool ok, fmt::format_string<Args...> format, Args&&... args) {
  if (!ok) fail(format, std::forward<Args>(args)...);
}

}  // namespace offprint
