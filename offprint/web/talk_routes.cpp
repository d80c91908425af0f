// Votes and comments: forms of a paper's page, and the same as JSON.
#include <array>
#include <charconv>

#include "offprint/core/error.h"
#include "offprint/data/timestamp.h"
#include "offprint/feed/atom.h"
#include "offprint/store/papers.h"
#include "offprint/store/votes.h"
#include "offprint/web/routes.h"

namespace offprint::web {
namespace {

constexpr size_t kLongestComment = 10000;

Reply no_paper(const Request& r) {
  return error_reply(r.path, 404, "There is no paper " + r.captures.at(0) + ".");
}
Reply no_comment(const Request& r) {
  return error_reply(r.path, 404, "There is no comment " + r.captures.at(0) + ".");
}

std::string checked_text(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  require(first != text.npos, "comment: it is empty");
  require(text.size() <= kLongestComment, "comment: {} bytes, expected at most {}", text.size(),
          kLongestComment);
  return text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

bool wanted(const std::string& text) {
  require(text == "1" || text == "0", "vote: '{}', expected 1 or 0", text.substr(0, 40));
  return text == "1";
}

Reply vote(Site& site, const Request& r) {
  const auto paper = store::find_paper(site.database(), r.captures.at(0));
  if (!paper) return no_paper(r);
  store::set_vote(site.database(), paper->key, r.visitor.user->key, wanted(r.text("vote")),
                  now_seconds());
  return go_to(feed::paper_path(*paper));
}

Reply vote_json(Site& site, const Request& r) {
  const auto paper = store::find_paper(site.database(), r.captures.at(0));
  if (!paper) return no_paper(r);
  const Json asked = parse_json(r.body, "body");
  const bool yes = json_get<bool>(asked, "vote", "body");
  const int64_t votes =
      store::set_vote(site.database(), paper->key, r.visitor.user->key, yes, now_seconds());
  return json_reply({{"upvotes", votes}, {"voted", yes}});
}

Json to_json(const store::Comment& comment) {
  const auto time = [](int64_t at) {
    return at == 0 ? Json(nullptr) : Json(data::time_text(static_cast<double>(at)));
  };
  return {{"id", comment.key},
          {"author", comment.author},
          {"text", comment.text},
          {"createdAt", time(comment.at)},
          {"editedAt", time(comment.edited_at)},
          {"deleted", comment.deleted}};
}

Reply comment(Site& site, const Request& r) {
  const auto paper = store::find_paper(site.database(), r.captures.at(0));
  if (!paper) return no_paper(r);
  const int64_t key = store::add_comment(site.database(), paper->key, r.visitor.user->key,
                                         checked_text(r.text("text")), now_seconds());
  return go_to(fmt::format("{}#comment-{}", feed::paper_path(*paper), key));
}

Reply comments_json(Site& site, const Request& r) {
  const auto paper = store::find_paper(site.database(), r.captures.at(0));
  if (!paper) return no_paper(r);
  Json json = Json::array();
  for (const store::Comment& one : store::comments_of(site.database(), paper->key))
    json.push_back(to_json(one));
  return json_reply(json);
}

Reply comment_json(Site& site, const Request& r) {
  const auto paper = store::find_paper(site.database(), r.captures.at(0));
  if (!paper) return no_paper(r);
  const Json asked = parse_json(r.body, "body");
  const int64_t key =
      store::add_comment(site.database(), paper->key, r.visitor.user->key,
                         checked_text(json_get<std::string>(asked, "text", "body")), now_seconds());
  return json_reply(to_json(store::find_comment(site.database(), key).value()), 201);
}

std::optional<store::Comment> comment_of(Site& site, const Request& r) {
  int64_t key = 0;  // too long a number is no key
  const std::string& text = r.captures.at(0);
  std::from_chars(text.data(), text.data() + text.size(), key);
  const auto found = store::find_comment(site.database(), key);
  return found && !found->deleted ? found : std::nullopt;
}

Reply back_to(Site& site, const store::Comment& comment) {
  const auto papers = store::papers_of(site.database(), std::array{comment.paper});
  return go_to(fmt::format("{}#comment-{}", feed::paper_path(papers.at(0)), comment.key));
}

Reply edit(Site& site, const Request& r) {
  const auto found = comment_of(site, r);
  if (!found) return no_comment(r);
  if (found->user != r.visitor.user->key)
    return error_reply(r.path, 403, "Only its author may edit a comment.");
  store::edit_comment(site.database(), found->key, checked_text(r.text("text")), now_seconds());
  return back_to(site, *found);
}

Reply remove(Site& site, const Request& r) {
  const auto found = comment_of(site, r);
  if (!found) return no_comment(r);
  if (found->user != r.visitor.user->key && !r.visitor.may(store::Role::editor))
    return error_reply(r.path, 403, "Only its author or an editor may delete a comment.");
  store::delete_comment(site.database(), found->key);
  return back_to(site, *found);
}

constexpr auto kRoutes = std::to_array<Route>({
    {"/papers/(.+)/vote", vote, Post::reader},
    {"/papers/(.+)/comments", comment, Post::member},
    {"/comments/([0-9]+)/edit", edit, Post::member},
    {"/comments/([0-9]+)/delete", remove, Post::member},
    {"/api/papers/(.+)/vote", vote_json, Post::reader},
    {"/api/papers/(.+)/comments", comments_json},
    {"/api/papers/(.+)/comments", comment_json, Post::member},
});

}  // namespace

std::span<const Route> talk_routes() { return kRoutes; }

}  // namespace offprint::web
