#include "offprint/web/use_jobs.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/suggest.h"
#include "offprint/core/utf8.h"
#include "offprint/data/sha256.h"
#include "offprint/papers/run_paper.h"

namespace offprint::web {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOption = "option-";
constexpr size_t kLongestValue = 1000;

}  // namespace

std::string keep_upload(const fs::path& folder, std::string_view table) {
  require(table.find_first_not_of(" \t\r\n") != table.npos,
          "data: there is no table, expected a file or text with commas between its columns");
  require(table.find('\0') == table.npos,
          "data: this is no text, expected a table with commas between its columns (CSV)");
  const std::string name = data::sha256(table) + ".csv";
  const fs::path path = folder / "uploads" / name;
  std::error_code error;
  if (fs::exists(path, error)) return name;
  make_folder(path.parent_path());
  write_file(path, table);
  return name;
}

store::JobRequest use_request(const tasks::DataVerb& verb,
                              const std::map<std::string, std::string>& fields,
                              const std::string& upload) {
  const auto field = [&](const std::string& name) {
    const auto found = fields.find(name);
    const std::string value = found == fields.end() ? "" : found->second;
    require(value.size() <= kLongestValue, "{}: {} bytes, expected at most {}", name, value.size(),
            kLongestValue);
    return value;
  };
  Json options = {{"data", upload}};
  std::string method = field("method");
  if (method.empty()) method = verb.methods.front().name;
  std::vector<std::string> names;
  for (const auto& known : verb.methods) names.push_back(known.name);
  require(std::ranges::find(names, method) != names.end(), "{}: no method '{}'{}", verb.name,
          method, did_you_mean(method, names));
  options["method"] = method;
  for (const OptionInfo& input : verb.inputs) {
    if (const std::string value = field(input.name); !value.empty()) options[input.name] = value;
    require(options.contains(input.name) ||
                std::ranges::find(verb.required, input.name) == verb.required.end(),
            "{}: it is empty, expected {}", input.name, input.help);
  }
  store::JobRequest request;
  for (const OptionInfo& option : verb.options) {
    const std::string value = field(std::string(kOption) + option.name);
    if (value.empty()) continue;
    const Json read = parse_option(option, value);
    if (option.name == "seed")
      request.seed = read.get<uint64_t>();
    else if (read != option.value)
      options[option.name] = read;
  }
  request.kind = kUseKind, request.slug = verb.name, request.scale = "";
  request.options = json_text(options), request.revision = papers::source_revision();
  return request;
}

fs::path results_folder(const fs::path& folder, int64_t job) {
  return folder / "results" / std::to_string(job);
}

std::vector<std::string> use_command(const store::JobRequest& request, const fs::path& folder,
                                     const fs::path& results) {
  const tasks::DataVerb& verb = tasks::find_data_verb(request.slug);
  const Json options = parse_json(request.options, "options");
  std::vector<std::string> words = {verb.name, "--progress=json"};
  for (const auto& [name, value] : options.items())
    words.push_back(name == "data"
                        ? "--data=" + (folder / "uploads" / value.get<std::string>()).string()
                        : option_flag(name, value));
  const bool drawn =
      std::ranges::find(verb.options, "seed", &OptionInfo::name) != verb.options.end();
  if (drawn) words.push_back(fmt::format("--seed={}", request.seed));
  for (const auto& [name, file] : verb.outputs)
    words.push_back(name + "=" + (file.empty() ? results : results / file).string());
  return words;
}

std::string for_reader(std::string text, const fs::path& folder, const fs::path& results) {
  constexpr size_t kName = 64 + 4;  // as keep_upload names it
  const std::string uploads = (folder / "uploads" / "").string(), own = (results / "").string();
  for (size_t at = 0; (at = text.find(uploads, at)) != text.npos;)
    text.replace(at, uploads.size() + kName, "your table");
  for (size_t at = 0; (at = text.find(own, at)) != text.npos;) text.erase(at, own.size());
  return text;
}

Json use_result(const fs::path& folder, const fs::path& results) {
  Json files = Json::array();
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(results))
    if (entry.is_regular_file() && entry.path().filename() != "summary.txt")
      names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  for (const std::string& name : names) files.push_back(name);
  return {{"text", for_reader(read_file(results / "summary.txt"), folder, results)},
          {"files", files}};
}

}  // namespace offprint::web
