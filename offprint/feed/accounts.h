// Accounts: names, passwords (Argon2id by libsodium), sessions by random tokens of which the store
// keeps hashes only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "offprint/store/people.h"

namespace offprint::feed {

// 32 random bytes from the system as text that fits into cookies and addresses.
std::string random_token();
std::string token_hash(std::string_view token);

// Throws Error on a name other than 2 .. 32 letters, digits, '-', '_' and '.', beginning with a
// letter, or a password of fewer than 8 or more than 1000 bytes.
void check_name(std::string_view name);
void check_password(std::string_view password);

struct PasswordCost {
  uint64_t operations = 2, memory_bytes = 64 << 20;  // libsodium's "interactive"
};
std::string hash_password(std::string_view password, const PasswordCost& cost = {});

// The new user. Throws Error as above and on a name that is taken.
store::User sign_up(store::Database& database, std::string_view name, std::string_view password,
                    store::Role role, int64_t now, const PasswordCost& cost = {});
// Nothing on a wrong name or password, after the same time for both.
std::optional<store::User> check_login(const store::Database& database, std::string_view name,
                                       std::string_view password);
void change_password(store::Database& database, int64_t user, std::string_view password,
                     const PasswordCost& cost = {});

// The token to hand out; it is not stored.
std::string open_session(store::Database& database, int64_t user, std::string_view kind,
                         std::string_view label, int64_t now, int64_t seconds);
std::optional<store::User> user_of_token(const store::Database& database, std::string_view token,
                                         int64_t now);
void close_session(store::Database& database, std::string_view token);

}  // namespace offprint::feed
