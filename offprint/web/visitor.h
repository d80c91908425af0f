// Who asks: the person at this machine, somebody who logged in, or anyone; and what they may
// change.
#pragma once
#include <optional>
#include <string>

#include "offprint/core/error.h"
#include "offprint/store/people.h"

namespace offprint::web {

class Site;

// What a request says about its sender; "" where it says nothing.
struct Caller {
  std::string address;     // of the connection's other end
  std::string host;        // header Host: what name they call us by
  std::string origin;      // header Origin
  std::string fetch_site;  // header Sec-Fetch-Site
  std::string cookie;      // header Cookie
  std::string bearer;      // token of header Authorization
  bool forwarded = false;  // a proxy stands between
};

struct Visitor {
  std::optional<store::User> user = {};
  bool owner = false;           // at this machine, without logging in
  std::string session = {};     // token of the cookie that logged them in
  bool client = false;          // may ask below /v1
  std::string form_token = {};  // stands in every form of ours, and in no page of a stranger
  bool may(store::Role least) const { return user && user->role >= least; }
};

class UnknownToken : public Error {
 public:
  using Error::Error;
};

// Nobody by a session that has ended. Throws UnknownToken on a bearer's.
Visitor visitor_of(const Site& site, const Caller& caller);
// The same below /v1, whose clients send a key whether one is needed or not: the server's own key,
// a user's token, and where the server has no key anything from the owner's machine.
Visitor client_of(const Site& site, const Caller& caller);

// True where the browser says that a page of another site asks.
bool from_foreign_page(const Caller& caller);
// Browsers say where a request comes from; programs do not.
inline bool from_browser(const Caller& caller) {
  return !caller.origin.empty() || !caller.fetch_site.empty();
}

// Value of the header Set-Cookie that logs in, or out where the token is empty.
std::string session_cookie(const std::string& token, bool secure);
constexpr int64_t kSessionSeconds = 30 * 86400;

}  // namespace offprint::web
