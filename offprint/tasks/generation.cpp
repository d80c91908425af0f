#include "offprint/tasks/generation.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
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

}  // namespace

void check(const GenerateOptions& o, const LanguageModelFile& m) {
  check(o.sampling);
  require(o.most_tokens >= 1, "--tokens: {}, expected at least 1", o.most_tokens);
  require(std::isfinite(o.presence_penalty) && std::isfinite(o.frequency_penalty),
          "penalties: expected numbers");
  for (const auto& [id, bias] : o.logit_bias)
    require(id >= 0 && id < m.tokens.size() && std::isfinite(bias),
            "logit bias: token {}, expected 0 to {} and a number", id, m.tokens.size() - 1);
  if (o.speculation) check(*o.speculation, m);
}

Generation::Generation(const LanguageModelFile& model, std::vector<int64_t> prompt,
                       GenerateOptions options, ModelState known)
    : model_(&model), options_(std::move(options)), luck_(luck_of(options_.seed)) {
  check(options_, model);
  require(!prompt.empty(), "an empty prompt, expected text");
  const auto same = std::ranges::mismatch(known.tokens, prompt).in1 - known.tokens.begin();
  // The last token is read in any case: what follows it is wanted.
  cache_ = known.cache.truncated(std::min<int64_t>(same, std::ssize(prompt) - 1));
  said_.prompt = prompt;
  all_ = std::move(prompt);
  if (options_.guide) place_ = options_.guide->start();
  if (options_.speculation) drafts_.emplace(options_);
  jump();
}

std::span<const int64_t> Generation::unread() const {
  return std::span(all_).subspan(over() ? all_.size() : static_cast<size_t>(cache_.length()));
}

std::string Generation::step(int64_t most) {
  if (over()) return "";
  const std::span<const int64_t> next = unread();
  const auto count = std::min(std::max<int64_t>(most, 1), std::ssize(next));
  std::vector<int64_t> reads(next.begin(), next.begin() + count);
  if (count < std::ssize(next)) {
    forward(model_->decoder, at::tensor(reads), cache_, 1);
    return "";
  }
  const std::vector<int64_t> guesses = guessed();
  const int64_t known = std::ssize(all_), tried = std::ssize(guesses);
  reads.insert(reads.end(), guesses.begin(), guesses.end());
  const Tensor logits = forward(model_->decoder, at::tensor(reads), cache_, 1 + tried);
  // A guess holds where the text has gone on with it, drawn or without a choice.
  int64_t held = 0;
  std::string text = draw(logits[0]);
  const auto holds = [&] {
    const int64_t at = known + held;
    return held < tried && at < std::ssize(all_) &&
           all_[static_cast<size_t>(at)] == guesses[static_cast<size_t>(held)];
  };
  while (true) {
    while (holds()) ++held;
    if (over() || known + held < std::ssize(all_)) break;
    text += draw(logits[held]);
  }
  cache_ = cache_.truncated(known + held);
  ++said_.calls, said_.drafted += tried, said_.accepted += held;
  if (drafts_) drafts_->learn(std::min(held + 1, tried), held);
  return text;
}

std::vector<int64_t> Generation::guessed() {
  if (!drafts_) return {};
  const int64_t place = std::ssize(said_.tokens);
  // The last token is drawn and not read.
  const int64_t room = std::min(options_.most_tokens - 1 - place,
                                model_->decoder.options.context - std::ssize(all_));
  return room < 1 ? std::vector<int64_t>{} : drafts_->guess(all_, place, room);
}

std::string Generation::draw(const Tensor& logits) {
  Tensor open = adjusted(logits);
  if (options_.guide) {
    const auto allowed = masked(open, options_.guide->allowed(place_));
    if (!allowed) return finish("stop");  // whole, and the model has no token that ends a text
    open = *allowed;
  }
  const auto i = static_cast<uint64_t>(said_.tokens.size());
  const int64_t id = draw_token(sampling_distribution(open, options_.sampling, all_), options_.luck,
                                luck_.split(i));
  if (std::ranges::count(model_->ends, id) > 0) return finish("stop");
  if (options_.top_likelihoods >= 0) keep_likelihood(logits, id);
  if (options_.keep_decisions) keep_decision(logits, id);
  append(id);
  jump();
  if (const size_t stop = first_stop(said_.text, options_.stops); stop != said_.text.npos) {
    said_.text.resize(stop);
    return finish("stop");
  }
  if (options_.guide && options_.guide->finished(place_)) return finish("stop");
  if (std::ssize(said_.tokens) >= options_.most_tokens) return finish("length");
  const size_t begin = sent_, end = sayable(said_.text, options_.stops);
  sent_ = std::max(begin, end);
  return said_.text.substr(begin, sent_ - begin);
}

void Generation::append(int64_t id) {
  if (options_.guide) place_ = options_.guide->next(place_, id);
  all_.push_back(id), said_.tokens.push_back(id), ++times_[id];
  said_.text += model_->tokens.decode(std::vector{id});
}

void Generation::jump() {
  if (!options_.guide || !options_.jump || options_.top_likelihoods >= 0) return;
  const std::string text = options_.guide->forced(place_);
  if (text.empty()) return;
  std::vector<int64_t> ids = model_->tokens.encode(text, true);
  if (model_->tokens.decode(ids) != text) return;
  // With what follows, the last may be the beginning of another token: the model draws that.
  if (!options_.guide->finished(options_.guide->next_text(place_, text))) ids.pop_back();
  const auto room = options_.most_tokens - 1 - std::ssize(said_.tokens);
  for (size_t i = 0; i < ids.size() && static_cast<int64_t>(i) < room; ++i) append(ids[i]);
}

Tensor Generation::adjusted(const Tensor& logits) const {
  const bool penalties = options_.presence_penalty != 0 || options_.frequency_penalty != 0;
  if (options_.logit_bias.empty() && !penalties) return logits;
  Tensor out = logits.to(at::kFloat).contiguous().clone();
  float* value = out.mutable_data_ptr<float>();
  for (const auto& [id, bias] : options_.logit_bias) value[id] += static_cast<float>(bias);
  if (penalties)
    for (const auto& [id, times] : times_)
      value[id] -= static_cast<float>(options_.presence_penalty +
                                      options_.frequency_penalty * static_cast<double>(times));
  return out;
}

void Generation::keep_likelihood(const Tensor& logits, int64_t id) {
  const Tensor log_p = at::log_softmax(logits.to(at::kDouble), 0);
  TokenLikelihood one{id, log_p[id].item<double>(), {}};
  if (options_.top_likelihoods > 0) {
    const auto [values, ids] = log_p.topk(std::min(options_.top_likelihoods, log_p.size(0)));
    for (int64_t i = 0; i < ids.size(0); ++i)
      one.likeliest.emplace_back(ids[i].item<int64_t>(), values[i].item<double>());
  }
  said_.likelihoods.push_back(std::move(one));
}

void Generation::keep_decision(const Tensor& logits, int64_t id) {
  const Tensor log_p = at::log_softmax(logits.to(at::kDouble), 0);
  const auto allowed =
      options_.guide ? masked(log_p, options_.guide->allowed(place_)) : std::optional(log_p);
  const Tensor shares = at::log_softmax(*allowed, 0), p = shares.exp();
  if ((p > 0).sum().item<int64_t>() < 2) return;
  const Tensor top = std::get<0>(p.topk(2));
  said_.decisions.push_back(
      {.at = std::ssize(said_.tokens),
       .log_p = shares[id].item<double>(),
       .entropy = -at::where(p > 0, p * shares, at::zeros_like(p)).sum().item<double>(),
       .margin = (top[0] - top[1]).item<double>(),
       .kept = allowed->logsumexp(0).item<double>()});
}

std::string Generation::finish(const char* reason) {
  said_.reason = reason;
  std::string rest = said_.text.substr(std::min(sent_, said_.text.size()));
  sent_ = said_.text.size();
  return rest;
}

std::string Generation::end() { return over() ? "" : finish("length"); }

ModelState Generation::read() const {
  return {{all_.begin(), all_.begin() + cache_.length()}, cache_};
}

}  // namespace offprint::tasks
