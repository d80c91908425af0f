#include "offprint/web/talk_view.h"

#include <fmt/format.h>

#include "offprint/feed/atom.h"
#include "offprint/store/votes.h"
#include "offprint/web/forms.h"
#include "offprint/web/list_page.h"
#include "offprint/web/markdown.h"

namespace offprint::web {
namespace {

Html log_in_to(const store::Paper& paper, const std::string& aim) {
  return element("p", {{"class", "small"}}, log_in_view(feed::paper_path(paper), aim));
}

Html comment_view(const Visitor& visitor, const store::Comment& comment) {
  if (comment.deleted)
    return plain("li", element("p", {{"class", "small"}}, "A comment was here."));
  Html head = {plain("strong", comment.author.empty() ? "somebody who left" : comment.author), " ",
               date_text(comment.at)};
  if (comment.edited_at > 0) head += " (edited)";
  const bool own = visitor.user && visitor.user->key == comment.user;
  Html actions;
  const std::string path = fmt::format("/comments/{}", comment.key);
  if (own)
    actions += plain("details", {plain("summary", "Edit"),
                                 post_form(visitor, path + "/edit",
                                           {text_area("text", "Comment", comment.text, 6,
                                                      fmt::format("text-{}", comment.key)),
                                            submit_button("Save")})});
  if (own || visitor.may(store::Role::editor))
    actions += post_form(visitor, path + "/delete", submit_button("Delete"));
  return element("li", {{"id", fmt::format("comment-{}", comment.key)}},
                 {element("p", {{"class", "small"}}, head), markdown_view(comment.text),
                  element("div", {{"class", "actions"}}, actions)});
}

}  // namespace

Html vote_view(const Site& site, const Visitor& visitor, const store::Paper& paper) {
  const std::string count = fmt::format("{} vote{}", paper.upvotes, paper.upvotes == 1 ? "" : "s");
  if (!visitor.user) return log_in_to(paper, " to vote. " + count + ".");
  const bool voted = store::has_vote(site.database(), paper.key, visitor.user->key);
  const Html button = element(
      "button", {{"type", "submit"}, {"aria-pressed", voted ? "true" : "false"}, {"class", "vote"}},
      voted ? "▲ Voted" : "△ Vote");
  return post_form(visitor, feed::paper_path(paper) + "/vote",
                   {hidden_field("vote", voted ? "0" : "1"), button,
                    element("span", {{"class", "small"}}, " " + count)},
                   "voting");
}

Html comments_view(const Site& site, const Visitor& visitor, const store::Paper& paper) {
  const auto comments = store::comments_of(site.database(), paper.key);
  Html items;
  for (const store::Comment& comment : comments) items += comment_view(visitor, comment);
  Html out = element("h2", {{"id", "comments"}}, "Comments");
  if (!items.empty()) out += element("ol", {{"class", "comments"}}, items);
  if (!visitor.user) return {out, log_in_to(paper, " to comment.")};
  if (!visitor.may(store::Role::member))
    return {out,
            element("p", {{"class", "small"}}, "Members comment; an editor can make you one.")};
  return {out,
          post_form(visitor, feed::paper_path(paper) + "/comments",
                    {text_area("text", "Your comment (Markdown)", "", 5), submit_button("Comment")},
                    "comment")};
}

}  // namespace offprint::web
