#include "offprint/web/server.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "offprint/core/error.h"
#include "offprint/core/plot_colours.h"
#include "offprint/data/sha256.h"
#include "offprint/web/forms.h"
#include "offprint/web/routes.h"
#include "offprint/web/visitor.h"

namespace offprint::web {
namespace {

constexpr size_t kThreads = 16, kMostListeners = 128, kMostPath = 2000;
// Of members' tables; what anybody may send is short.
constexpr size_t kMostUpload = 64 << 20, kMostBody = 1 << 20;
constexpr int64_t kTurnsBetweenLooks = 100;  // of 20 ms
constexpr int kMostUnaccepted = 512;
constexpr int kSeconds = 5;  // to read a request, to write an answer, to wait for the next

// Nobody outside learns which page a link was on. With "no-referrer" browsers send our own forms
// with "Origin: null", as a stranger's page does.
constexpr const char* kReferrers = "same-origin";

// Scripts and styles come from our files alone, but for the style sheet that every SVG figure
// carries, named by its sum.
std::string content_policy() {
  return fmt::format(
      "default-src 'none'; style-src 'self' 'sha256-{}'; img-src 'self' data:; script-src 'self'; "
      "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      data::sha256_base64(plot_style()));
}

void send(const Reply& reply, httplib::Response& response) {
  response.status = reply.status;
  if (!reply.location.empty()) response.set_header("Location", reply.location);
  if (!reply.cookie.empty()) response.set_header("Set-Cookie", reply.cookie);
  if (!reply.allow.empty()) response.set_header("Allow", reply.allow);
  if (reply.status == 429) response.set_header("Retry-After", "60");
  response.set_header("Cache-Control",
                      reply.keep ? "public, max-age=31536000, immutable" : "no-cache");
  response.set_content(reply.body, reply.type.c_str());
}

std::string bearer_of(const std::string& authorization) {
  constexpr std::string_view kBearer = "Bearer ";
  return authorization.starts_with(kBearer) ? authorization.substr(kBearer.size()) : "";
}

Caller caller_of(const httplib::Request& given) {
  Caller caller{given.remote_addr,
                given.get_header_value("Host"),
                given.get_header_value("Origin"),
                given.get_header_value("Sec-Fetch-Site"),
                given.get_header_value("Cookie"),
                bearer_of(given.get_header_value("Authorization"))};
  for (const char* header : {"X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"})
    caller.forwarded = caller.forwarded || given.has_header(header);
  return caller;
}

bool below_v1(std::string_view path) { return path.starts_with("/v1/"); }

Request request_of(Site& site, const httplib::Request& given, const std::string& address) {
  Request request;
  request.path = given.path, request.address = address, request.body = given.body;
  request.peer = given.remote_addr, request.visitor = below_v1(given.path)
                                                          ? client_of(site, caller_of(given))
                                                          : visitor_of(site, caller_of(given));
  for (size_t i = 1; i < given.matches.size(); ++i) request.captures.push_back(given.matches[i]);
  for (const auto& [name, value] : given.params) request.parameters.emplace(name, value);
  for (const auto& [name, part] : given.files) request.parameters.emplace(name, part.content);
  return request;
}

struct Compiled {
  Route route;
  std::regex pattern;
};
const std::vector<Compiled>& compiled_routes() {
  static const std::vector<Compiled> all = [] {
    std::vector<Compiled> found;
    for (const Route& route : all_routes()) found.push_back({route, std::regex(route.pattern)});
    return found;
  }();
  return all;
}

// The route that a post goes to, with what its groups match; nullptr where there is none.
const Route* post_route(const std::string& path, std::smatch& groups) {
  const auto& all = compiled_routes();
  const auto one = std::ranges::find_if(all, [&](const Compiled& c) {
    return c.route.post != Post::no && std::regex_match(path, groups, c.pattern);
  });
  return one == all.end() ? nullptr : &one->route;
}

// 405 with the methods of the first pattern that matches; 404 where none does.
Reply wrong_method(const std::string& path) {
  const auto& all = compiled_routes();
  const auto first = std::ranges::find_if(
      all, [&](const Compiled& c) { return std::regex_match(path, c.pattern); });
  if (first == all.end()) return error_reply(path, 404, "There is nothing at " + path);
  std::string allowed;
  for (const Compiled& c : all) {
    if (std::string_view(c.route.pattern) != first->route.pattern) continue;
    allowed += allowed.empty() ? "" : ", ";
    allowed += c.route.post == Post::no ? "GET, HEAD" : "POST";
  }
  Reply reply = error_reply(path, 405, "Only " + allowed + " is answered here.");
  reply.allow = allowed;
  return reply;
}

// The library's own failures: no route, a method it does not know, what is no HTTP. Of the last two
// it has not taken the path apart.
Reply plain_failure(const httplib::Request& request, int status) {
  constexpr std::array<std::string_view, 8> kKnown = {"GET",    "HEAD",    "POST",  "PUT",
                                                      "DELETE", "OPTIONS", "TRACE", "PATCH"};
  const std::string path = request.path.empty()
                               ? request.target.substr(0, request.target.find_first_of("?#"))
                               : request.path;
  const bool unknown_method = path.starts_with('/') && path.size() <= kMostPath &&
                              std::ranges::find(kKnown, request.method) == kKnown.end();
  if (status == 404 || (status == 400 && unknown_method)) return wrong_method(path);
  return error_reply(path, status, "The request could not be read.");
}

// Why this post is refused before its body is read; nothing where it is not.
std::optional<Reply> refusal(Site& site, const httplib::Request& request) {
  std::smatch groups;
  const Route* route = post_route(request.path, groups);
  if (request.method != "POST" || route == nullptr) return wrong_method(request.path);
  const bool anybodys =
      route->post == Post::anybody || route->post == Post::visitor || route->post == Post::client;
  if (anybodys && (request.get_header_value<uint64_t>("Content-Length") > kMostBody ||
                   request.has_header("Transfer-Encoding")))
    return error_reply(request.path, 413, "That is too long.");
  if (route->post == Post::anybody) return std::nullopt;
  const Caller caller = caller_of(request);
  if (from_foreign_page(caller))
    return error_reply(request.path, 403, "Another site's page asked for this; it was refused.");
  if (route->post == Post::visitor || route->post == Post::client) return std::nullopt;
  const Visitor visitor = visitor_of(site, caller);
  const bool api = request.path.starts_with("/api/");
  if (!visitor.user) {
    if (!api) return go_to("/login");
    return error_reply(request.path, 401,
                       "Log in, send a token (Authorization: Bearer), or ask at this machine.");
  }
  const store::Role least = route->post == Post::member ? store::Role::member : store::Role::reader;
  if (!visitor.may(least))
    return error_reply(request.path, 403,
                       fmt::format("This needs a {}; you are a {}.", store::role_name(least),
                                   store::role_name(visitor.user->role)));
  if (!visitor.owner && !site.writes.take(visitor.user->name, now_seconds()))
    return error_reply(request.path, 429, "Too much at once; wait a minute.");
  return std::nullopt;
}

// A form that a browser sends was made by us for this visitor; programs send no forms of ours.
bool form_is_ours(const Route& route, const httplib::Request& given, const Request& request) {
  if (route.post == Post::no || route.post == Post::anybody || route.post == Post::client)
    return true;
  if (given.path.starts_with("/api/") && !from_browser(caller_of(given))) return true;
  if (given.get_header_value("Content-Type").starts_with("application/json")) return true;
  return request.text(kTokenField) == request.visitor.form_token;
}

Reply answer_to(Site& site, const Route& route, const httplib::Request& given,
                const std::string& address) {
  const Request request = request_of(site, given, address);
  if (!form_is_ours(route, given, request))
    return error_reply(given.path, 403, "This form is too old; load its page again.");
  return route.answer(site, request);
}

// A run beside the server leaves its card on the shelf; lists show its verdicts soon after.
void look_for_cards(Site& site) {
  try {
    site.take_verdicts();
  } catch (const Error&) {
    // The database cannot be used just now: whoever asks for a page is told.
  }
}

// Two programs on one port would share its visitors; the library's own options allow it.
void own_the_port(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

struct Server::Parts {
  explicit Parts(Site& of) : site(of) {}
  Site& site;
  // Sends what reply.more gives until it ends, the reader leaves or the server does.
  void stream(const std::string& path, const Reply& reply, httplib::Response& response);
  Reply answer_bare(const httplib::Request& request);  // a post without a body
  std::atomic<size_t> listeners = 0;
  httplib::Server http;
  std::string address = {};
  int port = 0;
  socket_t socket = -1;  // that listens
  std::atomic<bool> ending = false;
};

void Server::Parts::stream(const std::string& path, const Reply& reply,
                           httplib::Response& response) {
  using Clock = std::chrono::steady_clock;
  static constexpr auto kPause = std::chrono::milliseconds(100);
  static constexpr auto kQuiet = std::chrono::seconds(10);  // then proxies may cut the line
  if (++listeners > kMostListeners) {
    --listeners;
    response.set_header("Retry-After", "10");
    send(error_reply(path.starts_with("/v1/") ? path : "/api/", 503,
                     "Too many are being answered just now; try again in a while."),
         response);
    return;
  }
  const auto spoke = std::make_shared<Clock::time_point>(Clock::now());
  const bool events = reply.type == "text/event-stream";
  response.body.clear();
  response.set_chunked_content_provider(
      reply.type.c_str(),
      [this, more = reply.more, waits = reply.more_waits, events, spoke](size_t,
                                                                         httplib::DataSink& sink) {
        auto text = ending ? std::nullopt : more();
        if (!text) {
          sink.done();
          return true;
        }
        if (text->empty() && events && Clock::now() - *spoke >= kQuiet) text = ": still here\n\n";
        if (text->empty()) {
          if (!sink.is_writable()) return false;  // the reader left
          if (!waits) std::this_thread::sleep_for(kPause);
          return true;
        }
        *spoke = Clock::now();
        return sink.write(text->data(), text->size());
      },
      [this](bool) { --listeners; });
}

Reply Server::Parts::answer_bare(const httplib::Request& request) {
  httplib::Request bare = request;
  const Route* route = post_route(bare.path, bare.matches);
  return route ? answer_to(site, *route, bare, address)
               : error_reply(request.path, 404, "There is nothing at " + request.path);
}

Server::Server(Site& site, const std::string& host, int port, std::string address)
    : parts_(std::make_unique<Parts>(site)) {
  httplib::Server& http = parts_->http;
  http.set_socket_options([this](socket_t socket) {
    own_the_port(socket);
    parts_->socket = socket;  // the last that is tried is the one bound
  });
  http.new_task_queue = [] { return new httplib::ThreadPool(kThreads + kMostListeners); };
  http.set_read_timeout(kSeconds), http.set_write_timeout(kSeconds);
  http.set_keep_alive_timeout(kSeconds), http.set_payload_max_length(kMostUpload);
  http.set_default_headers({{"Content-Security-Policy", content_policy()},
                            {"X-Content-Type-Options", "nosniff"},
                            {"Referrer-Policy", kReferrers}});
  http.set_pre_routing_handler(
      [this, &site](const httplib::Request& request, httplib::Response& response) {
        using Handled = httplib::Server::HandlerResponse;
        if (request.path.size() > kMostPath) {
          send(error_reply("/", 414, "That address is too long."), response);
          return Handled::Handled;
        }
        if (request.method == "GET" || request.method == "HEAD") return Handled::Unhandled;
        if (const auto reply = refusal(site, request)) {
          // Its body was not read; what follows on this connection would be taken for a request.
          response.set_header("Connection", "close");
          send(*reply, response);
          return Handled::Handled;
        }
        if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding"))
          return Handled::Unhandled;
        // Without a length the library would read until the caller hangs up; such a request has no
        // body.
        send(parts_->answer_bare(request), response);
        return Handled::Handled;
      });
  for (const Route& route : all_routes()) {
    const auto answer = [this, &site, route](const httplib::Request& request,
                                             httplib::Response& response) {
      const Reply reply = answer_to(site, route, request, parts_->address);
      send(reply, response);
      if (reply.more) parts_->stream(request.path, reply, response);
    };
    if (route.post != Post::no)
      http.Post(route.pattern, answer);
    else
      http.Get(route.pattern, answer);
  }
  http.set_exception_handler([](const httplib::Request& request, httplib::Response& response,
                                std::exception_ptr problem) {
    try {
      std::rethrow_exception(problem);
    } catch (const Unavailable& error) {
      send(error_reply(request.path, 503,
                       fmt::format("{}. What was measured is still at /report.", error.what())),
           response);
    } catch (const UnknownToken& error) {
      send(error_reply(request.path, 401, error.what()), response);
    } catch (const Error& error) {
      send(error_reply(request.path, 400, error.what()), response);
    } catch (const std::exception&) {
      send(error_reply(request.path, 500, "This should not happen; please report it."), response);
    }
  });
  http.set_error_handler([](const httplib::Request& request, httplib::Response& response) {
    if (!response.body.empty() || request.method == "HEAD") return;
    // Of what could not be read, the rest is still to come and would be taken for a request.
    if (response.status != 404) response.set_header("Connection", "close");
    send(plain_failure(request, response.status), response);
  });
  if (port == 0) {
    parts_->port = http.bind_to_any_port(host.c_str());
    require(parts_->port > 0, "serve: cannot listen on {}", host);
  } else {
    require(port > 0 && port < 65536, "serve: port {}, expected 1 to 65535", port);
    require(http.bind_to_port(host.c_str(), port),
            "serve: cannot listen on {}:{}; is another program there? --port takes another", host,
            port);
    parts_->port = port;
  }
  // The library lets five wait to be accepted; who comes sixth would try again after a second, then
  // after three.
  listen(parts_->socket, kMostUnaccepted);
  parts_->address =
      address.empty() ? fmt::format("http://{}:{}", host, parts_->port) : std::move(address);
}

Server::~Server() { stop(); }

int Server::port() const { return parts_->port; }
const std::string& Server::address() const { return parts_->address; }

void Server::run(const std::atomic<bool>* stop_request) {
  std::atomic<bool> ended = false;
  std::thread watcher([&] {
    for (int64_t turn = 0; !ended; ++turn) {
      if (stop_request && stop_request->load()) parts_->ending = true;
      // Asked for again and again: the library forgets a stop that comes before it listens.
      if (parts_->ending) parts_->http.stop();
      if (turn % kTurnsBetweenLooks == 0) look_for_cards(parts_->site);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  if (!parts_->ending) parts_->http.listen_after_bind();
  ended = true;
  watcher.join();
}

void Server::stop() { parts_->ending = true; }

}  // namespace offprint::web
