#include "offprint/web/runs_page.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/papers/card_text.h"
#include "offprint/store/jobs.h"
#include "offprint/web/card_view.h"
#include "offprint/web/compare_page.h"
#include "offprint/web/forms.h"
#include "offprint/web/option_fields.h"
#include "offprint/web/run_jobs.h"
#include "offprint/web/table_view.h"
#include "offprint/web/use_jobs.h"
#include "offprint/web/use_page.h"

namespace offprint::web {
namespace {

using store::Job;
using store::JobState;

constexpr int64_t kPerPage = 50, kLookedAt = 5;  // jobs of a page, of a paper

std::string path_of(const Job& job) { return fmt::format("/runs/{}", job.key); }

std::string title_of(const Job& job) {
  const auto found = std::ranges::find(papers::catalog(), job.request.slug, &papers::Paper::slug);
  return found == papers::catalog().end() ? job.request.slug : found->title;
}

Html time_text(int64_t seconds) {
  const std::tm at = fmt::gmtime(static_cast<std::time_t>(seconds));
  return element("time", {{"datetime", fmt::format("{:%FT%TZ}", at)}},
                 fmt::format("{} {:%B %Y, %H:%M} UTC", at.tm_mday, at));
}

Html state_view(const Job& job) {
  if (job.state == JobState::done && !on_own_data(job))
    if (const auto card = card_of(job)) return verdicts_view(*card);
  const std::string text = job.state == JobState::running && job.stop
                               ? "stopping"
                               : std::string(store::state_name(job.state));
  return element("span", {{"class", job.state == JobState::failed ? "fails" : "state"}}, text);
}

Html stop_button(const Visitor& visitor, const Job& job) {
  if (!visitor.may(store::Role::member)) return {};
  return post_form(visitor, path_of(job) + "/stop", submit_button("Stop"));
}

// What the script of assets/runs.js moves; without it the page is loaded anew every two seconds.
Html live_view(const Site& site, const Visitor& visitor, const Job& job) {
  const Json progress = to_json(job)["progress"];
  const bool known = progress.is_object();
  const int64_t step = known ? progress.value("step", int64_t{0}) : 0;
  const int64_t total = known ? progress.value("total", int64_t{0}) : 0;
  std::string task = known ? progress.value("task", "") : "";
  if (job.state == JobState::queued) {
    const int64_t before = store::queued_before(site.database(), job.key);
    task = before == 0 ? "Waiting for its turn" : fmt::format("Waiting behind {} more", before);
  } else if (task.empty()) {
    task = "Starting";
  }
  std::vector<Attribute> bar = {{"data-part", "bar"}, {"max", "1"}, {"aria-label", "Progress"}};
  if (total > 0)
    bar.push_back(
        {"value", fmt::format("{:.4f}", static_cast<double>(step) / static_cast<double>(total))});
  std::string log;
  if (known && progress.contains("log"))
    for (const Json& line : progress["log"]) log += line.get<std::string>() + "\n";
  return element(
      "section",
      {{"class", "live"}, {"aria-label", "Progress"}, {"data-run", std::to_string(job.key)}},
      {element("p", {{"class", "task"}, {"data-part", "task"}, {"role", "status"}}, task),
       element("progress", bar), element("p", {{"class", "small"}, {"data-part", "values"}}, ""),
       stop_button(visitor, job),
       element("pre", {{"data-part", "log"}, {"aria-label", "Log"}, {"tabindex", "0"}}, log)});
}

Html log_view(const Job& job) {
  const Json progress = to_json(job)["progress"];
  if (!progress.is_object() || !progress.contains("log") || progress["log"].empty()) return {};
  std::string text;
  for (const Json& line : progress["log"]) text += line.get<std::string>() + "\n";
  return plain("details", {plain("summary", "Log"), preformatted(text)});
}

Html seed_field(uint64_t seed) {
  return {element("label", {{"for", "seed"}}, "seed"),
          element("input", {{"id", "seed"},
                            {"name", "seed"},
                            {"inputmode", "numeric"},
                            {"value", std::to_string(seed)}})};
}

Html again_form(const Visitor& visitor, const Job& job) {
  if (!visitor.may(store::Role::member)) return {};
  Html fields = {hidden_field("slug", job.request.slug), hidden_field("scale", job.request.scale)};
  const Json options = parse_json(job.request.options, "options");
  for (const auto& [name, value] : options.items())
    fields += hidden_field("option-" + name,
                           value.is_string() ? value.get<std::string>() : json_text(value));
  fields += seed_field(job.request.seed + 1);
  fields += submit_button("Run with this seed");
  return post_form(visitor, "/runs", fields, "run");
}

Html ended_view(const Site& site, const Visitor& visitor, const Job& job) {
  Html out;
  if (job.state == JobState::failed) out += problem_view("It failed: " + job.error);
  if (job.state == JobState::stopped)
    out += plain("p", job.card.empty() ? "It was stopped before anything was measured."
                                       : "It was stopped: what it had measured is here.");
  if (on_own_data(job)) {
    const std::string form = fmt::format("/use/{}", job.request.slug);
    return {out, use_result_view(job), log_view(job),
            plain("p", element("a", {{"href", form}}, "Another table or other options"))};
  }
  if (const auto card = card_of(job)) {
    out += element("p", {{"class", "small"}},
                   {papers::verdict_summary(*card) + " · " + papers::card_line(*card) + " · ",
                    element("a", {{"href", fmt::format("/api/runs/{}/card", job.key)}}, "JSON")});
    out += compare_links(site, job);
    out += card_view(*card);
  }
  return {out, log_view(job), again_form(visitor, job)};
}

Html scale_choice() {
  return {element("label", {{"for", "scale"}}, "scale"),
          select_box("scale", {{"quick", "quick: under a minute"},
                               {"standard", "standard: up to ten minutes"},
                               {"full", "full: the paper's own scale"}})};
}

// One of the two that are compared; only where there is a card.
Html choose(const char* name, const Job& job) {
  if (job.state != JobState::done || on_own_data(job)) return plain("td");
  return plain("td",
               element("input", {{"type", "radio"},
                                 {"name", name},
                                 {"value", std::to_string(job.key)},
                                 {"aria-label", fmt::format("Run {} as {}", job.key, name)}}));
}

Html run_row(const Job& job) {
  return plain("tr", {choose("a", job), choose("b", job),
                      plain("td", element("a", {{"href", path_of(job)}}, title_of(job))),
                      element("td", {{"class", "setting"}}, setting_of(job)),
                      element("td", {{"class", "state"}}, state_view(job)),
                      plain("td", time_text(job.queued_at))});
}

}  // namespace

Html run_form(const Site& site, const Visitor& visitor, const papers::Paper& paper) {
  Html out;
  for (const Job& job : store::list_jobs(site.database(), {.slug = paper.slug, .limit = kLookedAt}))
    if (!job.ended())
      out +=
          plain("p", {element("a", {{"href", path_of(job)}},
                              job.state == JobState::queued ? "A run waits" : "A run is under way"),
                      " (" + setting_of(job) + ")."});
  out += members_only(visitor, "/papers/" + paper.slug, "start runs", " to run it from here.");
  if (!visitor.may(store::Role::member)) return out;
  Html options;
  for (const OptionInfo& option : paper.options(papers::Scale::quick))
    options += option_field(option);
  Html fields = hidden_field("slug", paper.slug);
  fields += scale_choice();
  fields += seed_field(1);
  fields += submit_button("Run it", true);
  if (!options.empty())
    fields += element("details", {{"class", "options"}},
                      {plain("summary", "Options"),
                       element("p", {{"class", "small"}},
                               "An empty field takes its default, which may differ between scales; "
                               "those of quick are shown."),
                       options});
  return {out, post_form(visitor, "/runs", fields, "run")};
}

Page runs_page(const Site& site, const Visitor& visitor, int64_t number) {
  const auto jobs =
      store::list_jobs(site.database(), {.offset = number * kPerPage, .limit = kPerPage + 1});
  Page page;
  page.title = "Runs", page.here = "/runs", page.wide = true;
  page.main = plain("h1", "Runs");
  if (jobs.empty()) {
    page.main += plain("p", {"Nothing was run from these pages yet. Choose a paper that ",
                             element("a", {{"href", "/papers?q=runs:yes"}}, "runs here"), "."});
    return page;
  }
  Html rows;
  for (size_t i = 0; i < jobs.size() && i < kPerPage; ++i)
    if (may_see(visitor, jobs[i])) rows += run_row(jobs[i]);
  // Without a script: a form whose answer is a page.
  page.main += element(
      "form", {{"method", "get"}, {"action", "/runs/compare"}},
      {table_view({"A", "B", "paper", "setting", "state", "asked for"}, rows),
       plain("p", {submit_button("Compare"), " two runs of one paper, chosen as A and B."})});
  if (jobs.size() > kPerPage)
    page.main += plain(
        "p", element("a", {{"href", fmt::format("/runs?p={}", number + 1)}}, "earlier runs →"));
  return page;
}

Page run_page(const Site& site, const Visitor& visitor, const Job& job) {
  Page page;
  page.title = fmt::format("Run {}: {}", job.key, job.request.slug), page.here = "/runs";
  page.wide = true;
  page.main = {
      plain("h1", element("a",
                          {{"href", (on_own_data(job) ? "/use/" : "/papers/") + job.request.slug},
                           {"class", "quiet"}},
                          title_of(job))),
      element("p", {{"class", "byline"}},
              {fmt::format("Run {} · {} · asked for ", job.key, setting_of(job)),
               time_text(job.queued_at)})};
  if (job.ended()) {
    page.main += ended_view(site, visitor, job);
  } else {
    page.main += live_view(site, visitor, job);
    page.script = runs_script_path(), page.reload_seconds = 2;
  }
  return page;
}

}  // namespace offprint::web
