// SHA-256 sums as 64 lower-case hexadecimal digits, or in Base64 (libsodium).
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace offprint::data {

// A sum over bytes that come piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(std::string_view bytes);
  // One of them, once, after the last add.
  std::string hex();
  std::string base64();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256(std::string_view bytes);
std::string sha256_base64(std::string_view bytes);  // as content policies of pages write it
std::string sha256_of_file(const std::filesystem::path& path);  // throws Error

}  // namespace offprint::data
