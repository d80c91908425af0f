// Paths of methods on a person's own data: the forms, and files of results.
#include <algorithm>
#include <array>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/store/jobs.h"
#include "offprint/web/routes.h"
#include "offprint/web/run_jobs.h"
#include "offprint/web/use_jobs.h"
#include "offprint/web/use_page.h"

namespace offprint::web {
namespace {

Reply all(Site&, const Request& r) { return page_reply(r, tasks_page()); }

// Answers of one task; 404 where there is none.
template <Reply (*answer)(Site&, const Request&, const tasks::DataVerb&)>
Reply of_task(Site& site, const Request& r) {
  const auto verbs = tasks::data_verbs();
  const auto found = std::ranges::find(verbs, r.captures.at(0), &tasks::DataVerb::name);
  return found == verbs.end() ? not_found(r, "task") : answer(site, r, *found);
}

Reply show(Site&, const Request& r, const tasks::DataVerb& verb) {
  return page_reply(r, use_page(r.visitor, verb, r.parameters, ""));
}

Reply start(Site& site, const Request& r, const tasks::DataVerb& verb) {
  const std::string table = r.text("file").empty() ? r.text("text") : r.text("file");
  const std::string upload = keep_upload(site.folder(), table);
  const auto asked = ask_for_run(site.database(), use_request(verb, r.parameters, upload),
                                 r.visitor.user->key, now_seconds());
  return asked ? go_to(fmt::format("/runs/{}", asked->job))
               : error_reply(r.path, 503, kQueueIsFull);
}

Reply use(Site& site, const Request& r, const tasks::DataVerb& verb) {
  return or_form_again(
      r, [&] { return start(site, r, verb); },
      [&](const std::string& problem) { return use_page(r.visitor, verb, r.parameters, problem); });
}

Reply file(Site& site, const Request& r) {
  const auto job = store::find_job(site.database(), r.key());
  const std::string& name = r.captures.at(1);
  const bool there =
      job && job->request.kind == kUseKind && !job->card.empty() && may_see(r.visitor, *job);
  // Only what the worker listed: no path is built of a stranger's words.
  const Json files = there ? parse_json(job->card, "result")["files"] : Json::array();
  if (std::ranges::find(files, Json(name)) == files.end())
    return error_reply(r.path, 404, "There is no such file.");
  return {.body = read_file(results_folder(site.folder(), job->key) / name),
          .type = name.ends_with(".svg") ? "image/svg+xml" : "text/csv; charset=utf-8"};
}

constexpr auto kRoutes = std::to_array<Route>({
    {"/use", all},
    {"/use/([a-z]+)", of_task<show>},
    {"/use/([a-z]+)", of_task<use>, Post::member},
    {"/runs/([0-9]+)/files/([A-Za-z0-9_.-]+)", file},
});

}  // namespace

std::span<const Route> use_routes() { return kRoutes; }

}  // namespace offprint::web
