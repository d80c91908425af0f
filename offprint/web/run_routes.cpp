// Paths of runs: asking for one, following it, stopping it, comparing two.
#include <vector>

#include "offprint/core/error.h"
#include "offprint/store/jobs.h"
#include "offprint/web/compare_page.h"
#include "offprint/web/page.h"
#include "offprint/web/routes.h"
#include "offprint/web/run_jobs.h"
#include "offprint/web/runs_page.h"
#include "offprint/web/use_page.h"

namespace offprint::web {
namespace {

constexpr int64_t kListed = 50;

using store::Job;

// Answers of one run: 404 where there is none, and where it is somebody else's.
template <Reply (*answer)(Site&, const Request&, const Job&)>
Reply of_run(Site& site, const Request& r) {
  const auto job = store::find_job(site.database(), r.key());
  return job && may_see(r.visitor, *job) ? answer(site, r, *job) : not_found(r, "run");
}

Reply go_to_run(int64_t key) { return go_to("/runs/" + std::to_string(key)); }

Reply list(Site& site, const Request& r) {
  return page_reply(r, runs_page(site, r.visitor, r.page_number()));
}

Reply show(Site& site, const Request& r, const Job& job) {
  return page_reply(r, run_page(site, r.visitor, job));
}

Reply ask(Site& site, const Request& r) {
  const auto asked =
      ask_for_run(site.database(), run_request(r.parameters), r.visitor.user->key, now_seconds());
  return asked ? go_to_run(asked->job) : error_reply(r.path, 503, kQueueIsFull);
}

Reply stop(Site& site, const Request&, const Job& job) {
  store::stop_job(site.database(), job.key, now_seconds());
  return go_to_run(job.key);
}

Reply list_json(Site& site, const Request& r) {
  store::JobList wanted{
      .slug = r.text("slug"), .offset = r.page_number() * kListed, .limit = kListed};
  if (const std::string state = r.word("state"); !state.empty())
    wanted.state = store::parse_state(state);
  Json json = Json::array();
  for (const Job& job : store::list_jobs(site.database(), wanted))
    if (may_see(r.visitor, job)) json.push_back(to_json(job));
  return json_reply(json);
}

Reply show_json(Site&, const Request&, const Job& job) { return json_reply(to_json(job)); }

Reply card_json(Site&, const Request& r, const Job& job) {
  const auto card = card_of(job);
  return card ? json_reply(papers::to_json(*card))
              : error_reply(r.path, 404, "Run " + r.captures.at(0) + " left no card.");
}

// 201 where the run is new, 200 where an equal one is there.
Reply ask_json(Site& site, const Request& r) {
  // curl calls every body a form unless it is told otherwise.
  const bool form = !r.parameters.empty() && !r.body.starts_with('{');
  const auto request = form ? run_request(r.parameters) : run_request(parse_json(r.body, "body"));
  const auto asked = ask_for_run(site.database(), request, r.visitor.user->key, now_seconds());
  if (!asked) return error_reply(r.path, 503, kQueueIsFull);
  Reply reply = json_reply(to_json(store::find_job(site.database(), asked->job).value()),
                           asked->fresh ? 201 : 200);
  reply.location = "/api/runs/" + std::to_string(asked->job);
  return reply;
}

Reply stop_json(Site& site, const Request&, const Job& job) {
  store::stop_job(site.database(), job.key, now_seconds());
  return json_reply(to_json(store::find_job(site.database(), job.key).value()));
}

// The cards of the two runs that parameters a and b name.
template <Reply (*answer)(const Request&, const ComparedRun&, const ComparedRun&)>
Reply of_two_runs(Site& site, const Request& r) {
  std::vector<ComparedRun> runs;
  for (const char* name : {"a", "b"}) {
    if (r.text(name).empty())
      return error_reply(r.path, 400,
                         "Choose two runs of one paper: a and b, expected their numbers.");
    const int64_t key = r.whole(name, 0);
    const auto job = store::find_job(site.database(), key);
    const auto card = job && may_see(r.visitor, *job) ? card_of(*job) : std::nullopt;
    if (!card) return error_reply(r.path, 404, fmt::format("There is no run {} with a card.", key));
    runs.push_back({key, *card});
  }
  return answer(r, runs.front(), runs.back());
}

Reply compare(const Request& r, const ComparedRun& a, const ComparedRun& b) {
  return page_reply(r, compare_page(a, b));
}

Reply compare_json(const Request&, const ComparedRun& a, const ComparedRun& b) {
  return json_reply(papers::to_json(papers::compare(a.card, b.card)));
}

std::string event(const char* name, const Json& data) {
  return fmt::format("event: {}\ndata: {}\n\n", name, json_text(data));
}

// An event "progress" whenever the job changed, and "end" once it is over.
Reply events(Site& site, const Request&, const Job& asked) {
  Reply reply{.body = "", .type = "text/event-stream"};
  reply.more = [&site, key = asked.key, before = std::string(),
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
    {"/runs/compare", of_two_runs<compare>},
    {"/runs/([0-9]+)", of_run<show>},
    {"/runs/([0-9]+)/stop", of_run<stop>, Post::member},
    {"/api/runs", list_json, Post::no, "listRuns"},
    {"/api/runs", ask_json, Post::member, "askForRun"},
    {"/api/runs/compare", of_two_runs<compare_json>, Post::no, "compareRuns"},
    {"/api/runs/([0-9]+)", of_run<show_json>, Post::no, "getRun"},
    {"/api/runs/([0-9]+)/card", of_run<card_json>, Post::no, "getCard"},
    {"/api/runs/([0-9]+)/events", of_run<events>, Post::no, "followRun"},
    {"/api/runs/([0-9]+)/stop", of_run<stop_json>, Post::member, "stopRun"},
});

}  // namespace

std::span<const Route> run_routes() { return kRoutes; }

}  // namespace offprint::web
