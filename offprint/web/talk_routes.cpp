// Votes and comments: forms of a paper's page, and the same as JSON.
#include <algorithm>
#include <array>

#include "offprint/core/error.h"
#include "offprint/data/timestamp.h"
#include "offprint/feed/atom.h"
#include "offprint/store/papers.h"
#include "offprint/store/votes.h"
#include "offprint/web/routes.h"

namespace offprint::web {
namespace {

constexpr int64_t kLongestComment = 10000;  // characters

using store::Comment, store::Paper;

// Answers of one paper, and of one comment that is not deleted; 404 where there is none.
template <Reply (*answer)(Site&, const Request&, const Paper&)>
Reply of_paper(Site& site, const Request& r) {
  const auto paper = store::find_paper(site.database(), r.captures.at(0));
  return paper ? answer(site, r, *paper) : not_found(r, "paper");
}
template <Reply (*answer)(Site&, const Request&, const Comment&)>
Reply of_comment(Site& site, const Request& r) {
  const auto comment = store::find_comment(site.database(), r.key());
  return comment && !comment->deleted ? answer(site, r, *comment) : not_found(r, "comment");
}

std::string checked_text(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  require(first != text.npos, "comment: it is empty");
  const auto characters = std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  require(characters <= kLongestComment, "comment: {} characters, expected at most {}", characters,
          kLongestComment);
  return text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

bool wanted(const std::string& text) {
  require(text == "1" || text == "0", "vote: '{}', expected 1 or 0", text.substr(0, 40));
  return text == "1";
}

Reply vote(Site& site, const Request& r, const Paper& paper) {
  store::set_vote(site.database(), paper.key, r.visitor.user->key, wanted(r.text("vote")),
                  now_seconds());
  return go_to(feed::paper_path(paper));
}

Reply vote_json(Site& site, const Request& r, const Paper& paper) {
  const Json asked = parse_json(r.body, "body");
  const bool yes = json_get<bool>(asked, "vote", "body");
  const int64_t votes =
      store::set_vote(site.database(), paper.key, r.visitor.user->key, yes, now_seconds());
  return json_reply({{"upvotes", votes}, {"voted", yes}});
}

Json to_json(const Comment& comment) {
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

Reply comment(Site& site, const Request& r, const Paper& paper) {
  const int64_t key = store::add_comment(site.database(), paper.key, r.visitor.user->key,
                                         checked_text(r.text("text")), now_seconds());
  return go_to(fmt::format("{}#comment-{}", feed::paper_path(paper), key));
}

Reply comments_json(Site& site, const Request&, const Paper& paper) {
  Json json = Json::array();
  for (const Comment& one : store::comments_of(site.database(), paper.key))
    json.push_back(to_json(one));
  return json_reply(json);
}

Reply comment_json(Site& site, const Request& r, const Paper& paper) {
  const Json asked = parse_json(r.body, "body");
  const int64_t key =
      store::add_comment(site.database(), paper.key, r.visitor.user->key,
                         checked_text(json_get<std::string>(asked, "text", "body")), now_seconds());
  return json_reply(to_json(store::find_comment(site.database(), key).value()), 201);
}

Reply back_to(Site& site, const Comment& comment) {
  const auto papers = store::papers_of(site.database(), std::array{comment.paper});
  return go_to(fmt::format("{}#comment-{}", feed::paper_path(papers.at(0)), comment.key));
}

Reply edit(Site& site, const Request& r, const Comment& comment) {
  if (comment.user != r.visitor.user->key)
    return error_reply(r.path, 403, "Only its author may edit a comment.");
  store::edit_comment(site.database(), comment.key, checked_text(r.text("text")), now_seconds());
  return back_to(site, comment);
}

Reply remove(Site& site, const Request& r, const Comment& comment) {
  if (comment.user != r.visitor.user->key && !r.visitor.may(store::Role::editor))
    return error_reply(r.path, 403, "Only its author or an editor may delete a comment.");
  store::delete_comment(site.database(), comment.key);
  return back_to(site, comment);
}

constexpr auto kRoutes = std::to_array<Route>({
    {"/papers/(.+)/vote", of_paper<vote>, Post::reader},
    {"/papers/(.+)/comments", of_paper<comment>, Post::member},
    {"/comments/([0-9]+)/edit", of_comment<edit>, Post::member},
    {"/comments/([0-9]+)/delete", of_comment<remove>, Post::member},
    {"/api/papers/(.+)/vote", of_paper<vote_json>, Post::reader, "vote"},
    {"/api/papers/(.+)/comments", of_paper<comments_json>, Post::no, "listComments"},
    {"/api/papers/(.+)/comments", of_paper<comment_json>, Post::member, "comment"},
});

}  // namespace

std::span<const Route> talk_routes() { return kRoutes; }

}  // namespace offprint::web
