#include "offprint/papers/counterfactual/story_runs.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/numbers.h"

namespace offprint::papers::counterfactual {
namespace {

using namespace tasks;

constexpr double kNucleus = 0.9;  // of the tokens that an intervention may put
constexpr int64_t kDraft = 4;
struct Subject {
  const char *text, *word, *other;  // the word in it, and what it may become
};
constexpr auto kSubjects = std::to_array<Subject>({
    {"Captain Lyra and her ship", "Lyra", "Maeve"},
    {"an old clockmaker and a drawer", "old", "young"},
    {"the first morning of winter", "winter", "autumn"},
    {"a robot that keeps a garden", "robot", "giant"},
    {"a grandmother and a river", "grandmother", "grandfather"},
    {"the last train to the coast", "train", "bus"},
    {"the night guard of a museum", "museum", "library"},
    {"a fox that lives behind a bakery", "fox", "cat"},
    {"a letter without a stamp", "letter", "parcel"},
    {"two brothers who share a boat", "brothers", "sisters"},
    {"a queen's messenger", "queen", "king"},
    {"a well in the desert", "desert", "forest"},
    {"a teacher and a strange stone", "stone", "coin"},
    {"a lighthouse keeper after the storm", "storm", "war"},
    {"a woman who paints doors", "woman", "man"},
    {"a dragon that is only tired", "tired", "hungry"},
    {"a bell at the bottom of a lake", "lake", "well"},
    {"a baker's daughter who listens to bread", "daughter", "son"},
    {"three keys on a ring", "three", "four"},
    {"a pilot above the clouds", "pilot", "bird"},
});
const Subject& subject(int64_t story) {
  return kSubjects[static_cast<size_t>(story % std::ssize(kSubjects))];
}

// As SmolLM2 and others were taught to be asked (ChatML).
std::string question(int64_t story) {
  return fmt::format(
      "<|im_start|>user\nTell me a short story about {}.<|im_end|>\n<|im_start|>assistant\n",
      subject(story).text);
}

Answer tell(const LanguageModel& model, int64_t story, const AnswerOptions& o, const Rng& rng,
            Progress& progress) {
  const uint64_t seed = rng.split(static_cast<uint64_t>(story)).state().key;
  return answer(model, model.encode(question(story)), o, seed, progress);
}

// Another token of the nucleus at this step, or none where one token is all of it.
std::optional<int64_t> other_token(const Step& step, Rng& rng) {
  const auto [shares, order] = step.distribution.sort(true, 0, true);
  Tensor p = at::where(shares.cumsum(0) - shares < kNucleus, shares, at::zeros_like(shares));
  p = at::where(order == step.token, at::zeros_like(p), p);
  const double sum = p.sum().item<double>();
  if (sum <= 0) return std::nullopt;
  return order[sample(p / sum, rng)].item<int64_t>();
}

std::optional<Intervention> intervene(const Answer& story, Rng rng) {
  const int64_t half = std::ssize(story.tokens) / 2;
  for (int64_t at = half > 0 ? rng.integer(half) : 0; at < half; ++at)
    if (const auto token = other_token(story.trace[static_cast<size_t>(at)], rng))
      return replace_token(story, at, *token);
  return std::nullopt;
}

// The same two distributions drawn from with the same noise, tied to tokens or inverted.
StabilityCount drawn_again(const Answer& story, const Answer& along, Luck luck) {
  Answer a, b;
  const Rng noise = luck_of(story.seed);
  const auto redraw = [&](const Step& step) {
    const auto place = static_cast<uint64_t>(step.place);
    return Step{step.place, draw_token(step.distribution, luck, noise.split(place)),
                step.distribution};
  };
  for (const Step& step : story.trace) a.trace.push_back(redraw(step));
  for (const Step& step : along.trace) b.trace.push_back(redraw(step));
  return count_stability(a, b);
}

}  // namespace

std::string Setting::name() const {
  return fmt::format("{} {}{}", sweep, value, word ? ", a word of the prompt" : ", a token");
}

std::vector<Setting> settings(const Options& o) {
  std::vector<Setting> all;
  const auto add = [&](const char* sweep, double value, bool claimed, SamplingOptions sampling) {
    for (const bool word : {false, true}) {
      if (word ? !claimed : claimed && o.token_pairs == 0) continue;
      Setting s{sweep, value, word, claimed, {}};
      s.answer.sampling = sampling, s.answer.most_tokens = o.tokens, s.answer.trace = true;
      all.push_back(std::move(s));
    }
  };
  const SamplingOptions whole{.temperature = 0.8, .top_k = 0, .top_p = 1, .min_p = 0};
  const auto heat = [&](double temperature, bool claimed) {
    SamplingOptions s = whole;
    s.temperature = temperature;
    add("temperature", temperature, claimed, s);
  };
  const bool sweep = o.sweep_pairs > 0;
  if (sweep) heat(0.3, false);
  if (o.all_temperatures) heat(0.6, true);
  heat(0.8, true);
  if (o.all_temperatures) heat(1.0, true);
  if (!sweep) return all;
  for (const double p : {0.75, 0.9, 0.99}) {
    SamplingOptions s = whole;
    s.top_p = p;
    add("top-p", p, false, s);
  }
  for (const int64_t k : {2, 10, 100}) {
    SamplingOptions s = whole;
    s.top_k = k;
    add("top-k", static_cast<double>(k), false, s);
  }
  return all;
}

StoryRun run_stories(const LanguageModel& model, const Setting& setting, int64_t pairs,
                     const Rng& rng, Progress& progress) {
  StoryRun run;
  run.setting = setting;
  progress.start("stories, " + setting.name(), pairs);
  const AnswerOptions& o = setting.answer;
  // A story of sure tokens alone has nothing to change; twice as many beginnings are enough.
  for (int64_t i = 0; i < 2 * pairs && std::ssize(run.pairs) < pairs; ++i) {
    progress.throw_if_stopped();
    const Answer story = tell(model, i, o, rng.split("stories"), progress);
    const Rng own = rng.split("changes").split(static_cast<uint64_t>(i));
    const auto change = setting.word
                            ? replace_in_prompt(model, story, subject(i).word, subject(i).other)
                            : intervene(story, own);
    if (!change) continue;
    const Answer same = replay(model, story, *change, o, story.seed, progress);
    const uint64_t other = rng.split("fresh").split(static_cast<uint64_t>(i)).state().key;
    const Answer fresh = replay(model, story, *change, o, other, progress);
    progress.throw_if_stopped();
    run.pairs.push_back({change->next - 1, distance_after(story, same, *change),
                         distance_after(story, fresh, *change)});
    run.replayed += count_stability(story, same);
    const Answer along = draws_along(model, story, *change, o);
    run.along += drawn_again(story, along, Luck::token);
    run.inverted += drawn_again(story, along, Luck::inverse);
    if (run.factual.empty()) {
      run.factual = story.text, run.counterfactual = same.text, run.interventional = fresh.text;
    }
    progress.at(std::ssize(run.pairs));
  }
  require(!run.pairs.empty(), "counterfactual: no story with a token to change");
  return run;
}

Repeats repeat_stories(const LanguageModel& model, const Options& o, const Rng& rng,
                       Progress& progress) {
  AnswerOptions plain = settings(o).front().answer;
  plain.trace = false;
  AnswerOptions drafted = plain;
  drafted.draft = kDraft;
  Repeats r;
  progress.start("stories told again", o.repeats);
  const int threads = at::get_num_threads();
  for (int64_t i = 0; i < o.repeats; ++i) {
    progress.throw_if_stopped();
    const Answer story = tell(model, i, plain, rng, progress);
    const Intervention nothing{story.prompt, {}, {}, 0};
    const Answer again = replay(model, story, nothing, plain, story.seed, progress);
    const Answer guessed = tell(model, i, drafted, rng, progress);
    at::set_num_threads(1);
    const Answer alone = tell(model, i, plain, rng, progress);
    at::set_num_threads(threads);
    ++r.stories;
    r.changed += again.tokens != story.tokens || guessed.tokens != story.tokens ||
                 alone.tokens != story.tokens;
    progress.at(i + 1);
  }
  return r;
}

TokenCost token_cost(const LanguageModel& model) {
  constexpr int kRepeats = 15;
  const SamplingOptions sampling{.temperature = 0.8, .top_k = 0, .top_p = 1, .min_p = 0};
  ModelState state;
  const auto prompt = model.encode(question(0));
  Tensor logits = model.extend(state, prompt)[std::ssize(prompt) - 1];
  std::array<std::vector<double>, 4> seconds;
  const auto timed = [&](size_t part, auto&& work) {
    const Stopwatch watch;
    auto result = work();
    seconds[part].push_back(watch.seconds());
    return result;
  };
  for (uint64_t i = 0; i < kRepeats; ++i) {
    const Tensor p = timed(1, [&] { return sampling_distribution(logits, sampling, {}); });
    const Rng place = luck_of(1).split(i);
    const int64_t token = timed(2, [&] { return draw_token(p, Luck::token, place); });
    timed(3, [&] { return draw_token(p, Luck::inverse, place); });
    logits = timed(0, [&] { return model.extend(state, std::vector{token})[0]; });
  }
  return {median(seconds[0]), median(seconds[1]), median(seconds[2]), median(seconds[3])};
}

int64_t bytes_kept(const LanguageModel& model, const Rng& rng) {
  Progress silent;
  AnswerOptions o;
  o.most_tokens = 4;
  Answer story = tell(model, 0, o, rng, silent);
  story.prompt.clear(), story.tokens.clear(), story.text.clear();
  return static_cast<int64_t>(json_text(to_json(story, o)).size());
}

}  // namespace offprint::papers::counterfactual
