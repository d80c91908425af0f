#include "offprint/web/visitor.h"

#include <fmt/format.h>

#include <algorithm>

#include "offprint/feed/accounts.h"
#include "offprint/web/site.h"

namespace offprint::web {
namespace {

constexpr std::string_view kCookie = "offprint_session=";

bool is_loopback(std::string_view address) {
  if (address.starts_with("::ffff:")) address.remove_prefix(7);
  return address == "::1" || address.starts_with("127.");
}

// "localhost:8400" -> "localhost", "[::1]:8400" -> "[::1]".
std::string_view name_of(std::string_view host) {
  const size_t colon = host.rfind(':');
  const bool port = colon != host.npos && host.find(']', colon) == host.npos;
  return port ? host.substr(0, colon) : host;
}

// A stranger's name that leads to this machine (DNS rebinding) would share our origin, and a proxy
// here brings everybody's requests.
bool at_this_machine(const Caller& caller) {
  const std::string_view name = name_of(caller.host);
  return is_loopback(caller.address) && !caller.forwarded &&
         (name == "localhost" || name == "127.0.0.1" || name == "[::1]");
}

std::string session_of(std::string_view cookies) {
  for (size_t at = 0; at < cookies.size();) {
    const size_t end = std::min(cookies.find(';', at), cookies.size());
    std::string_view one = cookies.substr(at, end - at);
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.starts_with(kCookie)) return std::string(one.substr(kCookie.size()));
    at = end + 1;
  }
  return "";
}

}  // namespace

Visitor visitor_of(const Site& site, const Caller& caller) {
  Visitor visitor;
  if (!caller.bearer.empty()) {
    visitor.user = feed::user_of_token(site.database(), caller.bearer, now_seconds());
    if (!visitor.user) throw UnknownToken("This token is unknown or has ended.");
    return visitor;
  }
  if (const std::string session = session_of(caller.cookie); !session.empty()) {
    visitor.user = feed::user_of_token(site.database(), session, now_seconds());
    if (visitor.user) visitor.session = session;
  }
  if (!visitor.user && site.owner() && at_this_machine(caller))
    visitor.user = site.owner(), visitor.owner = true;
  visitor.form_token =
      feed::token_hash(site.secret() + (visitor.owner ? "owner" : visitor.session));
  return visitor;
}

Visitor client_of(const Site& site, const Caller& caller) {
  const std::string& key = site.options().api_key;
  // Sums are compared, so that the time it takes tells nothing of the key.
  if (!key.empty() && feed::token_hash(caller.bearer) == feed::token_hash(key)) {
    Visitor visitor;
    visitor.client = true;
    return visitor;
  }
  Caller plain = caller;
  if (key.empty() && site.owner() && at_this_machine(caller)) plain.bearer.clear();
  Visitor visitor = visitor_of(site, plain);
  // With a key, the owner is let in by our own page alone: programs have it.
  visitor.client = visitor.user && (key.empty() || !visitor.owner || from_browser(caller));
  return visitor;
}

bool from_foreign_page(const Caller& caller) {
  const bool foreign_site = !caller.fetch_site.empty() && caller.fetch_site != "same-origin" &&
                            caller.fetch_site != "none";
  const bool foreign_origin = !caller.origin.empty() && caller.origin != "http://" + caller.host &&
                              caller.origin != "https://" + caller.host;
  return foreign_site || foreign_origin;
}

std::string session_cookie(const std::string& token, bool secure) {
  return fmt::format("{}{}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", kCookie, token,
                     token.empty() ? 0 : kSessionSeconds, secure ? "; Secure" : "");
}

}  // namespace offprint::web
