// The language runtime against llama.cpp on the same file: SmolLM2-135M Q4_1, fast decoder. Decode:
// 64 steps of one token after 128 others. Prefill: 512 tokens at once, logits of the last. On one
// and on two threads, in turns within one run.
#include <filesystem>
#include <limits>
#include <memory>

#include "benchmarks/interleave.h"
#include "offprint/core/error.h"
#include "offprint/data/weights.h"
#include "offprint/models/decoder.h"

using namespace offprint;

namespace {

constexpr int64_t kBefore = 128, kSteps = 64, kText = 512, kContext = 1024;

std::vector<int64_t> some_tokens(int64_t n) {
  std::vector<int64_t> tokens;
  for (int64_t i = 0; i < n; ++i) tokens.push_back(1000 + i * 7919 % 40000);
  return tokens;
}

int run(int argc, char** argv) {
  std::filesystem::path file;
  for (const auto& entry : std::filesystem::directory_iterator(data::require_weights("smollm2")))
    if (entry.path().extension() == ".gguf") file = entry.path();
  const models::Decoder model = models::load_decoder(data::Gguf(file));
  const std::vector<int64_t> before = some_tokens(kBefore), steps = some_tokens(kSteps),
                             text = some_tokens(kText);
  models::KvCache prompt;
  forward(model, at::tensor(before, at::kLong), prompt, 1);
  const auto decode = [&] {
    models::KvCache cache = prompt;
    for (const int64_t token : steps) forward(model, at::tensor({token}, at::kLong), cache, 1);
    return std::numeric_limits<double>::quiet_NaN();
  };
  const auto prefill = [&] {
    models::KvCache cache;
    forward(model, at::tensor(text, at::kLong), cache, 1);
    return std::numeric_limits<double>::quiet_NaN();
  };
  const Json request = {{"model", file.string()}, {"context", kContext}};
  std::vector<benchmarks::Case> cases;
  for (const int threads : {1, 2}) {
    Json steps_request = request, text_request = request;
    steps_request.update({{"prompt", before}, {"steps", steps}});
    text_request.update({{"prompt", text}, {"steps", Json::array()}});
    cases.push_back({fmt::format("decode {} tokens, {} threads", kSteps, threads), decode,
                     steps_request, threads});
    cases.push_back({fmt::format("prefill {} tokens, {} threads", kText, threads), prefill,
                     text_request, threads});
  }
  return benchmarks::compare(argc, argv, "decode", cases);
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
