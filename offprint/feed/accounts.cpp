#include "offprint/feed/accounts.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "offprint/core/error.h"
#include "offprint/data/sha256.h"

namespace offprint::feed {
namespace {

constexpr size_t kTokenBytes = 32;
constexpr size_t kLeastPassword = 8, kMostPassword = 1000;

void need_sodium() { require(sodium_init() >= 0, "accounts: libsodium cannot start"); }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::string random_token() {
  need_sodium();
  std::array<unsigned char, kTokenBytes> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  std::string text(sodium_base64_encoded_len(kTokenBytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                   '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();  // its zero byte
  return text;
}

// A token is random in all its bits: no salt, no slow hash.
std::string token_hash(std::string_view token) { return data::sha256(token); }

void check_name(std::string_view name) {
  const bool good =
      name.size() >= 2 && name.size() <= 32 && is_letter(name.front()) &&
      std::ranges::all_of(name, [](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
      });
  require(good, "name: expected 2 to 32 letters, digits, '-', '_' or '.', beginning with a letter");
}

void check_password(std::string_view password) {
  require(password.size() >= kLeastPassword && password.size() <= kMostPassword,
          "password: {} bytes, expected {} to {}", password.size(), kLeastPassword, kMostPassword);
}

std::string hash_password(std::string_view password, const PasswordCost& cost) {
  need_sodium();
  std::array<char, crypto_pwhash_argon2id_STRBYTES> hash;
  require(crypto_pwhash_argon2id_str(hash.data(), password.data(), password.size(), cost.operations,
                                     cost.memory_bytes) == 0,
          "password: no memory to hash it, expected {} MiB", cost.memory_bytes >> 20);
  return hash.data();
}

store::User sign_up(store::Database& database, std::string_view name, std::string_view password,
                    store::Role role, int64_t now, const PasswordCost& cost) {
  check_name(name);
  check_password(password);
  store::User user{.name = std::string(name),
                   .password = hash_password(password, cost),
                   .role = role,
                   .created_at = now};
  user.key = store::add_user(database, user);
  return user;
}

std::optional<store::User> check_login(const store::Database& database, std::string_view name,
                                       std::string_view password) {
  need_sodium();
  // Verified in place of a hash that is not there, so that time does not tell which names exist.
  static const std::string nobody = hash_password("nobody's password");
  std::optional<store::User> user = store::find_user(database, name);
  const bool known = user && !user->password.empty();
  const std::string& hash = known ? user->password : nobody;
  const bool right = password.size() <= kMostPassword &&
                     crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
  return known && right ? user : std::nullopt;
}

void change_password(store::Database& database, int64_t user, std::string_view password,
                     const PasswordCost& cost) {
  check_password(password);
  store::set_password(database, user, hash_password(password, cost));
}

std::string open_session(store::Database& database, int64_t user, std::string_view kind,
                         std::string_view label, int64_t now, int64_t seconds) {
  const std::string token = random_token();
  store::add_session(database, {token_hash(token), user, std::string(kind), std::string(label), now,
                                now + seconds});
  return token;
}

std::optional<store::User> user_of_token(const store::Database& database, std::string_view token,
                                         int64_t now) {
  const auto session = store::find_session(database, token_hash(token), now);
  return session ? store::user_of(database, session->user) : std::nullopt;
}

void close_session(store::Database& database, std::string_view token) {
  store::delete_session(database, token_hash(token));
}

}  // namespace offprint::feed
