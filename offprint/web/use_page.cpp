#include "offprint/web/use_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "offprint/core/json.h"
#include "offprint/web/forms.h"
#include "offprint/web/option_fields.h"
#include "offprint/web/table_view.h"
#include "offprint/web/use_jobs.h"

namespace offprint::web {
namespace {

std::string given_value(const std::map<std::string, std::string>& given, const std::string& name) {
  const auto found = given.find(name);
  return found == given.end() ? "" : found->second;
}

Html method_choice(const tasks::DataVerb& verb, const std::string& chosen) {
  Choices choices;
  for (const auto& method : verb.methods)
    choices.emplace_back(method.name, method.name + ": " + method.summary);
  return element(
      "p", {{"class", "entry"}},
      {element("label", {{"for", "method"}}, "Method"), select_box("method", choices, chosen)});
}

Html upload_field() {
  return {element("p", {{"class", "entry"}},
                  {element("label", {{"for", "file"}}, "Your table (CSV, at most 64 MiB)"),
                   element("input", {{"id", "file"},
                                     {"name", "file"},
                                     {"type", "file"},
                                     {"accept", ".csv,.tsv,.txt,text/csv"}})}),
          plain("details", {plain("summary", "Or paste it"),
                            text_area("text", "Table, its first line names the columns", "", 8)})};
}

Html methods_table(const tasks::DataVerb& verb) {
  Html rows;
  for (const auto& method : verb.methods) {
    Html source = "baseline";
    if (!method.paper.empty())
      source = element("a", {{"href", "/papers/" + method.paper}}, method.paper);
    rows += plain(
        "tr",
        {plain("td",
               element("a", {{"href", fmt::format("/use/{}?method={}", verb.name, method.name)}},
                       method.name)),
         plain("td", method.summary), plain("td", source)});
  }
  return table_view({}, rows);
}

}  // namespace

Page tasks_page() {
  Page page;
  page.title = "Use a method on your data", page.here = "/use", page.wide = true;
  page.main = {
      plain("h1", page.title),
      plain("p", "Your table stays on this machine. The same is done by the command line.")};
  for (const tasks::DataVerb& verb : tasks::data_verbs())
    page.main +=
        {plain("h2", element("a", {{"href", "/use/" + verb.name}}, verb.name)),
         plain("p", verb.summary + "; a table with " + verb.table + "."), methods_table(verb)};
  return page;
}

Page use_page(const Visitor& visitor, const tasks::DataVerb& verb,
              const std::map<std::string, std::string>& given, const std::string& problem) {
  Page page;
  page.title = verb.name, page.here = "/use";
  page.main = {plain("h1", verb.name + ": " + verb.summary), problem_view(problem),
               members_only(visitor, "/use/" + verb.name, "use methods", " to use it from here.")};
  if (!visitor.may(store::Role::member)) return page;
  Html fields = {plain("p", "A table with " + verb.table + "."), upload_field(),
                 method_choice(verb, given_value(given, "method"))};
  for (const OptionInfo& input : verb.inputs) {
    const bool needed = std::ranges::find(verb.required, input.name) != verb.required.end();
    fields += field_view({.name = input.name,
                          .label = input.name,
                          .value = given_value(given, input.name),
                          .help = input.help,
                          .required = needed});
  }
  Html options;
  for (const OptionInfo& option : verb.options)
    options += option_field(option, given_value(given, "option-" + option.name));
  fields += element("details", {{"class", "options"}}, {plain("summary", "Options"), options});
  fields += submit_button("Start", true);
  page.main += post_form(visitor, "/use/" + verb.name, fields);
  return page;
}

Html use_result_view(const store::Job& job) {
  if (job.card.empty()) return {};
  const Json result = parse_json(job.card, "result");
  Html figures, files;
  for (const Json& file : result["files"]) {
    const std::string name = file.get<std::string>();
    const std::string path = fmt::format("/runs/{}/files/{}", job.key, name);
    if (name.ends_with(".svg"))
      figures += plain("figure", {element("img", {{"src", path}, {"alt", "Plot " + name}})});
    files += plain("li", element("a", {{"href", path}, {"download", name}}, name));
  }
  return {
      element("div", {{"class", "figures"}}, figures),
      element("pre", {{"class", "result"}, {"tabindex", "0"}}, result["text"].get<std::string>()),
      plain("h2", "Files"), plain("ul", files)};
}

Html use_links(const std::string& slug) {
  Html items;
  for (const tasks::DataVerb& verb : tasks::data_verbs())
    for (const auto& method : verb.methods)
      if (method.paper == slug)
        items += plain(
            "li",
            {element("a", {{"href", fmt::format("/use/{}?method={}", verb.name, method.name)}},
                     verb.name + " with " + method.name),
             ": " + verb.summary});
  if (items.empty()) return {};
  return {element("h2", {{"id", "use"}}, "Use it on your data"), plain("ul", items)};
}

bool may_see(const Visitor& visitor, const store::Job& job) {
  if (job.request.kind != kUseKind || visitor.may(store::Role::editor)) return true;
  return visitor.user && visitor.user->key == job.user;
}

}  // namespace offprint::web
