#include "offprint/papers/monarch_mixer/image_runs.h"

#include <algorithm>

#include "offprint/models/token_model.h"
#include "offprint/nn/parameters.h"
#include "offprint/papers/statistics.h"
#include "offprint/tasks/class_objective.h"

namespace offprint::papers::monarch_mixer {
namespace {

constexpr int64_t kPatch = 2, kClasses = 10;

models::TrunkOptions trunk_of(const Options& o, const char* mixer, const char* feed) {
  models::TrunkOptions t;
  t.width = o.image_width, t.depth = o.image_depth, t.dropout = 0.1;
  t.causal = false, t.mixer = mixer, t.feed = feed;
  return t;
}

int64_t parameters_of(const models::TrunkOptions& trunk, int64_t side) {
  Rng rng(0);
  models::PatchModel m = models::make_patch_model(side, kPatch, kClasses, trunk, rng);
  return nn::parameter_count(nn::parameters_of(m));
}

double fit(models::PatchModel& model, const tasks::LabelledExamples& train, const Options& o,
           const Rng& rng, const std::string& name, Progress& progress) {
  const tasks::Logits logits = [&](const Tensor& x, Rng* dropout) {
    return models::forward(model, x, dropout);
  };
  tasks::ClassObjective objective(nn::parameters_of(model), logits, train);
  tasks::TrainOptions training;
  training.epochs = o.image_epochs, training.batch = 32, training.optimizer.lr = o.image_lr;
  training.name = "digits: " + name;
  const auto result = tasks::train(objective, training, rng, progress);
  progress.throw_if_stopped();
  return result.seconds;
}

}  // namespace

std::vector<ImageRun> run_images(const data::LabelledImages& images, const Options& o,
                                 const Rng& rng, Progress& progress) {
  const tasks::LabelledExamples all{images.images, images.labels};
  const int64_t test = all.size() / 5, side = images.images.size(1);
  const models::TrunkOptions vit = trunk_of(o, "attention", "dense");
  models::TrunkOptions m2 = trunk_of(o, "m2", "block");
  while (m2.width > m2.blocks && 100 * parameters_of(m2, side) > 55 * parameters_of(vit, side))
    m2.width -= m2.blocks;
  std::vector<ImageRun> runs;
  for (const auto& [name, trunk] : {std::pair{"ViT", vit}, {"M2-ViT", m2}}) {
    ImageRun run{name, parameters_of(trunk, side), {}, {}};
    for (int64_t seed = 0; seed < o.image_seeds; ++seed) {
      const Rng own = rng.split(static_cast<uint64_t>(seed));
      const Tensor order = at::tensor(own.split("parts").permutation(all.size()));
      Rng init = own.split("init");
      models::PatchModel model = models::make_patch_model(side, kPatch, kClasses, trunk, init);
      run.seconds.push_back(
          fit(model, all.rows(order.slice(0, test)), o, own.split("train"), name, progress));
      run.accuracies.push_back(
          tasks::accuracy([&](const Tensor& x, Rng*) { return models::forward(model, x); },
                          all.rows(order.slice(0, 0, test))));
    }
    progress.say(fmt::format("digits, {}: {} %", name, number_text(mean(run.accuracies))));
    runs.push_back(std::move(run));
  }
  return runs;
}

TextTable image_table(const std::vector<ImageRun>& runs) {
  TextTable table{"Handwritten digits, 8 x 8, patches of 2 x 2",
                  {"model", "parameters", "accuracy [%]", "least to largest", "training [s]"},
                  {}};
  for (const ImageRun& run : runs)
    table.rows.push_back({run.name, std::to_string(run.parameters),
                          number_text(mean(run.accuracies)),
                          fmt::format("{} to {}", number_text(std::ranges::min(run.accuracies)),
                                      number_text(std::ranges::max(run.accuracies))),
                          number_text(mean(run.seconds), 2)});
  return table;
}

}  // namespace offprint::papers::monarch_mixer
