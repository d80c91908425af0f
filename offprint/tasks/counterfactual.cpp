#include "offprint/tasks/counterfactual.h"

#include <algorithm>
#include <numeric>

#include "offprint/core/error.h"
#include "offprint/core/options.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kRecall = 2;  // tokens that a draft must share with what was said before

using Tokens = std::vector<int64_t>;

// What followed the latest earlier occurrence of the last tokens, at most `most` of it. Saxena
// 2023, prompt lookup decoding.
Tokens guess(const Tokens& text, int64_t most) {
  const auto n = static_cast<int64_t>(text.size());
  for (int64_t at = n - kRecall - 1; most > 0 && at >= 0; --at)
    if (std::equal(text.end() - kRecall, text.end(), text.begin() + at)) {
      const int64_t from = at + kRecall;
      return {text.begin() + from, text.begin() + std::min(n, from + most)};
    }
  return {};
}

// Logits of the next token, computed one token after the other or for a whole guess at once.
class Reader {
 public:
  Reader(const LanguageModel& model, ModelState& state, Tensor next, int64_t draft)
      : model_(model), state_(state), rows_(next.unsqueeze(0)), draft_(draft) {}
  Tensor next() const { return rows_[row_]; }
  void read(int64_t token, const Tokens& text) {
    if (row_ < std::ssize(guessed_) && guessed_[static_cast<size_t>(row_)] == token) {
      ++row_;
      return;
    }
    drop_wrong_guesses();
    guessed_ = guess(text, draft_), row_ = 0;
    Tokens all = {token};
    all.insert(all.end(), guessed_.begin(), guessed_.end());
    rows_ = model_.extend(state_, all);
  }
  void drop_wrong_guesses() {
    if (row_ < std::ssize(guessed_))
      state_ = state_.truncated(std::ssize(state_.tokens) - (std::ssize(guessed_) - row_));
    guessed_.resize(static_cast<size_t>(row_));
  }

 private:
  const LanguageModel& model_;
  ModelState& state_;
  Tensor rows_;  // (1 + guessed,V)
  int64_t draft_, row_ = 0;
  Tokens guessed_ = {};
};

size_t first_stop(std::string_view text, const std::vector<std::string>& stops, size_t from) {
  size_t first = text.npos;
  for (const std::string& stop : stops) first = std::min(first, text.find(stop, from));
  return first;
}

Tokens joined(const Tokens& prompt, const Tokens& tokens) {
  Tokens all = prompt;
  all.insert(all.end(), tokens.begin(), tokens.end());
  return all;
}

// Draws from place `next` on, into an answer whose state holds all its tokens.
void go_on(const LanguageModel& model, Answer& a, const Tensor& logits, int64_t next,
           const AnswerOptions& o, Progress& progress) {
  const Rng luck = luck_of(a.seed);
  Reader reader(model, a.state, logits, o.draft);
  Tokens all = joined(a.prompt, a.tokens);
  // What was put there may hold a stop, but one may begin in it.
  size_t given = a.text.size();
  for (const std::string& stop : o.stops)
    given = std::min(given, a.text.size() - std::min(a.text.size(), stop.size() - 1));
  a.reason = "length";
  for (int64_t place = next; place < o.most_tokens && !progress.stop_requested(); ++place) {
    const Tensor p = sampling_distribution(reader.next(), o.sampling, all);
    const int64_t id = draw_token(p, o.luck, luck.split(static_cast<uint64_t>(place)));
    if (o.trace) a.trace.push_back({place, id, p});
    if (model.ends(id)) {
      a.reason = "stop";
      break;
    }
    a.tokens.push_back(id), a.places.push_back(place), all.push_back(id);
    a.text += model.decode(std::vector{id});
    if (const size_t stop = first_stop(a.text, o.stops, given); stop != a.text.npos) {
      a.text.resize(stop);
      a.reason = "stop";
      break;
    }
    if (place + 1 < o.most_tokens) reader.read(id, all);
  }
  reader.drop_wrong_guesses();
}

struct Cut {
  Tokens tokens;
  int64_t first = 0, removed = 0, added = 0;
};

// Bytes [at, at + length) of the text become `to`; tokens that have none of them stay.
Cut cut_anew(const LanguageModel& model, const Tokens& tokens, size_t at, size_t length,
             std::string_view to) {
  require(length > 0, "nothing to replace, expected at least a byte");
  size_t begin = 0, first = 0;  // of the first token touched
  const auto size = [&](size_t i) { return model.decode(std::vector{tokens[i]}).size(); };
  while (begin + size(first) <= at) begin += size(first++);
  size_t end = begin, last = first;  // past the last
  while (end < at + length) end += size(last++);
  const auto of = [&](size_t from, size_t until) {
    return std::span(tokens).subspan(from, until - from);
  };
  const std::string old = model.decode(of(first, last));
  const Tokens fresh =
      model.encode(old.substr(0, at - begin).append(to).append(old.substr(at + length - begin)));
  Cut cut{{}, static_cast<int64_t>(first), static_cast<int64_t>(last - first), std::ssize(fresh)};
  cut.tokens.assign(tokens.begin(), tokens.begin() + cut.first);
  cut.tokens.insert(cut.tokens.end(), fresh.begin(), fresh.end());
  cut.tokens.insert(cut.tokens.end(), tokens.begin() + cut.first + cut.removed, tokens.end());
  return cut;
}

Intervention keep_until(const Answer& factual, int64_t position) {
  Intervention i{factual.prompt, {}, {}, 0};
  i.tokens.assign(factual.tokens.begin(), factual.tokens.begin() + position);
  i.places.assign(factual.places.begin(), factual.places.begin() + position);
  return i;
}

// Tokens that met the noise of `place` or later.
Tokens tail(const Answer& a, int64_t place) {
  Tokens tokens;
  for (size_t i = 0; i < a.tokens.size(); ++i)
    if (a.places[i] >= place) tokens.push_back(a.tokens[i]);
  return tokens;
}

}  // namespace

Answer answer(const LanguageModel& model, Tokens prompt, const AnswerOptions& o, uint64_t seed,
              Progress& progress) {
  const Intervention nothing{std::move(prompt), {}, {}, 0};
  return replay(model, Answer{}, nothing, o, seed, progress);
}

Answer replay(const LanguageModel& model, const Answer& factual, const Intervention& i,
              const AnswerOptions& o, uint64_t seed, Progress& progress) {
  check(o.sampling);
  require(o.most_tokens >= 1, "--tokens: {}, expected at least 1", o.most_tokens);
  require(o.draft >= 0, "--draft: {}, expected 0 or more", o.draft);
  for (const std::string& stop : o.stops) require(!stop.empty(), "--stop: empty, expected text");
  require(!i.prompt.empty(), "an empty prompt, expected text");
  Answer a;
  a.prompt = i.prompt, a.tokens = i.tokens, a.places = i.places, a.seed = seed;
  a.text = model.decode(a.tokens);
  // What was read before is read again in the same portions, or not at all: other portions round
  // differently, and a draw that is nearly a tie could fall the other way.
  size_t kept = 0;
  Tensor logits;
  if (a.prompt == factual.prompt && factual.first.defined()) {
    const size_t most = std::min(factual.state.tokens.size() - factual.prompt.size(),
                                 std::min(a.tokens.size(), factual.tokens.size()));
    while (kept < most && a.tokens[kept] == factual.tokens[kept]) ++kept;
    if (kept > 0) --kept;  // the last is read again for its logits
    a.state = factual.state.truncated(std::ssize(a.prompt) + static_cast<int64_t>(kept));
    a.first = logits = factual.first;
  } else {
    logits = model.extend(a.state, a.prompt);
    a.first = logits = logits[logits.size(0) - 1].clone();
  }
  for (; kept < a.tokens.size(); ++kept)
    logits = model.extend(a.state, std::span(a.tokens).subspan(kept, 1))[0];
  go_on(model, a, logits, i.next, o, progress);
  return a;
}

Intervention replace_in_prompt(const LanguageModel& model, const Answer& factual,
                               std::string_view from, std::string_view to) {
  require(!from.empty(), "--replace: nothing to replace, expected \"this=that\"");
  const std::string text = model.decode(factual.prompt);
  std::vector<size_t> found;
  for (size_t at = text.find(from); at != text.npos; at = text.find(from, at + from.size()))
    found.push_back(at);
  require(!found.empty(), "--replace: the prompt has no '{}'", from);
  Intervention i{factual.prompt, {}, {}, 0};
  // From the last on, so that those before stay where they were found.
  for (auto at = found.rbegin(); at != found.rend(); ++at)
    i.prompt = cut_anew(model, i.prompt, *at, from.size(), to).tokens;
  return i;
}

Intervention replace_in_answer(const LanguageModel& model, const Answer& factual,
                               std::string_view from, std::string_view to) {
  require(!from.empty(), "--replace: nothing to replace, expected \"this=that\"");
  const size_t at = model.decode(factual.tokens).find(from);
  require(at != std::string::npos, "--replace: the answer has no '{}'", from);
  return replace_span_in_answer(model, factual, at, from.size(), to);
}

Intervention replace_span_in_prompt(const LanguageModel& model, const Answer& factual, size_t at,
                                    size_t length, std::string_view to) {
  return {cut_anew(model, factual.prompt, at, length, to).tokens, {}, {}, 0};
}

Intervention replace_span_in_answer(const LanguageModel& model, const Answer& factual, size_t at,
                                    size_t length, std::string_view to) {
  const Cut cut = cut_anew(model, factual.tokens, at, length, to);
  Intervention i = keep_until(factual, cut.first);
  i.tokens.assign(cut.tokens.begin(), cut.tokens.begin() + cut.first + cut.added);
  i.next = factual.places[static_cast<size_t>(cut.first + cut.removed - 1)] + 1;
  i.places.resize(i.tokens.size(), i.next - 1);
  return i;
}

Intervention replace_token(const Answer& factual, int64_t position, int64_t token) {
  require(position >= 0 && position < std::ssize(factual.tokens),
          "token {} of the answer, expected 0 .. {}", position, std::ssize(factual.tokens) - 1);
  Intervention i = keep_until(factual, position);
  i.next = factual.places[static_cast<size_t>(position)] + 1;
  i.tokens.push_back(token), i.places.push_back(i.next - 1);
  return i;
}

double token_distance(std::span<const int64_t> a, std::span<const int64_t> b) {
  if (a.empty() && b.empty()) return 0;
  std::vector<int64_t> above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    row[0] = static_cast<int64_t>(i) + 1;
    for (size_t j = 0; j < b.size(); ++j)
      row[j + 1] = std::min({above[j + 1] + 1, row[j] + 1, above[j] + (a[i] == b[j] ? 0 : 1)});
    std::swap(above, row);
  }
  return static_cast<double>(above.back()) / static_cast<double>(std::max(a.size(), b.size()));
}

double distance_after(const Answer& a, const Answer& b, const Intervention& i) {
  return token_distance(tail(a, i.next), tail(b, i.next));
}

Answer draws_along(const LanguageModel& model, const Answer& factual, const Intervention& i,
                   const AnswerOptions& o) {
  Answer a;
  a.seed = factual.seed;
  ModelState state;
  const Tokens read = joined(joined(i.prompt, i.tokens), tail(factual, i.next));
  const Tensor logits = model.extend(state, read);
  const Rng luck = luck_of(a.seed);
  const auto begin = std::ssize(i.prompt) + std::ssize(i.tokens);
  for (int64_t at = begin; at < std::ssize(read); ++at) {
    const int64_t place = i.next + at - begin;
    const Tensor p =
        sampling_distribution(logits[at - 1], o.sampling, {read.begin(), read.begin() + at});
    a.trace.push_back({place, draw_token(p, o.luck, luck.split(static_cast<uint64_t>(place))), p});
  }
  return a;
}

StabilityCount& StabilityCount::operator+=(const StabilityCount& other) {
  steps += other.steps, changed += other.changed, broken += other.broken;
  return *this;
}

StabilityCount count_stability(const Answer& factual, const Answer& counterfactual) {
  StabilityCount count;
  for (const Step& step : counterfactual.trace) {
    const auto before = std::ranges::find(factual.trace, step.place, &Step::place);
    if (before == factual.trace.end()) continue;
    ++count.steps;
    count.changed += step.token != before->token;
    count.broken += !counterfactually_stable(before->distribution, before->token, step.distribution,
                                             step.token);
  }
  return count;
}

Json to_json(const Answer& a, const AnswerOptions& o) {
  AnswerOptions copy = o;  // visiting wants it mutable
  return {{"seed", a.seed},
          {"luck", luck_name(o.luck)},
          {"sampling", options_to_json(option_fields(copy.sampling))},
          {"most_tokens", o.most_tokens},
          {"stops", o.stops},
          {"prompt", a.prompt},
          {"tokens", a.tokens},
          {"text", a.text},
          {"reason", a.reason}};
}

std::pair<Answer, AnswerOptions> answer_from_json(const Json& json, std::string_view source) {
  Answer a;
  AnswerOptions o;
  a.seed = json_get<uint64_t>(json, "seed", source);
  o.luck = parse_luck(json_get<std::string>(json, "luck", source));
  options_from_json(option_fields(o.sampling), json_member(json, "sampling", source), source);
  o.most_tokens = json_get<int64_t>(json, "most_tokens", source);
  o.stops = json_get<std::vector<std::string>>(json, "stops", source);
  a.prompt = json_get<Tokens>(json, "prompt", source);
  a.tokens = json_get<Tokens>(json, "tokens", source);
  a.text = json_get<std::string>(json, "text", source);
  a.reason = json_get<std::string>(json, "reason", source);
  a.places.resize(a.tokens.size());
  std::iota(a.places.begin(), a.places.end(), 0);
  return {std::move(a), std::move(o)};
}

}  // namespace offprint::tasks
