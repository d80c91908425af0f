#include "offprint/data/sha256.h"

#include <sodium.h>

#include <array>

#include "offprint/core/error.h"
#include "offprint/core/file.h"

namespace offprint::data {

struct Sha256::State {
  crypto_hash_sha256_state sum;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(sodium_init() >= 0, "sha256: libsodium does not start");
  crypto_hash_sha256_init(&state_->sum);
}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  crypto_hash_sha256_update(&state_->sum, reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
}

std::string Sha256::hex() {
  std::array<unsigned char, crypto_hash_sha256_BYTES> sum;
  crypto_hash_sha256_final(&state_->sum, sum.data());
  return fmt::format("{:02x}", fmt::join(sum, ""));
}

std::string Sha256::base64() {
  std::array<unsigned char, crypto_hash_sha256_BYTES> sum;
  crypto_hash_sha256_final(&state_->sum, sum.data());
  std::array<char,
             sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, sodium_base64_VARIANT_ORIGINAL)>
      text;
  return sodium_bin2base64(text.data(), text.size(), sum.data(), sum.size(),
                           sodium_base64_VARIANT_ORIGINAL);
}

std::string sha256(std::string_view bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.hex();
}

std::string sha256_base64(std::string_view bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.base64();
}

std::string sha256_of_file(const std::filesystem::path& path) {
  const MemoryMap map(path);
  return sha256({reinterpret_cast<const char*>(map.bytes().data()), map.bytes().size()});
}

}  // namespace offprint::data
