// Paths of methods on a person's own data: the forms, and files of results.
#include <algorithm>
#include <array>
#include <charconv>

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

const tasks::DataVerb* verb_of(const Request& r) {
  const auto all = tasks::data_verbs();
  const auto found = std::ranges::find(all, r.captures.at(0), &tasks::DataVerb::name);
  return found == all.end() ? nullptr : &*found;
}
Reply no_task(const Request& r) {
  return error_reply(r.path, 404, "There is no task " + r.captures.at(0) + "; /use shows all.");
}

Reply show(Site&, const Request& r) {
  const tasks::DataVerb* verb = verb_of(r);
  return verb ? page_reply(r, use_page(r.visitor, *verb, r.parameters, "")) : no_task(r);
}

Reply use(Site& site, const Request& r) {
  const tasks::DataVerb* verb = verb_of(r);
  if (!verb) return no_task(r);
  try {
    const std::string& table = r.text("file").empty() ? r.text("text") : r.text("file");
    const std::string upload = keep_upload(site.folder(), table);
    const auto asked = ask_for_run(site.database(), use_request(*verb, r.parameters, upload),
                                   r.visitor.user->key, now_seconds());
    if (!asked)
      return error_reply(r.path, 503, "Too many runs wait already; stop one or try again later.");
    return go_to(fmt::format("/runs/{}", asked->job));
  } catch (const Unavailable&) {
    throw;
  } catch (const Error& error) {
    return page_reply(r, use_page(r.visitor, *verb, r.parameters, error.what()), 400);
  }
}

Reply file(Site& site, const Request& r) {
  int64_t key = 0;
  const std::string& text = r.captures.at(0);
  std::from_chars(text.data(), text.data() + text.size(), key);
  const auto job = store::find_job(site.database(), key);
  const std::string& name = r.captures.at(1);
  const bool there =
      job && job->request.kind == kUseKind && !job->card.empty() && may_see(r.visitor, *job);
  // Only what the worker listed: no path is built of a stranger's words.
  const Json files = there ? parse_json(job->card, "result")["files"] : Json::array();
  if (std::ranges::find(files, Json(name)) == files.end())
    return error_reply(r.path, 404, "There is no such file.");
  return {.body = read_file(results_folder(site.folder(), key) / name),
          .type = name.ends_with(".svg") ? "image/svg+xml" : "text/csv; charset=utf-8"};
}

constexpr auto kRoutes = std::to_array<Route>({
    {"/use", all},
    {"/use/([a-z]+)", show},
    {"/use/([a-z]+)", use, Post::member},
    {"/runs/([0-9]+)/files/([A-Za-z0-9_.-]+)", file},
});

}  // namespace

std::span<const Route> use_routes() { return kRoutes; }

}  // namespace offprint::web
