#include "offprint/tasks/speculation.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::tasks {
namespace {

// A guess is made while the chance that it and all before it hold is above what a further token
// costs in a call that is made anyway, in calls.
constexpr double kCost = 0.3;
constexpr double kFirstShare = 0.6, kLearn = 0.1;
constexpr double kForget = 0.01;  // a class given up is tried again after a while

}  // namespace

void check(const Speculation& o, const LanguageModelFile& m) {
  require(o.drafts >= 1, "--drafts: {}, expected at least 1", o.drafts);
  if (o.model != nullptr)
    require(o.model->tokens.size() == m.tokens.size(),
            "--speculate: the draft model has {} tokens, expected the model's {}",
            o.model->tokens.size(), m.tokens.size());
}

void check_drafter(const LanguageModelFile& drafter, const LanguageModelFile& model) {
  check(Speculation{.model = &drafter}, model);
  for (int64_t id = 0; id < model.tokens.size(); ++id) {
    const std::string own = model.tokens.decode(std::vector{id}),
                      its = drafter.tokens.decode(std::vector{id});
    require(own == its, "--speculate: token {} of the draft model is {}, expected {}", id,
            Json(its).dump(-1, ' ', true, Json::error_handler_t::replace),
            Json(own).dump(-1, ' ', true, Json::error_handler_t::replace));
  }
}

Match look_up(std::span<const int64_t> text, int64_t most) {
  const int64_t n = std::ssize(text);
  int64_t best = 0, from = 0;  // what follows the place begins at `from`
  for (int64_t end = n - 1; end >= 1 && best < kLongestMatch; --end) {
    int64_t same = 0;
    while (same < std::min(end, kLongestMatch) &&
           text[static_cast<size_t>(end - 1 - same)] == text[static_cast<size_t>(n - 1 - same)])
      ++same;
    if (same > best) best = same, from = end;
  }
  if (best == 0 || most < 1) return {};
  const auto next =
      text.subspan(static_cast<size_t>(from), static_cast<size_t>(std::min(most, n - from)));
  return {{next.begin(), next.end()}, best};
}

Drafts::Drafts(const GenerateOptions& o)
    : options_(*o.speculation), sampling_(o.sampling), luck_(o.luck), places_(luck_of(o.seed)) {
  share_.fill(kFirstShare);
}

int64_t Drafts::worth() const {
  const double share = std::min(share_[class_], 0.99);
  return static_cast<int64_t>(std::log(kCost) / std::log(share));
}

std::vector<int64_t> Drafts::guess(std::span<const int64_t> text, int64_t place, int64_t most) {
  most = std::min(most, options_.drafts);
  if (options_.model == nullptr) {
    Match match = look_up(text, most);
    class_ = static_cast<size_t>(match.length);
    const auto kept = std::min(std::ssize(match.next), worth());
    if (kept == 0) share_[class_] += kForget * (kFirstShare - share_[class_]);
    match.next.resize(static_cast<size_t>(kept));
    return match.next;
  }
  const models::Decoder& decoder = options_.model->decoder;
  most = std::min({most, worth(), decoder.options.context - std::ssize(text)});
  if (most < 1) {
    share_[class_] += kForget * (kFirstShare - share_[class_]);
    return {};
  }
  const auto same = std::ranges::mismatch(read_.tokens, text).in1 - read_.tokens.begin();
  read_ = read_.truncated(std::min<int64_t>(same, std::ssize(text) - 1));
  std::vector<int64_t> all(text.begin(), text.end());
  for (int64_t i = 0; i < most; ++i) {
    const std::vector<int64_t> unread(all.begin() + read_.cache.length(), all.end());
    const Tensor logits = forward(decoder, at::tensor(unread), read_.cache, 1);
    read_.tokens = all;
    all.push_back(draw_token(sampling_distribution(logits[-1], sampling_, all), luck_,
                             places_.split(static_cast<uint64_t>(place + i))));
  }
  return {all.begin() + std::ssize(text), all.end()};
}

void Drafts::learn(int64_t tried, int64_t held) {
  for (int64_t i = 0; i < tried; ++i)
    share_[class_] += kLearn * ((i < held ? 1.0 : 0.0) - share_[class_]);
}

}  // namespace offprint::tasks
