// The digest by mail: asking for it, confirming the address, leaving.
#include <array>

#include "offprint/core/error.h"
#include "offprint/feed/digest.h"
#include "offprint/feed/mail.h"
#include "offprint/store/subscriptions.h"
#include "offprint/web/forms.h"
#include "offprint/web/routes.h"

namespace offprint::web {
namespace {

Page message_page(const char* title, const Html& message) {
  Page page;
  page.title = title, page.main = {plain("h1", title), message};
  return page;
}

Page subscribe_page(const Request& r) {
  return message_page(
      "Trending papers by mail",
      {plain("p",
             "One mail a day with the papers that people read, and what holds up of them. "
             "Every mail has a link that ends it."),
       post_form(
           r.visitor, "/subscribe",
           {field_view(
                {.name = "email", .label = "Address", .kind = "email", .autocomplete = "email"}),
            submit_button("Subscribe", true)},
           "account")});
}

Reply show_subscribe(Site& site, const Request& r) {
  if (site.options().mail_server.empty())
    return page_reply(r,
                      message_page("Trending papers by mail",
                                   plain("p",
                                         "This site sends no mail: its owner has to start it with "
                                         "--smtp and --mail-from.")));
  return page_reply(r, subscribe_page(r));
}

// Says the same whether the address is known or not.
Reply subscribe(Site& site, const Request& r) {
  if (site.options().mail_server.empty()) return show_subscribe(site, r);
  const int64_t now = now_seconds();
  if (!site.newcomers.take(r.peer, now))
    return error_reply(r.path, 429, "Too many addresses from yours; try again later.");
  const std::string email = r.text("email");
  const feed::AskedSubscription asked = feed::subscribe(site.database(), email, now);
  if (!asked.already) {
    const feed::Mail mail = feed::confirmation_mail(site.options().mail_from, email, r.address,
                                                    asked.confirm_token, now);
    const auto answer = feed::smtp_sink(site.options().mail_server)->send(mail, [] {});
    if (answer.kind == feed::MailAnswer::Kind::refused)
      return error_reply(r.path, 502, "The mail server refused: " + answer.reason);
  }
  return page_reply(r, message_page("Look into your mailbox",
                                    plain("p", "A mail is on its way to " + email +
                                                   "; its link begins the subscription.")));
}

// A link in a mail is also opened by programs that look for harm: the click on the page counts.
Reply show_confirm(Site&, const Request& r) {
  return page_reply(
      r, message_page("One click more", post_form(r.visitor, r.path,
                                                  submit_button("Yes, send me the digest", true))));
}

Reply confirm(Site& site, const Request& r) {
  if (!feed::confirm(site.database(), r.captures.at(0), now_seconds()))
    return error_reply(r.path, 404,
                       "This link is unknown or older than three days; subscribe again.");
  return page_reply(
      r, message_page("You are subscribed", plain("p", "The next digest will reach you.")));
}

Reply show_leave(Site&, const Request& r) {
  return page_reply(r,
                    message_page("Leave the digest",
                                 post_form(r.visitor, r.path, submit_button("Unsubscribe", true))));
}

// Mail programs post here on one click (RFC 8058).
Reply leave(Site& site, const Request& r) {
  store::leave_subscription(site.database(), r.captures.at(0));  // twice is as good as once
  return page_reply(r, message_page("You left", plain("p", "No more mails will come.")));
}

constexpr auto kRoutes = std::to_array<Route>({
    {"/subscribe", show_subscribe},
    {"/subscribe", subscribe, Post::visitor},
    {"/confirm/([A-Za-z0-9_-]+)", show_confirm},
    {"/confirm/([A-Za-z0-9_-]+)", confirm, Post::visitor},
    {"/unsubscribe/([A-Za-z0-9_-]+)", show_leave},
    {"/unsubscribe/([A-Za-z0-9_-]+)", leave, Post::anybody},
});

}  // namespace

std::span<const Route> subscription_routes() { return kRoutes; }

}  // namespace offprint::web
