#include "offprint/tasks/generate.h"

#include <algorithm>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/tasks/generation.h"

namespace offprint::tasks {
namespace {

void penalise(Tensor& logits, const SamplingOptions& o, const std::vector<int64_t>& before) {
  const auto from = before.size() > static_cast<size_t>(o.repeat_window)
                        ? before.size() - static_cast<size_t>(o.repeat_window)
                        : 0;
  std::vector<int64_t> recent(before.begin() + static_cast<std::ptrdiff_t>(from), before.end());
  std::ranges::sort(recent);
  recent.erase(std::unique(recent.begin(), recent.end()), recent.end());
  for (const int64_t id : recent) {
    Tensor logit = logits[id];
    logit.copy_(at::where(logit > 0, logit / o.repeat_penalty, logit * o.repeat_penalty));
  }
}

}  // namespace

void check(const SamplingOptions& o) {
  require(o.temperature >= 0, "--temperature: {}, expected 0 or more", o.temperature);
  require(o.top_k >= 0, "--top-k: {}, expected 0 or more", o.top_k);
  require(o.top_p > 0 && o.top_p <= 1, "--top-p: {}, expected a share above 0", o.top_p);
  require(o.min_p >= 0 && o.min_p <= 1, "--min-p: {}, expected a share", o.min_p);
  require(o.repeat_penalty > 0, "--repeat-penalty: {}, expected above 0", o.repeat_penalty);
  require(o.repeat_window >= 0, "--repeat-window: {}, expected 0 or more", o.repeat_window);
}

Tensor sampling_distribution(const Tensor& given, const SamplingOptions& o,
                             const std::vector<int64_t>& before) {
  require_dim(given, 1, "sampling", "logits", "(V)");
  Tensor logits = given.to(at::kDouble).clone();
  if (o.repeat_penalty != 1) penalise(logits, o, before);
  if (o.temperature == 0) {
    Tensor one = at::zeros_like(logits);
    one[logits.argmax()] = 1;
    return one;
  }
  // Nothing is left out: most of the time would go into putting the vocabulary in order.
  if (o.top_k == 0 && o.top_p == 1 && o.min_p == 0) return at::softmax(logits / o.temperature, 0);
  const auto [sorted, order] = (logits / o.temperature).sort(true, 0, true);  // stable, falling
  Tensor shares = at::softmax(sorted, 0);
  if (o.top_k > 0 && o.top_k < shares.size(0)) shares.slice(0, o.top_k).fill_(0);
  shares = shares / shares.sum();
  // What comes before a token is what decides: the likeliest always stays.
  shares = at::where(shares.cumsum(0) - shares < o.top_p, shares, at::zeros_like(shares));
  shares = at::where(shares >= o.min_p * shares[0], shares, at::zeros_like(shares));
  return at::zeros_like(shares).scatter(0, order, shares / shares.sum());
}

int64_t sample(const Tensor& distribution, Rng& rng) {
  const Tensor below = distribution.cumsum(0) <= rng.uniform();
  const auto id = below.sum().item<int64_t>();
  // Sums may round to less than 1: then the last that may be drawn.
  const Tensor possible = distribution.nonzero();
  return std::min(id, possible[possible.size(0) - 1].item<int64_t>());
}

LanguageModelFile load_language_model(const std::filesystem::path& path) {
  const data::Gguf file(path);
  LanguageModelFile m{models::load_decoder(file), data::BytePair::from_gguf(file), {}, {}};
  const Json& about = file.metadata();
  require(m.tokens.size() == m.decoder.options.vocabulary, "{}: {} tokens, the model has {}",
          file.source(), m.tokens.size(), m.decoder.options.vocabulary);
  const auto token = [&](const char* key) {
    const auto id = json_get<int64_t>(about, key, file.source());
    require(id >= 0 && id < m.tokens.size(), "{}: {} is {}, expected a token", file.source(), key,
            id);
    return id;
  };
  for (const char* key : {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"})
    if (about.contains(key)) m.ends.push_back(token(key));
  if (about.value("tokenizer.ggml.add_bos_token", false))
    m.begin = token("tokenizer.ggml.bos_token_id");
  return m;
}

Generated generate(const LanguageModelFile& m, std::string_view prompt, const GenerateOptions& o,
                   const std::function<void(std::string_view)>& say, Progress& progress) {
  std::vector<int64_t> ids;
  if (m.begin) ids.push_back(*m.begin);
  for (const int64_t id : m.tokens.encode(prompt)) ids.push_back(id);
  ModelState read;
  return generate(m, std::move(ids), o, read, say, progress);
}

Generated generate(const LanguageModelFile& m, std::vector<int64_t> prompt,
                   const GenerateOptions& o, ModelState& read,
                   const std::function<void(std::string_view)>& say, Progress& progress) {
  Generation writing(m, std::move(prompt), o, std::move(read));
  const auto tell = [&](const std::string& text) {
    if (!text.empty()) say(text);
  };
  double prompt_seconds = 0;
  Stopwatch watch;
  progress.start("generating", o.most_tokens);
  for (bool first = true; !writing.over() && !progress.stop_requested(); first = false) {
    tell(writing.step(std::ssize(writing.unread())));
    if (first) prompt_seconds = watch.seconds(), watch.restart();
    progress.at(std::ssize(writing.said().tokens));
  }
  tell(writing.end());
  read = writing.read();
  Generated out = writing.said();
  out.prompt_seconds = prompt_seconds, out.seconds = watch.seconds();
  return out;
}

double negative_log_likelihood(const models::Decoder& model, const Tensor& tokens, int64_t chunk) {
  require(tokens.dim() == 1 && tokens.size(0) >= 2 && chunk >= 1,
          "likelihood: tokens are {}, expected (T) with T >= 2", shape_text(tokens));
  models::KvCache cache;
  const int64_t n = tokens.size(0) - 1;
  double sum = 0;
  for (int64_t at = 0; at < n; at += chunk) {
    const int64_t length = std::min(chunk, n - at);
    const Tensor logits = forward(model, tokens.narrow(0, at, length), cache).to(at::kDouble);
    sum -= at::log_softmax(logits, 1)
               .gather(1, tokens.narrow(0, at + 1, length).unsqueeze(1))
               .sum()
               .item<double>();
  }
  return sum / static_cast<double>(n);
}

}  // namespace offprint::tasks
