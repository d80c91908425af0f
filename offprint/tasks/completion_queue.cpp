#include "offprint/tasks/completion_queue.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "offprint/tasks/generation.h"

namespace offprint::tasks {

// Shared by the asker and the queue's thread; news, over and failure under `lock`.
struct Completion::State {
  CompletionRequest request;
  std::atomic<bool> left = false;
  std::mutex lock;
  std::condition_variable changed;
  std::vector<CompletionNews> news;
  int64_t open = 0;  // choices not over
  std::string failure;

  void tell(CompletionNews one) {
    const std::lock_guard guard(lock);
    if (!one.reason.empty()) --open;
    news.push_back(std::move(one));
    changed.notify_one();
  }
  void fail(const std::string& why) {
    const std::lock_guard guard(lock);
    failure = why;
    changed.notify_one();
  }
};

Completion::Completion(std::shared_ptr<State> state) : state_(std::move(state)) {}
Completion::~Completion() { state_->left = true; }

std::vector<CompletionNews> Completion::next(std::chrono::milliseconds wait) {
  std::unique_lock guard(state_->lock);
  state_->changed.wait_for(guard, wait, [&] {
    return !state_->news.empty() || state_->open == 0 || !state_->failure.empty();
  });
  if (state_->news.empty() && !state_->failure.empty()) throw Error(state_->failure);
  return std::exchange(state_->news, {});
}

bool Completion::over() const {
  const std::lock_guard guard(state_->lock);
  return state_->open == 0 && state_->news.empty();
}

int64_t Completion::prompt_tokens() const { return std::ssize(state_->request.prompt); }

namespace {

// A place: one choice of a request. Places of later choices begin when the first has read the
// prompt.
struct Place {
  std::shared_ptr<Completion::State> asker;
  int64_t choice = 0;
  std::optional<Generation> writing;
  size_t told = 0;  // likelihoods
};

int64_t most_tokens(const CompletionRequest& r) {
  return r.choices * (std::ssize(r.prompt) + r.options.most_tokens);
}

int64_t common(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  return std::ranges::mismatch(a, b).in1 - a.begin();
}

}  // namespace

struct CompletionQueue::Parts {
  Parts(const LanguageModelFile& m, const CompletionLimits& l) : model(m), limits(l) {}
  void run();
  void let_in();               // under lock
  void drop_those_who_left();  // under lock
  void take_out_what_is_over();
  void begin(Place& place);
  void turn(Place& place);
  void keep(ModelState state);
  bool may_begin(const Place& place) const;

  const LanguageModelFile& model;
  const CompletionLimits limits;
  mutable std::mutex lock;
  std::condition_variable work;
  std::deque<std::shared_ptr<Completion::State>> waiting;
  QueueFigures figures;
  bool ending = false;
  // Of the thread alone:
  std::vector<Place> places;
  std::deque<ModelState> kept;  // the latest last
  std::thread thread = {};
};

// The first that waits alone decides, so that a large request is not passed by small ones for ever.
void CompletionQueue::Parts::let_in() {
  while (!waiting.empty()) {
    const CompletionRequest& next = waiting.front()->request;
    int64_t promised = most_tokens(next);
    for (const Place& place : places)
      promised +=
          std::ssize(place.asker->request.prompt) + place.asker->request.options.most_tokens;
    const bool fits = std::ssize(places) + next.choices <= limits.places &&
                      (places.empty() || promised <= limits.tokens);
    if (!fits) return;
    for (int64_t i = 0; i < next.choices; ++i) places.push_back({waiting.front(), i, {}});
    waiting.pop_front();
  }
}

void CompletionQueue::Parts::drop_those_who_left() {
  const auto gone = [](const auto& asker) { return asker->left.load(); };
  std::vector<std::shared_ptr<Completion::State>> left;
  for (const Place& place : places)
    if (gone(place.asker) && std::ranges::count(left, place.asker) == 0)
      left.push_back(place.asker);
  figures.left += std::ssize(left) + static_cast<int64_t>(std::erase_if(waiting, gone));
  // By the list: more may leave meanwhile.
  std::erase_if(places, [&](const Place& p) { return std::ranges::count(left, p.asker) > 0; });
}

void CompletionQueue::Parts::take_out_what_is_over() {
  int64_t done = 0;
  for (size_t i = 0; i < places.size();) {
    if (!places[i].writing || !places[i].writing->over()) {
      ++i;
      continue;
    }
    const auto asker = places[i].asker;
    places.erase(places.begin() + static_cast<std::ptrdiff_t>(i));
    done += std::ranges::count(places, asker, &Place::asker) == 0;
  }
  const std::lock_guard guard(lock);
  figures.done += done;
}

bool CompletionQueue::Parts::may_begin(const Place& place) const {
  return place.choice == 0 || std::ranges::none_of(places, [&](const Place& other) {
           return other.asker == place.asker && other.choice == 0 &&
                  !(other.writing &&
                    (other.writing->over() || !other.writing->said().tokens.empty()));
         });
}

void CompletionQueue::Parts::begin(Place& place) {
  const CompletionRequest& r = place.asker->request;
  ModelState known;
  int64_t best = 0;
  const auto look = [&](const ModelState& state) {
    if (const int64_t same = common(state.tokens, r.prompt); same > best)
      best = same, known = state;
  };
  for (const ModelState& state : kept) look(state);
  for (const Place& other : places)
    if (other.writing) look(other.writing->read());
  GenerateOptions options = r.options;
  options.seed += static_cast<uint64_t>(place.choice);
  options.guide = r.guide.get(), options.jump = true;
  place.writing.emplace(model, r.prompt, std::move(options), std::move(known));
  const std::lock_guard guard(lock);
  const int64_t forced = std::ssize(place.writing->said().tokens);
  figures.shared += std::ssize(r.prompt) + forced - std::ssize(place.writing->unread());
}

void CompletionQueue::Parts::turn(Place& place) {
  if (!place.writing && !may_begin(place)) return;
  if (!place.writing) begin(place);
  Generation& writing = *place.writing;
  const int64_t before = std::ssize(writing.unread()), drawn = std::ssize(writing.said().tokens);
  std::string text = writing.step(limits.prompt_tokens);
  const Generated& said = writing.said();
  {
    const std::lock_guard guard(lock);
    figures.read += std::min(before, limits.prompt_tokens);
    figures.said += std::ssize(said.tokens) - drawn;
  }
  if (text.empty() && !writing.over()) return;
  CompletionNews news{
      place.choice,
      std::move(text),
      {said.likelihoods.begin() + static_cast<std::ptrdiff_t>(place.told), said.likelihoods.end()},
      std::ssize(said.tokens),
      said.reason};
  place.told = said.likelihoods.size();
  if (writing.over()) keep(writing.read());
  place.asker->tell(std::move(news));
}

// At most so many texts, and a quarter of the tokens that places may hold.
void CompletionQueue::Parts::keep(ModelState state) {
  kept.push_back(std::move(state));
  int64_t tokens = 0;
  for (const ModelState& one : kept) tokens += std::ssize(one.tokens);
  while (!kept.empty() && (std::ssize(kept) > limits.kept || tokens > limits.tokens / 4)) {
    tokens -= std::ssize(kept.front().tokens);
    kept.pop_front();
  }
}

void CompletionQueue::Parts::run() {
  const at::NoGradGuard no_grad;
  for (;;) {
    {
      std::unique_lock guard(lock);
      drop_those_who_left();
      if (!ending) let_in();
      figures.places = std::ssize(places), figures.waiting = std::ssize(waiting);
      if (places.empty() && !ending) {
        work.wait(guard);
        continue;
      }
      if (ending) break;
    }
    for (Place& place : places) {
      if (place.asker->left) continue;
      try {
        turn(place);
      } catch (const std::exception& error) {
        place.asker->fail(error.what());
        place.asker->left = true;
      }
    }
    take_out_what_is_over();
  }
  for (const Place& place : places) place.asker->fail("the server is ending");
  const std::lock_guard guard(lock);
  for (const auto& one : waiting) one->fail("the server is ending");
}

CompletionQueue::CompletionQueue(const LanguageModelFile& model, CompletionLimits limits)
    : parts_(std::make_unique<Parts>(model, limits)) {
  require(limits.places >= 1 && limits.waiting >= 0 && limits.tokens >= 1 && limits.kept >= 0 &&
              limits.prompt_tokens >= 1,
          "completion queue: a limit below what makes sense");
  parts_->thread = std::thread([parts = parts_.get()] { parts->run(); });
}

CompletionQueue::~CompletionQueue() {
  {
    const std::lock_guard guard(parts_->lock);
    parts_->ending = true;
  }
  parts_->work.notify_one();
  parts_->thread.join();
}

const CompletionLimits& CompletionQueue::limits() const { return parts_->limits; }

std::unique_ptr<Completion> CompletionQueue::ask(CompletionRequest r) {
  const int64_t context = parts_->model.decoder.options.context, prompt = std::ssize(r.prompt);
  check(r.options, parts_->model);
  require(prompt >= 1, "an empty prompt, expected text");
  require(prompt < context, "the prompt has {} tokens, expected fewer than the {} of the model",
          prompt, context);
  require(r.choices >= 1 && r.choices <= parts_->limits.places, "{} choices, expected 1 to {}",
          r.choices, parts_->limits.places);
  for (const int64_t id : r.prompt)
    require(id >= 0 && id < parts_->model.tokens.size(), "token {}, expected 0 to {}", id,
            parts_->model.tokens.size() - 1);
  r.options.most_tokens = std::min(r.options.most_tokens, context - prompt);
  const auto state = std::make_shared<Completion::State>();
  state->open = r.choices;
  state->request = std::move(r);
  {
    const std::lock_guard guard(parts_->lock);
    std::erase_if(parts_->waiting,
                  [&](const auto& one) { return one->left && ++parts_->figures.left; });
    if (std::ssize(parts_->waiting) >= parts_->limits.waiting)
      throw QueueFull(
          fmt::format("{} requests wait already; try again in a while", parts_->waiting.size()));
    parts_->waiting.push_back(state);
  }
  parts_->work.notify_one();
  return std::make_unique<Completion>(state);
}

QueueFigures CompletionQueue::figures() const {
  const std::lock_guard guard(parts_->lock);
  return parts_->figures;
}

}  // namespace offprint::tasks
