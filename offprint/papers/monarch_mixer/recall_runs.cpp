// Associative recall, the task on which attention-free mixers are known to lose.
#include "offprint/nn/losses.h"
#include "offprint/papers/monarch_mixer/language_runs.h"
#include "offprint/tasks/train.h"

namespace offprint::papers::monarch_mixer {
namespace {

struct Sequences {
  Tensor tokens;   // (B, 2 pairs): key, value, key, value, ..
  Tensor counted;  // (B, pairs) bool: the key of this pair came before
};

// Keys are 0 .. K-1, values K .. 2K-1; a sequence has a map of its own from keys to values.
Sequences draw(const Options& o, int64_t count, Rng rng) {
  const int64_t K = o.recall_keys, P = o.recall_pairs;
  const Tensor keys = rng.integers({count, P}, K);
  const Tensor values = rng.integers({count, K}, K).gather(1, keys) + K;
  const Tensor same = keys.unsqueeze(2).eq(keys.unsqueeze(1));  // (B,P,P)
  return {at::stack({keys, values}, 2).reshape({count, 2 * P}), same.tril(-1).any(2)};
}

class RecallObjective : public tasks::Objective {
 public:
  RecallObjective(models::TokenModel& model, const Options& o, Rng rng)
      : model_(model), options_(o), rng_(std::move(rng)) {}
  nn::Parameters parameters() override { return nn::parameters_of(model_); }
  int64_t size() const override { return 1 << 20; }  // never the same sequence twice
  Tensor loss(const Tensor& examples, Rng&) override {
    const Sequences s = draw(options_, examples.size(0),
                             rng_.split(static_cast<uint64_t>(examples[0].item<int64_t>())));
    const auto [logits, truth] = counted(s);
    return nn::cross_entropy(logits, truth);
  }
  double accuracy(const Sequences& s) const {
    const at::NoGradGuard no_grad;
    const auto [logits, truth] = counted(s);
    return 100 * logits.argmax(1).eq(truth).to(at::kDouble).mean().item<double>();
  }

 private:
  // After a key stands its value.
  std::pair<Tensor, Tensor> counted(const Sequences& s) const {
    const Tensor all = models::forward(model_, s.tokens);
    return {all.slice(1, 0, {}, 2).index({s.counted}),
            s.tokens.slice(1, 1, {}, 2).index({s.counted})};
  }

  models::TokenModel& model_;
  Options options_;
  Rng rng_;
};

}  // namespace

std::vector<RecallRun> run_recall(const Options& o, const Rng& rng, Progress& progress) {
  models::TrunkOptions twin;
  twin.length = 2 * o.recall_pairs, twin.width = o.recall_width, twin.depth = 2;
  twin.mixer = "attention", twin.feed = "dense";
  const auto count = [&](const models::TrunkOptions& t) {
    Rng zero(0);
    models::TokenModel m = models::make_token_model(2 * o.recall_keys, t, zero);
    return nn::parameter_count(nn::parameters_of(m));
  };
  models::TrunkOptions m2 = twin, learned = twin;
  m2.mixer = "m2", learned.mixer = "monarch", m2.feed = learned.feed = "block";
  const int64_t budget = count(twin);
  for (models::TrunkOptions* t : {&m2, &learned})
    t->width = models::trunk_width_for(2 * o.recall_keys, *t, budget);
  std::vector<RecallRun> runs;
  const Sequences test = draw(o, 512, rng.split("test"));
  for (const auto& [name, trunk] :
       {std::pair{"GPT", twin}, {"M2-GPT", m2}, {"learned causal Monarch", learned}}) {
    Rng init = rng.split("init");
    models::TokenModel model = models::make_token_model(2 * o.recall_keys, trunk, init);
    RecallObjective objective(model, o, rng.split("sequences"));
    tasks::TrainOptions training;
    training.steps = o.recall_steps, training.batch = 64, training.optimizer.lr = 2e-3;
    training.name = std::string("recall: ") + name;
    tasks::train(objective, training, rng.split("train"), progress);
    progress.throw_if_stopped();
    runs.push_back({name, count(trunk), objective.accuracy(test)});
    progress.say(fmt::format("recall, {}: {} %", name, number_text(runs.back().accuracy)));
  }
  return runs;
}

TextTable recall_table(const std::vector<RecallRun>& runs, const Options& o) {
  TextTable table{fmt::format("Associative recall: {} pairs of {} keys, {} steps, chance {} %",
                              o.recall_pairs, o.recall_keys, o.recall_steps,
                              number_text(100.0 / static_cast<double>(o.recall_keys))),
                  {"model", "parameters", "accuracy [%]"},
                  {}};
  for (const RecallRun& run : runs)
    table.rows.push_back({run.name, std::to_string(run.parameters), number_text(run.accuracy)});
  return table;
}

}  // namespace offprint::papers::monarch_mixer
