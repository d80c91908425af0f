#include "offprint/cli/data_verb.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "offprint/core/progress.h"
#include "offprint/core/table.h"
#include "offprint/data/catalog.h"
#include "offprint/data/weights.h"

namespace offprint::cli {
namespace {

std::vector<data::PublicSet> all_sets() {
  std::vector<data::PublicSet> all(data::sets().begin(), data::sets().end());
  all.insert(all.end(), data::weights().begin(), data::weights().end());
  return all;
}

std::string size_text(uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

void list(std::ostream& out, bool json) {
  Json rows = Json::array();
  TextTable table{.title = "", .columns = {"name", "what", "size", "licence", "here"}, .rows = {}};
  for (const data::PublicSet& set : all_sets()) {
    Json row = data::to_json(set);
    table.rows.push_back({std::string(set.name), std::string(set.what),
                          size_text(row["bytes"].get<uint64_t>()), std::string(set.licence),
                          row["folder"].is_null() ? "no" : "yes"});
    rows.push_back(std::move(row));
  }
  if (json)
    out << json_text(rows, 2) << '\n';
  else
    out << table.to_terminal()
        << "offprint data get NAME gets one, offprint data where NAME says where it lies.\n";
}

void say_where(std::ostream& out, const data::PublicSet& set, const std::string& folder,
               bool json) {
  out << (json ? json_text(data::to_json(set), 2) : folder) << '\n';
}

}  // namespace

void add_data_verb(CLI::App& program, Context& context) {
  std::ostream& out = context.out;
  struct Given {
    std::string name;
    bool json = false;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("data", "public data sets and default weights");
  verb->require_subcommand(1);
  verb->footer("Example: offprint data where digits");
  const auto add = [&](const char* name, const char* help, bool named) {
    CLI::App* command = verb->add_subcommand(name, help);
    command->add_flag("--json", given->json, "print JSON");
    if (named)
      command->add_option("NAME", given->name, "as offprint data list shows it")->required();
    return command;
  };
  add("list", "all sets with what they are and whether they are on this machine", false)
      ->callback([&out, given] { list(out, given->json); });
  add("get", "download a set into the cache and check it", true)->callback([&out, &context, given] {
    const auto all = all_sets();
    const data::PublicSet& set = data::named(all, given->name, "data set");
    Progress progress = context.progress();
    const std::string folder = data::get(set, progress).string();
    say_where(out, set, folder, given->json);
  });
  add("where", "the folder a set lies in", true)->callback([&out, given] {
    const auto all = all_sets();
    const data::PublicSet& set = data::named(all, given->name, "data set");
    const std::string folder = data::require_found(set).string();
    say_where(out, set, folder, given->json);
  });
}

}  // namespace offprint::cli
