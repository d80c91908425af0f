// Paths of runs: asking for one, following it, stopping it.
#include <charconv>

#include "offprint/core/error.h"
#include "offprint/store/jobs.h"
#include "offprint/web/page.h"
#include "offprint/web/routes.h"
#include "offprint/web/run_jobs.h"
#include "offprint/web/runs_page.h"
#include "offprint/web/use_page.h"

namespace offprint::web {
namespace {

constexpr int64_t kListed = 50;

int64_t key_of(const Request& r) {
  int64_t key = 0;  // too long a number is no key
  const std::string& text = r.captures.at(0);
  std::from_chars(text.data(), text.data() + text.size(), key);
  return key;
}

// Nothing also where it is somebody else's.
std::optional<store::Job> job_of(Site& site, const Request& r) {
  const auto job = store::find_job(site.database(), key_of(r));
  return job && may_see(r.visitor, *job) ? job : std::nullopt;
}

Reply no_run(const Request& r) {
  return error_reply(r.path, 404, "There is no run " + r.captures.at(0) + ".");
}

Reply full(const Request& r) {
  return error_reply(r.path, 503, "Too many runs wait already; stop one or try again later.");
}

Reply go_to_run(int64_t key) { return go_to("/runs/" + std::to_string(key)); }

Reply list(Site& site, const Request& r) {
  return page_reply(r, runs_page(site, r.visitor, r.whole("p", 0)));
}

Reply show(Site& site, const Request& r) {
  const auto page = run_page(site, r.visitor, key_of(r));
  return page ? page_reply(r, *page) : no_run(r);
}

Reply ask(Site& site, const Request& r) {
  const auto asked =
      ask_for_run(site.database(), run_request(r.parameters), r.visitor.user->key, now_seconds());
  return asked ? go_to_run(asked->job) : full(r);
}

Reply stop(Site& site, const Request& r) {
  if (!job_of(site, r)) return no_run(r);
  store::stop_job(site.database(), key_of(r), now_seconds());
  return go_to_run(key_of(r));
}

Reply list_json(Site& site, const Request& r) {
  store::JobList wanted{.slug = r.text("slug"), .limit = kListed};
  const int64_t page = r.whole("p", 0);
  require(page >= 0 && page < 100000, "p: {}, expected 0 or more", page);
  wanted.offset = page * kListed;
  if (const std::string state = r.text("state"); !state.empty())
    wanted.state = store::parse_state(state);
  Json json = Json::array();
  for (const store::Job& job : store::list_jobs(site.database(), wanted))
    if (may_see(r.visitor, job)) json.push_back(to_json(job));
  return json_reply(json);
}

Reply show_json(Site& site, const Request& r) {
  const auto job = job_of(site, r);
  return job ? json_reply(to_json(*job)) : no_run(r);
}

Reply card_json(Site& site, const Request& r) {
  const auto job = job_of(site, r);
  const auto card = job ? card_of(*job) : std::nullopt;
  return card ? json_reply(papers::to_json(*card))
              : error_reply(r.path, 404, "Run " + r.captures.at(0) + " left no card.");
}

// 201 where the run is new, 200 where an equal one is there.
Reply ask_json(Site& site, const Request& r) {
  // curl calls every body a form unless it is told otherwise.
  const bool form = !r.parameters.empty() && !r.body.starts_with('{');
  const auto request = form ? run_request(r.parameters) : run_request(parse_json(r.body, "body"));
  const auto asked = ask_for_run(site.database(), request, r.visitor.user->key, now_seconds());
  if (!asked) return full(r);
  Reply reply = json_reply(to_json(store::find_job(site.database(), asked->job).value()),
                           asked->fresh ? 201 : 200);
  reply.location = "/api/runs/" + std::to_string(asked->job);
  return reply;
}

Reply stop_json(Site& site, const Request& r) {
  if (!job_of(site, r)) return no_run(r);
  store::stop_job(site.database(), key_of(r), now_seconds());
  return show_json(site, r);
}

std::string event(const char* name, const Json& data) {
  return fmt::format("event: {}\ndata: {}\n\n", name, json_text(data));
}

// An event "progress" whenever the job changed, and "end" once it is over.
Reply events(Site& site, const Request& r) {
  if (!job_of(site, r)) return no_run(r);
  Reply reply{.body = "", .type = "text/event-stream"};
  reply.more = [&site, key = key_of(r), before = std::string(),
                over = false]() mutable -> std::optional<std::string> {
    if (over) return std::nullopt;
    const auto job = store::find_job(site.database(), key);
    if (!job) return std::nullopt;
    const Json state = to_json(*job);
    std::string text;
    if (const std::string now = json_text(state); now != before) {
      text = event("progress", state);
      before = now;
    }
    over = job->ended();
    return over ? text + event("end", {{"state", store::state_name(job->state)}}) : text;
  };
  return reply;
}

constexpr auto kRoutes = std::to_array<Route>({
    {"/runs", list},
    {"/runs", ask, Post::member},
    {"/runs/([0-9]+)", show},
    {"/runs/([0-9]+)/stop", stop, Post::member},
    {"/api/runs", list_json},
    {"/api/runs", ask_json, Post::member},
    {"/api/runs/([0-9]+)", show_json},
    {"/api/runs/([0-9]+)/card", card_json},
    {"/api/runs/([0-9]+)/events", events},
    {"/api/runs/([0-9]+)/stop", stop_json, Post::member},
});

}  // namespace

std::span<const Route> run_routes() { return kRoutes; }

}  // namespace offprint::web
