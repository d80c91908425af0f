#include "offprint/tasks/generate.h"

#include <algorithm>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/utf8.h"
#include "offprint/tasks/guided.h"

namespace offprint::tasks {
namespace {

// How much of `text` can be said now: no character cut in two, and nothing that may yet become one
// of `stops`.
size_t sayable(std::string_view text, const std::vector<std::string>& stops) {
  size_t end = text.size();
  // A character begun within the last three bytes may go on.
  for (size_t back = 1; back <= std::min<size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<uint8_t>(text[text.size() - back]);
    if (byte < 0xC0) continue;
    const size_t needs = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    if (needs > back) end = text.size() - back;
    break;
  }
  for (const std::string& stop : stops)
    for (size_t n = std::min(stop.size(), end); n > 0; --n)
      if (text.substr(0, end).ends_with(std::string_view(stop).substr(0, n))) {
        end -= n;
        break;
      }
  return end;
}

size_t first_stop(std::string_view text, const std::vector<std::string>& stops) {
  size_t first = text.npos;
  for (const std::string& stop : stops) first = std::min(first, text.find(stop));
  return first;
}

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
  Reading read;
  return generate(m, std::move(ids), o, read, say, progress);
}

Generated generate(const LanguageModelFile& m, std::vector<int64_t> prompt,
                   const GenerateOptions& o, Reading& read,
                   const std::function<void(std::string_view)>& say, Progress& progress) {
  check(o.sampling);
  require(o.most_tokens >= 1, "--tokens: {}, expected at least 1", o.most_tokens);
  Generated out;
  out.prompt = std::move(prompt);
  require(!out.prompt.empty(), "an empty prompt, expected text");
  Stopwatch watch;
  const auto same = std::ranges::mismatch(read.tokens, out.prompt).in1 - read.tokens.begin();
  // The last token is read in any case: what follows it is wanted.
  const auto known = std::min<int64_t>(same, static_cast<int64_t>(out.prompt.size()) - 1);
  models::KvCache& cache = read.cache = read.cache.truncated(known);
  Tensor logits = forward(m.decoder, at::tensor(out.prompt).slice(0, known), cache)[-1];
  out.prompt_seconds = watch.seconds();
  watch.restart();
  std::vector<int64_t> all = out.prompt;
  const Rng luck = luck_of(o.seed);
  int32_t place = o.guide ? o.guide->start() : 0;  // in what it must obey
  size_t said = 0;
  out.reason = "length";
  progress.start("generating", o.most_tokens);
  for (int64_t i = 0; i < o.most_tokens && !progress.stop_requested(); ++i) {
    const auto open = o.guide ? masked(logits, o.guide->allowed(place)) : std::optional(logits);
    if (!open) {  // whole, and the model has no token that ends a text
      out.reason = "stop";
      break;
    }
    const int64_t id = draw_token(sampling_distribution(*open, o.sampling, all), o.luck,
                                  luck.split(static_cast<uint64_t>(i)));
    if (std::ranges::count(m.ends, id) > 0) {
      out.reason = "stop";
      break;
    }
    if (o.guide) place = o.guide->next(place, id);
    all.push_back(id), out.tokens.push_back(id);
    out.text += m.tokens.decode(std::vector{id});
    if (const size_t stop = first_stop(out.text, o.stops); stop != out.text.npos) {
      out.text.resize(stop);
      out.reason = "stop";
      break;
    }
    const size_t end = sayable(out.text, o.stops);
    if (end > said) say(std::string_view(out.text).substr(said, end - said)), said = end;
    progress.at(i + 1);
    if (i + 1 < o.most_tokens) logits = forward(m.decoder, at::tensor({id}, at::kLong), cache)[0];
  }
  if (out.text.size() > said) say(std::string_view(out.text).substr(said));
  out.seconds = watch.seconds();
  all.resize(static_cast<size_t>(cache.length()));  // a last token may be said and not read
  read.tokens = std::move(all);
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
