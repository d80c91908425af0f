#include "offprint/cli/data_verb.h"

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/progress.h"
#include "offprint/core/table.h"
#include "offprint/data/byte_pair.h"
#include "offprint/data/catalog.h"
#include "offprint/data/chat_template.h"
#include "offprint/data/text_file.h"
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

// Every line of the file is a JSON value; what is made of it goes to a line.
void print_lines(std::ostream& out, const std::filesystem::path& path,
                 const std::function<std::string(const Json&, const std::string&)>& make) {
  const data::Contents contents(path);
  std::string_view rest = contents.bytes();
  for (int64_t line = 1; !rest.empty(); ++line) {
    const std::string source = fmt::format("{}:{}", path.string(), line);
    out << make(parse_json(rest.substr(0, rest.find('\n')), source), source) << '\n';
    rest.remove_prefix(std::min(rest.size(), rest.find('\n')));
    rest.remove_prefix(std::min<size_t>(rest.size(), 1));
  }
}

struct LinesGiven {
  std::filesystem::path model, lines;
};

void print_tokens(std::ostream& out, const LinesGiven& given) {
  const data::BytePair tokens = given.model.extension() == ".json"
                                    ? data::BytePair::from_json(given.model)
                                    : data::BytePair::from_gguf(data::Gguf(given.model));
  print_lines(out, given.lines, [&](const Json& text, const std::string& source) {
    require(text.is_string(), "{}: {}, expected a text as JSON", source, json_kind(text));
    return fmt::format("{}", fmt::join(tokens.encode(text.get<std::string>()), " "));
  });
}

void print_conversations(std::ostream& out, const LinesGiven& given) {
  const std::string source = given.model.string();
  const std::string text = given.model.extension() == ".gguf"
                               ? json_get<std::string>(data::Gguf(given.model).metadata(),
                                                       "tokenizer.chat_template", source)
                               : read_file(given.model);
  const data::ChatTemplate chat(text, source);
  print_lines(out, given.lines, [&](const Json& variables, const std::string& line) {
    require(variables.is_object(), "{}: {}, expected an object", line, json_kind(variables));
    return json_text(chat.render(variables));
  });
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
  const auto lines = std::make_shared<LinesGiven>();
  CLI::App* tokens = verb->add_subcommand("tokens", "how a model's tokeniser cuts texts");
  tokens->add_option("--model", lines->model, "GGUF file or tokenizer.json")->required();
  tokens->add_option("--lines", lines->lines, "a text a line, as JSON")->required();
  tokens->callback([&out, lines] { print_tokens(out, *lines); });
  CLI::App* chats =
      verb->add_subcommand("chat-template", "how a model's template writes conversations");
  chats->add_option("--model", lines->model, "GGUF file or a Jinja template")->required();
  chats->add_option("--lines", lines->lines, "the template's variables a line, as a JSON object")
      ->required();
  chats->callback([&out, lines] { print_conversations(out, *lines); });
}

}  // namespace offprint::cli
