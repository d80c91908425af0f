// Token masks of JSON Schemas against xgrammar: SmolLM2's vocabulary (49 152), documents of three
// schemas, token by token: fill the mask of what may come next, then go on by the document's token.
// Both sides have met the documents once before. Says besides how long a schema of 50 fields takes
// to compile and a mask the first time, and fails where the compile takes more than 50 ms or a mask
// and a step more than 40 us.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "benchmarks/interleave.h"
#include "benchmarks/scratch_folder.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/numbers.h"
#include "offprint/data/weights.h"
#include "offprint/tasks/guided.h"

using namespace offprint;

namespace {

constexpr int kRounds = 50;  // over a document in one repeat
constexpr double kMostCompileMs = 50, kMostTokenUs = 40;

struct Work {
  std::string name;
  Json schema, document;
};

std::vector<Work> works() {
  std::vector<Work> all;
  const char* person = R"({"type": "object", "properties": {"name": {"type": "string"},
    "age": {"type": "integer"}, "sex": {"enum": ["female", "male"]}, "married": {"type": "boolean"},
    "income": {"type": "number"}}, "required": ["name", "age", "sex", "married", "income"],
    "additionalProperties": false})";
  const Json one = {{"name", "Maeve O'Hara"},
                    {"age", 34},
                    {"sex", "female"},
                    {"married", false},
                    {"income", 48000}};
  all.push_back({"a person", parse_json(person, "schema"), one});
  all.push_back({"a list of people",
                 {{"type", "array"}, {"items", parse_json(person, "schema")}},
                 Json::array({one, one, one, one})});
  Work fields{"50 fields", {{"type", "object"}, {"additionalProperties", false}}, Json::object()};
  for (int i = 0; i < 50; ++i) {
    const std::string name = fmt::format("field_{}", i);
    const bool text = i % 2 == 0;
    fields.schema["properties"][name] = {{"type", text ? "string" : "integer"}};
    fields.schema["required"].push_back(name);
    fields.document[name] = text ? Json("some words of text") : Json(i * 1000);
  }
  all.push_back(fields);
  return all;
}

struct Walk {
  std::shared_ptr<data::TokenMasks> masks;
  std::vector<int64_t> tokens;
  std::vector<uint64_t> mask;  // what a sampler would be handed

  void once() {
    int32_t state = masks->start();
    for (const int64_t token : tokens) {
      const auto allowed = masks->allowed(state);
      mask.assign(allowed.begin(), allowed.end());
      require((mask[static_cast<size_t>(token) / 64] >> (token % 64) & 1) == 1,
              "grammar: a token of the document is not allowed");
      state = masks->next(state, token);
    }
    require(masks->accepts(state), "grammar: the document is not whole");
  }
};

int run(int argc, char** argv) {
  std::filesystem::path file;
  for (const auto& entry : std::filesystem::directory_iterator(data::require_weights("smollm2")))
    if (entry.path().extension() == ".gguf") file = entry.path();
  const tasks::LanguageModelFile model = tasks::load_language_model(file);
  const benchmarks::ScratchFolder scratch;
  const std::string vocabulary = (scratch.path / "tokens.json").string();
  write_json(vocabulary, {{"tokens", data::Gguf(file).metadata()["tokenizer.ggml.tokens"]},
                          {"ends", model.ends}});
  std::vector<benchmarks::Case> cases;
  bool slow = false;
  for (const Work& work : works()) {
    Stopwatch watch;
    data::GrammarRule rule = data::json_schema_grammar(work.schema, work.name);
    auto walk = std::make_shared<Walk>();
    walk->masks = tasks::guide(model, std::move(rule));
    const double compile_ms = 1000 * watch.seconds();
    walk->tokens = model.tokens.encode(work.document.dump(), true);
    const auto count = static_cast<double>(walk->tokens.size());
    watch.restart();
    walk->once();
    const double first_us = 1e6 * watch.seconds() / count;
    std::vector<double> again;
    for (int i = 0; i < kRounds; ++i)
      watch.restart(), walk->once(), again.push_back(watch.seconds());
    const double token_us = 1e6 * median(again) / count;
    slow |= compile_ms > kMostCompileMs || token_us > kMostTokenUs;
    fmt::print(stderr,
               "{}: compiled in {:.2f} ms; a token {:.0f} us the first time, then {:.2f} us\n",
               work.name, compile_ms, first_us, token_us);
    cases.push_back({work.name,
                     [walk] {
                       for (int i = 0; i < kRounds; ++i) walk->once();
                       return std::numeric_limits<double>::quiet_NaN();
                     },
                     {{"vocabulary", vocabulary},
                      {"schema", work.schema.dump()},
                      {"tokens", walk->tokens},
                      {"rounds", kRounds}}});
  }
  return std::max(slow ? 1 : 0, benchmarks::compare(argc, argv, "grammar", cases));
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
