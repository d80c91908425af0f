// What is asked and answered, apart from HTTP: a table of paths and the functions behind them.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/web/page.h"
#include "offprint/web/site.h"
#include "offprint/web/visitor.h"

namespace offprint::web {

struct Request {
  std::string path;
  std::vector<std::string> captures;  // what the path's groups matched
  std::map<std::string, std::string> parameters;
  std::string address;  // of the site, for feeds
  std::string body;     // of a POST
  Visitor visitor;
  std::string peer;  // address of the connection's other end

  std::string text(const std::string& name) const;                  // "" where it is not given
  std::string word(const std::string& name) const;                  // as text, but Error on ""
  int64_t whole(const std::string& name, int64_t otherwise) const;  // Error on another text
  int64_t page_number() const;                                      // parameter "p", from 0
  // The captured number of a row in the store; too long a number is 0, which none has.
  int64_t key() const;
};

struct Reply {
  std::string body, type = "text/html; charset=utf-8";
  int status = 200;
  bool keep = false;          // may be cached for long: its address changes with it
  std::string location = {};  // of another page to go to
  std::string cookie = {};    // header Set-Cookie
  std::string allow = {};     // header Allow, of another method
  // Events that follow the body: called again and again for the next piece of text, "" where there
  // is nothing new; nothing ends the answer.
  std::function<std::optional<std::string>()> more = {};
  bool more_waits = false;  // by itself, for a moment, until there is something new
};

// Who may post: any program, as mail programs do on one click; whoever holds a form of ours; users
// from the least role on; clients of OpenAI's API, whose key the route looks at. Visitors and users
// by a form of ours or as a program.
enum class Post { no, anybody, client, visitor, reader, member };

struct Route {
  const char* pattern;  // of the whole path, ECMAScript
  Reply (*answer)(Site& site, const Request& request);
  Post post = Post::no;  // no: GET and HEAD
  // Of a route below /api: its description in assets/api.json, from which /api/openapi.json is
  // made.
  const char* operation = nullptr;
};
// All tables; the first that matches answers.
std::vector<Route> all_routes();
std::span<const Route> reading_routes();
std::span<const Route> run_routes();
std::span<const Route> account_routes();
std::span<const Route> talk_routes();          // votes and comments
std::span<const Route> subscription_routes();  // the digest
std::span<const Route> submit_routes();
std::span<const Route> use_routes();     // methods on a person's own data
std::span<const Route> openai_routes();  // below /v1

// Of the model that is served, in the words of /metrics; "" without one.
std::string model_metrics(const Site& site);

// A page with its visitor's name in the frame.
Reply page_reply(const Request& request, Page page, int status = 200);
Reply json_reply(const Json& json, int status = 200);
Reply go_to(const std::string& path);  // another page, after a form

// A page, JSON {"error": ...} below /api, or OpenAI's below /v1: "Not found", "year 'x', expected
// ...".
Reply error_reply(const std::string& path, int status, const std::string& message);
Reply not_found(const Request& request);                    // "There is nothing at /x."
Reply not_found(const Request& request, const char* what);  // "There is no run 7."

// What `answer` replies to a form; where it finds a mistake (Error), the page of the form again,
// made with that mistake, so that nothing typed is lost.
Reply or_form_again(const Request& request, const std::function<Reply()>& answer,
                    const std::function<Page(const std::string& problem)>& form);

}  // namespace offprint::web
