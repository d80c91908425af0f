#include "offprint/papers/slm_agents/schema_draws.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/data/json_schema_check.h"
#include "offprint/tasks/guided.h"

namespace offprint::papers::slm_agents {
namespace {

constexpr int64_t kMostTokens = 600;

std::string word(Rng& rng, int64_t most) {
  static constexpr std::string_view kLetters[] = {
      "a", "k", "z", " ", "7", "\"", "\\", "/", "\n", "\u00e9", "\u20ac", "\U0001F600"};
  std::string out;
  for (int64_t n = rng.integer(most + 1); n > 0; --n)
    out += kLetters[static_cast<size_t>(rng.integer(std::ssize(kLetters)))];
  return out;
}

SchemaDraw draw_value(Rng& rng, int depth);

SchemaDraw draw_object(Rng& rng, int depth) {
  SchemaDraw d{{{"type", "object"}, {"properties", Json::object()}}, Json::object()};
  Json required = Json::array();
  for (int64_t i = 0, n = 1 + rng.integer(4); i < n; ++i) {
    const std::string name = fmt::format("f{}", i);
    const SchemaDraw inner = draw_value(rng, depth - 1);
    d.schema["properties"][name] = inner.schema;
    const bool must = rng.uniform() < 0.6;
    if (must) required.push_back(name);
    if (must || rng.uniform() < 0.5) d.document[name] = inner.document;
  }
  d.schema["required"] = required;
  d.schema["additionalProperties"] = false;
  return d;
}

SchemaDraw draw_list(Rng& rng, int depth) {
  const int64_t least = rng.integer(3), most = least + rng.integer(3);
  const SchemaDraw inner = draw_value(rng, depth - 1);
  SchemaDraw d{
      {{"type", "array"}, {"items", inner.schema}, {"minItems", least}, {"maxItems", most}},
      Json::array()};
  for (int64_t n = least + rng.integer(most - least + 1); n > 0; --n)
    d.document.push_back(inner.document);
  return d;
}

SchemaDraw draw_value(Rng& rng, int depth) {
  switch (rng.integer(depth > 0 ? 9 : 6)) {
    case 0: {
      const int64_t low = rng.integer(200) - 100, high = low + rng.integer(1000);
      return {{{"type", "integer"}, {"minimum", low}, {"maximum", high}},
              low + rng.integer(high - low + 1)};
    }
    case 1: {
      const int64_t most = 1 + rng.integer(8);
      return {{{"type", "string"}, {"maxLength", most}}, word(rng, most)};
    }
    case 2:
      return {{{"type", "boolean"}}, rng.uniform() < 0.5};
    case 3: {
      const Json values = {word(rng, 5), 7, nullptr, word(rng, 5) + "!"};
      return {{{"enum", values}}, values[static_cast<size_t>(rng.integer(4))]};
    }
    case 4:
      return {{{"type", "number"}}, static_cast<double>(rng.integer(100'000)) / 128 - 300};
    case 5: {
      const Json value = word(rng, 6);
      return {{{"const", value}}, value};
    }
    case 6:
      return draw_object(rng, depth);
    case 7:
      return draw_list(rng, depth);
    default: {
      const SchemaDraw a = draw_value(rng, depth - 1), b = draw_value(rng, depth - 1);
      return {{{"anyOf", {a.schema, b.schema}}}, rng.uniform() < 0.5 ? a.document : b.document};
    }
  }
}

int64_t pick(std::span<const uint64_t> allowed, Rng& rng) {
  int64_t count = 0;
  for (const uint64_t word : allowed) count += std::popcount(word);
  if (count == 0) return -1;
  int64_t left = rng.integer(count);
  for (size_t i = 0; i < allowed.size(); ++i) {
    uint64_t bits = allowed[i];
    if (left >= std::popcount(bits)) {
      left -= std::popcount(bits);
      continue;
    }
    while (left-- > 0) bits &= bits - 1;
    return static_cast<int64_t>(64 * i) + std::countr_zero(bits);
  }
  return -1;
}

struct Walk {
  std::string text;
  bool whole = false;
};

// Times of a mask and a step, in microseconds.
Walk walk(const tasks::LanguageModelFile& model, data::TokenMasks& masks, Rng& rng,
          std::vector<double>& times) {
  Walk w;
  int32_t state = masks.start();
  for (int64_t n = 0; n < kMostTokens; ++n) {
    const Stopwatch mask;
    const std::span<const uint64_t> allowed = masks.allowed(state);
    const double seconds = mask.seconds();
    const int64_t id = pick(allowed, rng);
    if (id < 0 || std::ranges::count(model.ends, id) > 0) {
      w.whole = true;
      return w;
    }
    const Stopwatch step;
    state = masks.next(state, id);
    times.push_back(1e6 * (seconds + step.seconds()));
    w.text += model.tokens.decode(std::vector{id});
    if (masks.finished(state)) {
      w.whole = true;
      return w;
    }
  }
  return w;
}

bool obeys(const std::string& text, const Json& schema) {
  try {
    return data::schema_problem(parse_json(text, "text"), schema).empty();
  } catch (const Error&) {
    return false;
  }
}

Json wide_schema() {
  Json properties = Json::object(), required = Json::array();
  for (int i = 0; i < 50; ++i) {
    const std::string name = fmt::format("field_{:02}", i);
    properties[name] = i % 3 == 0   ? Json{{"type", "integer"}, {"minimum", 0}, {"maximum", 999}}
                       : i % 3 == 1 ? Json{{"type", "string"}}
                                    : Json{{"enum", {"low", "middle", "high"}}};
    required.push_back(name);
  }
  return {{"type", "object"},
          {"properties", properties},
          {"required", required},
          {"additionalProperties", false}};
}

}  // namespace

SchemaDraw draw_schema(Rng& rng) { return draw_object(rng, 2); }

GuideChecks check_guides(const tasks::LanguageModelFile& model, int64_t texts, Rng rng,
                         Progress& progress) {
  constexpr int64_t kTexts = 20;  // of a schema
  GuideChecks out;
  std::vector<double> first, later;
  progress.start("texts that obey a schema", texts);
  while (out.texts < texts) {
    const SchemaDraw drawn = draw_schema(rng);
    const auto masks = tasks::guide(model, data::json_schema_grammar(drawn.schema, "schema"));
    for (int64_t i = 0; i < kTexts && out.texts < texts; ++i) {
      const Walk w = walk(model, *masks, rng, i == 0 ? first : later);
      ++out.texts, out.uncut += w.whole;
      out.valid += w.whole && obeys(w.text, drawn.schema);
    }
    // Each document comes with a schema of its own, so it takes further schemas to have as many of
    // them as texts.
    for (int64_t i = 0; i < kTexts; ++i) {
      const SchemaDraw d = i == 0 ? drawn : draw_schema(rng);
      require(data::schema_problem(d.document, d.schema).empty(),
              "slm-agents: a document made to obey its schema does not: {}",
              data::schema_problem(d.document, d.schema));
      data::GrammarRule rule = data::json_schema_grammar(d.schema, "schema");
      data::GrammarStates states(std::move(rule.grammar), rule.rule);
      const int32_t end = states.next(states.start(), json_text(d.document));
      ++out.documents;
      out.reached += end != data::GrammarStates::kDead && states.accepts(end);
    }
    progress.at(out.texts), progress.throw_if_stopped();
  }
  out.first_us = median(first), out.mask_us = median(later);
  const Stopwatch compile;
  const auto wide = tasks::guide(model, data::json_schema_grammar(wide_schema(), "schema"));
  wide->allowed(wide->start());
  out.compile_ms = 1e3 * compile.seconds();
  return out;
}

int64_t valid_at_heat(const tasks::LanguageModelFile& model, int64_t texts, Rng rng,
                      Progress& progress) {
  int64_t valid = 0;
  for (int64_t i = 0; i < texts; ++i) {
    const SchemaDraw drawn = draw_schema(rng);
    const auto masks = tasks::guide(model, data::json_schema_grammar(drawn.schema, "schema"));
    tasks::GenerateOptions o;
    o.guide = masks.get(), o.most_tokens = kMostTokens, o.jump = true;
    o.sampling = {.temperature = 1.5, .top_k = 0, .top_p = 1, .min_p = 0};
    o.seed = static_cast<uint64_t>(i) + 1;
    const tasks::Generated said = tasks::generate(
        model, "A record as JSON: ", o, [](std::string_view) {}, progress);
    valid += said.reason == "stop" && obeys(said.text, drawn.schema);
    progress.throw_if_stopped();
  }
  return valid;
}

}  // namespace offprint::papers::slm_agents
