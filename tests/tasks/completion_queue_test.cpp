#include "offprint/tasks/completion_queue.h"

#include <doctest/doctest.h>

#include <map>
#include <thread>

#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"

using namespace offprint;
using namespace offprint::tasks;
using namespace std::chrono_literals;

namespace {

LanguageModelFile made(int64_t context) {
  const data::Scratch scratch;
  models::write_tiny_decoder(scratch / "m.gguf", {.context = context});
  return load_language_model(scratch / "m.gguf");
}
const LanguageModelFile& tiny() {
  static const LanguageModelFile model = made(256);
  return model;
}

CompletionRequest of(std::string_view prompt, uint64_t seed, int64_t most = 20) {
  CompletionRequest r;
  r.prompt = {prompt.begin(), prompt.end()};
  r.options.most_tokens = most, r.options.seed = seed;
  r.options.sampling = {.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0};
  return r;
}

std::map<int64_t, std::string> whole(Completion& one) {
  std::map<int64_t, std::string> texts;
  while (!one.over())
    for (const CompletionNews& news : one.next(1s)) texts[news.choice] += news.text;
  return texts;
}

std::string alone(const CompletionRequest& r, uint64_t seed) {
  GenerateOptions o = r.options;
  o.seed = seed;
  ModelState none;
  Progress silent;
  return generate(
             tiny(), r.prompt, o, none, [](std::string_view) {}, silent)
      .text;
}

// Until the queue's thread has seen it.
template <class F>
void wait_until(F&& is_so) {
  for (int i = 0; i < 2000 && !is_so(); ++i) std::this_thread::sleep_for(2ms);
  CHECK(is_so());
}

}  // namespace

TEST_CASE("completion queue: each of many askers gets what they would get alone") {
  CompletionQueue queue(tiny(), {.places = 3, .prompt_tokens = 5});
  std::vector<std::unique_ptr<Completion>> all;
  std::vector<CompletionRequest> asked;
  for (uint64_t i = 0; i < 9; ++i) {
    asked.push_back(of(i % 2 ? "a common beginning, odd" : "a common beginning, even", i));
    all.push_back(queue.ask(asked.back()));
  }
  for (uint64_t i = 0; i < 9; ++i) CHECK(whole(*all[i]).at(0) == alone(asked[i], i));
  wait_until([&] { return queue.figures().done == 9 && queue.figures().places == 0; });
  CHECK(queue.figures().shared > 6 * 19);  // the beginning was read a few times, not nine
}

TEST_CASE("completion queue: choices have seeds of their own and one prompt read") {
  CompletionQueue queue(tiny());
  CompletionRequest r = of("choose between", 5);
  r.choices = 3;
  const auto one = queue.ask(r);
  const auto texts = whole(*one);
  REQUIRE(texts.size() == 3);
  for (const auto& [choice, text] : texts)
    CHECK(text == alone(r, 5 + static_cast<uint64_t>(choice)));
  CHECK(queue.figures().shared == 2 * (std::ssize(r.prompt) - 1));
}

TEST_CASE("completion queue: turns are fair, and a long prompt holds nobody up") {
  const LanguageModelFile model = made(4096);
  CompletionQueue queue(model, {.places = 2, .prompt_tokens = 1});
  const auto slow = queue.ask(of(std::string(4000, 'p'), 1, 50));
  const auto quick = queue.ask(of("q", 2, 10));
  while (!quick->over()) quick->next(1s);
  CHECK(slow->next(0ms).empty());  // its prompt takes 4000 turns, the other took 10
  CHECK_FALSE(slow->over());
}

TEST_CASE("completion queue: who leaves makes room, waiting or being answered") {
  CompletionQueue queue(tiny(), {.places = 1, .waiting = 2});
  auto first = queue.ask(of("first", 1, 200));
  wait_until([&] { return queue.figures().places == 1; });
  auto second = queue.ask(of("second", 2)), third = queue.ask(of("third", 3));
  CHECK_THROWS_WITH_AS(queue.ask(of("fourth", 4)), "2 requests wait already; try again in a while",
                       QueueFull);
  second.reset();
  auto fourth = queue.ask(of("fourth", 4));  // at once
  first.reset();
  CHECK(whole(*third).size() == 1);
  CHECK(whole(*fourth).size() == 1);
  wait_until([&] { return queue.figures().places == 0; });
  CHECK(queue.figures().left == 2);
  CHECK(queue.figures().done == 2);
}

TEST_CASE("completion queue: a large request waits for room and is not passed for ever") {
  CompletionQueue queue(tiny(), {.places = 4, .tokens = 100});
  const auto small = queue.ask(of("a", 1, 60));
  const auto large = queue.ask(of("b", 2, 90));  // 61 + 91 tokens do not fit beside each other
  const auto last = queue.ask(of("c", 3, 2));    // would fit, came later
  while (!last->over()) last->next(1s);
  CHECK(small->over() == false);  // its news were not taken yet
  CHECK(whole(*small).size() == 1);
  CHECK(whole(*large).size() == 1);
  CHECK(queue.figures().said >= 3);
}

TEST_CASE("completion queue: what cannot be answered is refused at once, the end ends all") {
  auto queue = std::make_unique<CompletionQueue>(tiny(), CompletionLimits{.places = 2});
  CHECK_THROWS_WITH_AS(queue->ask(of(std::string(256, 'x'), 1)),
                       "the prompt has 256 tokens, expected fewer than the 256 of the model",
                       Error);
  CHECK_THROWS_WITH_AS(queue->ask(of("", 1)), "an empty prompt, expected text", Error);
  CompletionRequest many = of("x", 1);
  many.choices = 3;
  CHECK_THROWS_WITH_AS(queue->ask(many), "3 choices, expected 1 to 2", Error);
  CompletionRequest cold = of("x", 1);
  cold.options.sampling.temperature = -1;
  CHECK_THROWS_AS(queue->ask(cold), Error);
  // An answer ends where the context does.
  const auto cut = queue->ask(of(std::string(250, 'x'), 1, 100));
  std::string reason;
  int64_t tokens = 0;
  while (!cut->over())
    for (const CompletionNews& news : cut->next(1s)) reason = news.reason, tokens = news.tokens;
  CHECK(tokens <= 6);
  CHECK_FALSE(reason.empty());
  const auto open = queue->ask(of("y", 1, 200));
  queue.reset();
  CHECK_THROWS_WITH_AS(
      [&] {
        while (!open->over()) open->next(1s);
      }(),
      "the server is ending", Error);
}
