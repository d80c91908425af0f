// Dense against sparse attention of our own decoder, SmolLM2-135M Q4_1, in turns within one run.
// Time: single steps after 32 K tokens, four times what the model was trained for: a load, no text.
// The cache is filled by a decoder that reads four blocks a step; times depend on its length alone.
// Quality: perplexity on kjv. --top-k K, --turns N, --tokens N (of kjv).
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>

#include "benchmarks/interleave.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/numbers.h"
#include "offprint/data/byte_pair.h"
#include "offprint/data/catalog.h"
#include "offprint/data/weights.h"
#include "offprint/models/decoder.h"

using namespace offprint;

namespace {

constexpr int64_t kContext = 32768, kSteps = 4;

int64_t number_after(int argc, char** argv, std::string_view flag, int64_t otherwise) {
  for (int i = 1; i + 1 < argc; ++i)
    if (argv[i] == flag) return std::stoll(argv[i + 1]);
  return otherwise;
}

std::vector<int64_t> some_tokens(int64_t n) {
  std::vector<int64_t> tokens;
  for (int64_t i = 0; i < n; ++i) tokens.push_back(1000 + i * 7919 % 40000);
  return tokens;
}

// Seconds a token.
double step_seconds(const models::Decoder& model, models::KvCache& cache) {
  const Stopwatch watch;
  for (int64_t i = 0; i < kSteps; ++i) forward(model, at::tensor({1000 + i}, at::kLong), cache, 1);
  return watch.seconds() / kSteps;
}

double perplexity(const models::Decoder& model, const Tensor& tokens) {
  models::KvCache cache;
  const int64_t n = tokens.size(0) - 1, most = 256;
  double nats = 0;
  for (int64_t at = 0; at < n; at += most) {
    const int64_t length = std::min(most, n - at);
    const Tensor log_p = at::log_softmax(forward(model, tokens.narrow(0, at, length), cache), 1);
    const Tensor next = tokens.narrow(0, at + 1, length).unsqueeze(1);
    nats -= log_p.gather(1, next).to(at::kDouble).sum().item<double>();
  }
  return std::exp(nats / static_cast<double>(n));
}

double attention_seconds(const models::DecoderOptions& o, const kernels::SparseOptions& sparse) {
  const int64_t d = o.head_size, stride = o.kv_heads * d, serves = o.heads / o.kv_heads;
  static const Rng rng(4);
  static const auto draw = [](const char* name, at::IntArrayRef shape) {
    return Rng(rng.split(name)).normal(shape).to(at::kFloat);
  };
  static const Tensor q = draw("q", {o.heads, d}), keys = draw("keys", {o.depth, kContext, stride}),
                      values = draw("values", {o.depth, kContext, stride});
  static const Tensor means =
      keys.view({o.depth, -1, kernels::kSummaryRows, stride}).mean(2).contiguous();
  static const Tensor scores = at::empty({serves, kContext}), out = at::empty({o.heads, d});
  const float scale = 1 / std::sqrt(static_cast<float>(d));
  const Stopwatch watch;
  for (int64_t i = 0; i < o.depth; ++i)
    for (int64_t h = 0; h < o.kv_heads; ++h) {
      std::vector<kernels::AttendRow> rows;
      for (int64_t g = 0; g < serves; ++g)
        rows.push_back({q.const_data_ptr<float>() + (h * serves + g) * d, kContext,
                        scores.mutable_data_ptr<float>() + g * kContext,
                        out.mutable_data_ptr<float>() + (h * serves + g) * d});
      std::vector<int64_t> blocks;
      if (kernels::leaves_out(sparse, kContext)) {
        const float* own = means.const_data_ptr<float>() + i * means[0].numel() + h * d;
        blocks = kernels::choose_blocks(rows, own, stride, d, scale, sparse);
        for (auto& row : rows) row.count = kernels::tokens_in(blocks, kContext);
      }
      const int64_t at = i * kContext * stride + h * d;
      kernels::attend_rows(rows, keys.const_data_ptr<float>() + at,
                           values.const_data_ptr<float>() + at, stride, d, scale,
                           blocks.empty() ? nullptr : blocks.data());
    }
  return watch.seconds();
}

// Who goes first alternates; a first turn of each does not count.
template <class Work>
void in_turns(const char* name, int64_t turns, const Work& seconds) {
  std::vector<double> dense, sparse, ratios;
  for (int64_t turn = -1; turn < turns; ++turn) {
    double a = 0, b = 0;
    if (turn % 2 == 0)
      a = seconds(false), b = seconds(true);
    else
      b = seconds(true), a = seconds(false);
    if (turn >= 0) dense.push_back(a), sparse.push_back(b), ratios.push_back(a / b);
  }
  std::cout << fmt::format(
                   "sparse: {}: dense {:.2f} ms, sparse {:.2f} ms a token; ratio {:.2f} (min "
                   "{:.2f}, max {:.2f})",
                   name, 1e3 * median(dense), 1e3 * median(sparse), median(ratios),
                   std::ranges::min(ratios), std::ranges::max(ratios))
            << std::endl;
}

int run(int argc, char** argv) {
  std::filesystem::path file;
  for (const auto& entry : std::filesystem::directory_iterator(data::require_weights("smollm2")))
    if (entry.path().extension() == ".gguf") file = entry.path();
  const data::Gguf weights(file);
  models::Decoder dense = models::load_decoder(weights), sparse = dense;
  sparse.sparse.top_k = number_after(argc, argv, "--top-k", 32);
  kernels::check(sparse.sparse);
  const int64_t turns = number_after(argc, argv, "--turns", 5);

  const auto text = data::find_set("kjv");
  require(text.has_value(), "sparse: no kjv in OFFPRINT_DATA");
  const int64_t n = std::min(number_after(argc, argv, "--tokens", 4096), dense.options.context);
  std::vector<int64_t> ids = data::BytePair::from_gguf(weights).encode(
      read_file(*text / "kjv.txt").substr(0, static_cast<size_t>(8 * n)));
  ids.resize(std::min(ids.size(), static_cast<size_t>(n)));
  const Tensor tokens = at::tensor(ids, at::kLong);
  const double full = perplexity(dense, tokens), some = perplexity(sparse, tokens);
  std::cout << fmt::format(
                   "sparse: perplexity on {} tokens of kjv: dense {:.4f}, sparse {:.4f}, "
                   "{:+.2f} %",
                   ids.size(), full, some, 100 * (some / full - 1))
            << std::endl;

  in_turns("attention alone, one thread, 32768 tokens", turns, [&](bool chosen) {
    return attention_seconds(dense.options, chosen ? sparse.sparse : dense.sparse);
  });

  for (models::Decoder* m : {&dense, &sparse}) {
    m->options.context = kContext;
    m->rotary =
        nn::make_rotary(kContext, m->options.head_size, m->options.rope_base, m->rotary.pairs);
  }
  models::Decoder light = sparse;
  light.sparse = {.top_k = 1, .initial = 1, .local = 2, .dense_below = 0};
  models::KvCache cache;
  forward(light, at::tensor(some_tokens(kContext - 2 * (turns + 1) * kSteps), at::kLong), cache, 1);
  in_turns("decode, 32 K tokens", turns,
           [&](bool chosen) { return step_seconds(chosen ? sparse : dense, cache); });
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
