// Monarch Mixer's recipe as `offprint run monarch-mixer` gives it, shortened for the tests.
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/papers/monarch_mixer/language_runs.h"
#include "offprint/papers/monarch_mixer/product_checks.h"
#include "tests/data/scratch.h"
#include "tests/papers/card_of.h"

using namespace offprint;
using namespace offprint::papers;

namespace {

RunCard run_with(uint64_t seed, const Json& options, const std::string& data = "") {
  return card_of("monarch-mixer", {.seed = seed, .data = data, .options = options});
}

const Json kFew = {{"longest", 8192},      {"attention-steps", 512}, {"attention-width", 16},
                   {"recall-steps", 3},    {"recall-width", 16},     {"image-epochs", 1},
                   {"image-width", 16},    {"image-depth", 1},       {"language-length", 16},
                   {"language-width", 16}, {"language-depth", 1},    {"language-batch", 4}};

// What is measured, but for times.
std::string lasting(const RunCard& card) {
  std::string text;
  for (const Measured& m : card.claims)
    if (m.id != "cost-exponent" && m.id != "attention-exponent" && m.id != "over-attention")
      text += fmt::format("{} {} {}\n", m.id, m.ours.value_or(-1), m.baseline);
  return text;
}

}  // namespace

TEST_SUITE("paper") {
  TEST_CASE(
      "Monarch Mixer quick, shortened: identities hold, and the products grow less than dense") {
    const RunCard card = run_with(
        1,
        {{"longest", 16384}, {"attention-steps", 1024}, {"recall-steps", 2}, {"image-epochs", 6}});
    for (const Measured& m : card.claims) {
      CAPTURE(m.id);
      if (m.kind == "identity") CHECK(m.verdict == Verdict::holds);
    }
    CHECK(find_claim(card, "masked-behind").verdict == Verdict::not_at_this_scale);
    const Measured& images = find_claim(card, "vit-behind");
    if (images.ours) {  // digits come with ./start
      CHECK(*images.ours < 30);
      CHECK(images.baseline.find("of the parameters") != std::string::npos);
    }
    CHECK(card.figures.size() == 2);
    CHECK(card.tables.size() >= 2);
  }
}

TEST_CASE(
    "Monarch Mixer: language models and fine-tuning on a person's folder, same seed, same card") {
  const data::Scratch folder;
  std::string text;
  Rng rng(3);
  for (int i = 0; i < 400; ++i) text += fmt::format("line {} of many\n", rng.integer(100));
  folder.write("kjv.txt", text), folder.write("input.txt", text);
  std::string tweets;
  for (int i = 0; i < 40; ++i)
    tweets += fmt::format("storm\t{}\thelp {}\n", i % 2 ? "on-topic" : "off-topic", i);
  folder.write("t6_sample.tsv", tweets);
  Json options = kFew;
  options["language-steps"] = 2, options["tune-steps"] = 1, options["image-epochs"] = 0;
  const RunCard card = run_with(2, options, folder.folder);
  for (const char* id : {"masked-behind", "causal-behind"}) {
    CAPTURE(id);
    REQUIRE(find_claim(card, id).ours);
    CHECK(std::abs(*find_claim(card, id).ours) < 1);
  }
  CHECK(card.tables.size() == 5);  // mixers, recall, masked, fine-tuned, causal
  CHECK(card.tables[3].rows.size() == 4);
  CHECK(lasting(card) == lasting(run_with(2, options, folder.folder)));
  CHECK(lasting(card) != lasting(run_with(3, options, folder.folder)));
}

TEST_CASE("Monarch Mixer: the smaller model keeps to its share of parameters") {
  monarch_mixer::Options o;
  o.language_steps = 1, o.language_length = 16, o.language_width = 32, o.language_depth = 2;
  Progress progress;
  const auto corpus = data::bytes_corpus(std::string(2000, 'x'), "here");
  const auto runs = monarch_mixer::run_language(corpus, false, 0.75, o, Rng(1), progress);
  CHECK(runs[1].parameters <= runs[0].parameters * 3 / 4);
  CHECK(runs[1].parameters > runs[0].parameters / 2);
}

TEST_CASE("Monarch Mixer: pieces are exchanged in about half of the pairs") {
  std::string text;
  for (int i = 0; i < 4000; ++i) text += fmt::format("{}", i % 7);
  const auto pairs =
      monarch_mixer::sentence_order(data::bytes_corpus(text, "here"), 20, 200, Rng(2));
  int64_t in_order = 0;
  for (int64_t i = 0; i < 200; ++i) {
    const auto row = pairs.x[i];
    const bool follows = (row[9].item<int64_t>() + 1 - row[10].item<int64_t>()) % 7 == 0;
    CHECK(follows == (pairs.y[i].item<int64_t>() == 0));
    in_order += follows;
  }
  CHECK(in_order > 70);
  CHECK(in_order < 130);
}

TEST_CASE("Monarch Mixer: without its sets the card says what to get; bad options are one line") {
  Json options = kFew;
  options["language-steps"] = 1;
  const RunCard card = run_with(2, options, "/nowhere");
  CHECK(card.notes[0] ==
        "digits skipped: scikit-learn's digits.csv.gz is not here; ./start installs it");
  CHECK(card.notes[1] == "kjv skipped: kjv.txt is not here; `offprint data get kjv` gets it");
  CHECK(!find_claim(card, "masked-behind").ours);
  CHECK_THROWS_WITH_AS(run_with(1, {{"longest", 100}}), "--longest: 100, expected >= 8192", Error);
  CHECK_THROWS_AS(run_with(1, {{"seeds", 0}}), Error);
}
