#include "offprint/web/run_jobs.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/papers/paper.h"
#include "offprint/papers/run_paper.h"
#include "offprint/web/use_jobs.h"

namespace offprint::web {
namespace {

constexpr int64_t kMostWaiting = 50;

const papers::Paper& paper_that_runs(const std::string& slug) {
  const papers::Paper& paper = papers::find_paper(slug);
  require(paper.runs(), "'{}' does not run here yet", paper.slug);
  return paper;
}

const OptionInfo& option_of(const std::vector<OptionInfo>& known, const std::string& name) {
  const auto found = std::ranges::find(known, name, &OptionInfo::name);
  require(found != known.end(), "there is no option '{}'", name);
  return *found;
}

// JSON has no infinity, so that such numbers are text.
bool fits(const OptionInfo& option, const Json& value) {
  if (option.kind == "switch") return value.is_boolean();
  if (option.kind == "text") return value.is_string();
  if (option.kind == "number")
    return value.is_number() || value == "inf" || value == "-inf" || value == "nan";
  return value.is_number_integer();
}

// 726.0 is a whole number in JSON.
Json as_whole(const Json& value) {
  constexpr double kExact = 1LL << 53;
  if (!value.is_number_float()) return value;
  const double number = value.get<double>();
  if (number != std::floor(number) || std::abs(number) > kExact) return value;
  return static_cast<int64_t>(number);
}

// As the recipe reads it: a number also where a whole one came. Forms give text for everything.
Json checked(const OptionInfo& option, const Json& given, bool from_form) {
  const Json value = option.kind == "whole number" ? as_whole(given) : given;
  require(from_form || fits(option, value), "option '{}' is {}, expected a {}", option.name,
          json_kind(value), option.kind);
  return parse_option(option, value.is_string() ? value.get<std::string>() : json_text(value));
}

std::string text_or(const Json& object, const char* key, const char* otherwise) {
  return object.contains(key) ? json_get<std::string>(object, key, "run") : otherwise;
}

// In the recipe's order, whatever order they came in; those that equal its defaults are left out.
Json options_of(const papers::Paper& paper, papers::Scale scale, const Json& asked,
                bool from_form) {
  require(asked.is_object(), "run: options are {}, expected an object", json_kind(asked));
  const std::vector<OptionInfo> known = paper.options(scale);
  for (const auto& [name, value] : asked.items()) option_of(known, name);
  Json options = Json::object();
  for (const OptionInfo& option : known) {
    if (!asked.contains(option.name)) continue;
    const Json value = checked(option, asked[option.name], from_form);
    if (value != option.value) options[option.name] = value;
  }
  return options;
}

void know_the_members(const Json& asked) {
  for (const auto& [name, value] : asked.items())
    require(name == "slug" || name == "scale" || name == "seed" || name == "options",
            "run: '{}' was not expected, only slug, scale, seed and options", name.substr(0, 40));
}

store::JobRequest request_of(const Json& asked, bool from_form) {
  require(asked.is_object(), "run: got {}, expected an object with a slug", json_kind(asked));
  know_the_members(asked);
  const papers::Paper& paper = paper_that_runs(json_get<std::string>(asked, "slug", "run"));
  const papers::Scale scale = papers::parse_scale(text_or(asked, "scale", "quick"));
  store::JobRequest request;
  request.slug = paper.slug, request.scale = papers::scale_name(scale);
  if (asked.contains("seed"))
    request.seed = json_get<uint64_t>({{"seed", as_whole(asked["seed"])}}, "seed", "run");
  request.options =
      json_text(options_of(paper, scale, asked.value("options", Json::object()), from_form));
  request.revision = papers::source_revision();
  return request;
}

}  // namespace

store::JobRequest run_request(const Json& asked) { return request_of(asked, false); }

store::JobRequest run_request(const std::map<std::string, std::string>& fields) {
  constexpr std::string_view kOption = "option-";
  Json asked = {{"options", Json::object()}};
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    if (name.starts_with(kOption)) {
      asked["options"][name.substr(kOption.size())] = value;
    } else if (name == "seed") {
      uint64_t seed = 0;
      const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), seed);
      require(code == std::errc() && end == value.data() + value.size(),
              "seed '{}', expected a whole number from 0", value.substr(0, 40));
      asked["seed"] = seed;
    } else if (name == "slug" || name == "scale") {
      asked[name] = value;
    }
  }
  return request_of(asked, true);
}

std::optional<Asked> ask_for_run(store::Database& database, const store::JobRequest& request,
                                 int64_t user, int64_t now) {
  if (const auto done = store::find_done(database, request)) return Asked{done->key, false};
  if (const auto pending = store::find_pending(database, request))
    return Asked{pending->key, false};
  if (store::count_jobs(database, store::JobState::queued) >= kMostWaiting) return std::nullopt;
  return Asked{store::add_job(database, request, user, now), true};
}

bool on_own_data(const store::Job& job) { return job.request.kind == kUseKind; }

std::string setting_of(const store::Job& job) {
  std::string text = on_own_data(job)
                         ? "own data"
                         : fmt::format("{}, seed {}", job.request.scale, job.request.seed);
  const Json options = parse_json(job.request.options, "options");
  for (const auto& [name, value] : options.items())
    if (name != "data")
      text += fmt::format(", {} {}", name,
                          value.is_string() ? value.get<std::string>() : json_text(value));
  return text;
}

std::optional<papers::RunCard> card_of(const store::Job& job) {
  if (job.card.empty() || on_own_data(job)) return std::nullopt;
  const std::string source = fmt::format("card of run {}", job.key);
  return papers::card_from_json(parse_json(job.card, source), source);
}

Json to_json(const store::Job& job) {
  const auto kept = [](const std::string& text, const Json& otherwise) {
    return text.empty() ? otherwise : parse_json(text, "run");
  };
  return {{"id", job.key},
          {"kind", job.request.kind},
          {"slug", job.request.slug},
          {"scale", job.request.scale},
          {"seed", job.request.seed},
          {"options", kept(job.request.options, Json::object())},
          {"revision", job.request.revision},
          {"state", store::state_name(job.state)},
          {"queued_at", job.queued_at},
          {"started_at", job.started_at},
          {"ended_at", job.ended_at},
          {"progress", kept(job.progress, nullptr)},
          {"error", job.error}};
}

}  // namespace offprint::web
