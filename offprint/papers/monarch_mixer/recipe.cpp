#include "offprint/papers/monarch_mixer/recipe.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "offprint/core/error.h"
#include "offprint/data/catalog.h"
#include "offprint/data/digits.h"
#include "offprint/papers/monarch_mixer/figures.h"
#include "offprint/papers/monarch_mixer/image_runs.h"
#include "offprint/papers/recipe_run.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::monarch_mixer {
namespace {

using Bench = papers::Bench<Options>;

void check_products(Bench& b) {
  b.progress.start("identities");
  const Rng rng = b.rng.split("identities");
  b.measured["dft-equals-fft"] = dft_gap(rng.split("dft"));
  b.measured["product-equals-dense"] = dense_gap(rng.split("dense"));
  b.measured["gradients"] = product_gradient_gap(rng.split("gradients"));
  b.measured["learned-causal-leak"] = learned_causal_leak(rng.split("learned"));
  b.measured["padded-dft-leak"] = padded_dft_leak(rng.split("padded"));
  b.measured["circular-leak"] = circular_leak(rng.split("circular"));
}

void time_costs(Bench& b) {
  const Rng rng = b.rng.split("times");
  const ProductTimes products = time_products(b.options.longest, rng.split("products"), b.progress);
  // Below 4096 entries what a call costs at all is most of it.
  const auto large = static_cast<size_t>(std::ranges::lower_bound(products.sizes, 4096.0) -
                                         products.sizes.begin());
  const auto exponent = [&](const std::vector<double>& x, const std::vector<double>& y,
                            size_t from) {
    return fit_exponent(std::span(x).subspan(from), std::span(y).subspan(from),
                        rng.split("interval"))
        .slope;
  };
  const Estimate two = exponent(products.sizes, products.order2, large);
  b.measured["cost-exponent"] = {
      std::abs(two.value - 1.5),
      fmt::format("order 2 {}, order 3 {}, dense {}", number_text(two.value, 3),
                  number_text(exponent(products.sizes, products.order3, large).value, 3),
                  number_text(exponent(products.dense_sizes(), products.dense, 0).value, 3)),
      spread_text(two, "size"), ""};
  b.draw(product_figure(products));
  const MixerTimes mixers = time_mixers(b.options, rng.split("mixers"), b.progress);
  const Estimate attention = exponent(mixers.steps, mixers.attention, 0);
  b.measured["attention-exponent"] = {
      attention.value,
      fmt::format("ours {}", number_text(exponent(mixers.steps, mixers.monarch, 0).value, 3)),
      spread_text(attention, "size"), ""};
  b.measured["over-attention"] = {
      mixers.attention.back() / mixers.monarch.back(),
      fmt::format("attention {} s, by FFT {} s", number_text(mixers.attention.back(), 2),
                  number_text(mixers.fft.back(), 2)),
      fmt::format("{} steps, {} features", mixers.steps.back(), b.options.attention_width), ""};
  b.draw(mixer_figure(mixers));
  b.show(mixer_table(mixers));
}

std::optional<data::Corpus> corpus_of(Bench& b, const char* set, const char* file) {
  const auto folder = b.request.data.empty() ? data::find_set(set)
                                             : std::optional(std::filesystem::path(b.request.data));
  if (folder && std::filesystem::exists(*folder / file)) return data::read_bytes(*folder / file);
  b.note(fmt::format("{} skipped: {} is not here; `offprint data get {}` gets it", set, file, set));
  return std::nullopt;
}

void compare(Bench& b, const char* id, const std::vector<LanguageRun>& runs,
             const std::string& title) {
  const LanguageRun &twin = runs[0], &ours = runs[1];
  const Estimate behind = paired_difference(ours.losses, twin.losses, b.rng.split("interval"));
  b.measured[id] = {
      behind.value,
      fmt::format("{} {} nats, {} {} with {} % of the parameters", twin.name,
                  number_text(mean(twin.losses)), ours.name, number_text(mean(ours.losses)),
                  100 * ours.parameters / twin.parameters),
      spread_text(behind), ""};
  b.show(language_table(runs, title));
  b.draw(learning_figure(runs, b.options, title));
}

void run_masked(Bench& b) {
  const auto corpus = corpus_of(b, "kjv", "kjv.txt");
  if (!corpus) return;
  const auto runs =
      run_language(*corpus, false, 0.75, b.options, b.rng.split("masked"), b.progress);
  compare(b, "masked-behind", runs, "Masked bytes of the King James Bible");
  if (b.options.tune_steps == 0) return;
  const Rng rng = b.rng.split("downstream");
  const int64_t length = b.options.language_length;
  auto tuned = fine_tune(runs, sentence_order(*corpus, length, 4000, rng.split("pairs")), b.options,
                         rng.split("order"), b.progress);
  if (const auto tweets = crisis_tweets(b.request.data, length, 4000, rng.split("tweets"))) {
    for (TuneRun& run : fine_tune(runs, *tweets, b.options, rng.split("crisis"), b.progress))
      tuned.push_back(std::move(run));
  } else {
    b.note(
        "crisis tweets skipped: t6_sample.tsv is not here; `offprint data get crisislex` gets it");
  }
  b.show(tune_table(tuned));
}

void run_causal(Bench& b) {
  const auto corpus = corpus_of(b, "tinyshakespeare", "input.txt");
  if (!corpus) return;
  compare(b, "causal-behind",
          run_language(*corpus, true, 1.0, b.options, b.rng.split("causal"), b.progress),
          "Shakespeare, byte by byte");
}

void run_digits(Bench& b) {
  const auto file = b.request.data.empty()
                        ? data::find_digits()
                        : std::optional(std::filesystem::path(b.request.data) / "digits.csv");
  if (!file || !std::filesystem::exists(*file))
    return b.note("digits skipped: scikit-learn's digits.csv.gz is not here; ./start installs it");
  const auto runs =
      run_images(data::read_digits(*file), b.options, b.rng.split("digits"), b.progress);
  const ImageRun &vit = runs[0], &ours = runs[1];
  const Estimate behind =
      paired_difference(vit.accuracies, ours.accuracies, b.rng.split("interval"));
  b.measured["vit-behind"] = {
      behind.value,
      fmt::format("ViT {} %, M2-ViT {} % with {} % of the parameters",
                  number_text(mean(vit.accuracies)), number_text(mean(ours.accuracies)),
                  100 * ours.parameters / vit.parameters),
      spread_text(behind), ""};
  b.show(image_table(runs));
}

void note_scale(Bench& b) {
  b.note("C4, GLUE, ImageNet and The Pile need GPU days; bytes of small texts stand in for them.");
  if (b.request.scale == Scale::quick)
    b.note("quick: language models run at standard; recall and digits are short here.");
}

void check(const Options& o) {
  require_positive(o, {"language-steps", "tune-steps", "recall-steps", "image-epochs"});
  require(o.longest >= 8192, "--longest: {}, expected >= 8192", o.longest);
  require(o.attention_steps >= 512, "--attention-steps: {}, expected >= 512", o.attention_steps);
}

void measure(Bench& b) {
  check_products(b);
  time_costs(b);
  if (b.options.recall_steps > 0)
    b.show(recall_table(run_recall(b.options, b.rng.split("recall"), b.progress), b.options));
  if (b.options.image_epochs > 0) run_digits(b);
  if (b.options.language_steps == 0) return;
  run_masked(b);
  run_causal(b);
}

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.seeds = 3, o.language_steps = 200, o.tune_steps = 60;
  o.recall_steps = 800, o.image_epochs = 20, o.image_seeds = 3;
  if (scale == Scale::full) {
    o.language_length = 512, o.language_width = 768, o.language_depth = 12;
    o.language_steps = 70'000, o.language_batch = 256, o.language_lr = 8e-4;
    o.tune_steps = 3000, o.recall_steps = 20'000, o.recall_pairs = 128, o.recall_keys = 64;
    o.image_epochs = 300, o.image_width = 384, o.image_depth = 12;
  }
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"monarch-mixer", options_for, check, claims, measure, note_scale},
                             request, progress);
}

}  // namespace offprint::papers::monarch_mixer
