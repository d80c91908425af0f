#include "offprint/papers/counterfactual/census_model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/tasks/language_objective.h"
#include "offprint/tasks/train_language.h"

namespace offprint::papers::counterfactual {
namespace {

constexpr int64_t kAges = 4, kEducations = 3, kOccupations = 4;
constexpr int64_t kLowest = 16, kStep = 4, kIncomes = 12;  // thousands: 16, 20, .. 60
constexpr int64_t kRow = 7;                                // tokens with the line break

// Where each attribute's words begin.
constexpr int64_t kSex = kAges, kMarried = kSex + 2, kEducation = kMarried + 2,
                  kOccupation = kEducation + kEducations, kIncome = kOccupation + kOccupations,
                  kEnd = kIncome + kIncomes;

// Rounded up or down at random so that the mean is exact.
int64_t income_word(double thousands, Rng& rng) {
  const double steps = (thousands - kLowest) / kStep;
  const double below = std::floor(steps);
  return static_cast<int64_t>(below) + (rng.uniform() < steps - below ? 1 : 0);
}

}  // namespace

std::vector<std::string> census_words() {
  std::vector<std::string> words;
  const auto add = [&](const char* name, std::initializer_list<const char*> values) {
    for (const char* value : values) words.push_back(fmt::format("{}: {}; ", name, value));
  };
  add("age", {"20", "30", "40", "50"});
  add("sex", {"female", "male"});
  add("married", {"yes", "no"});
  add("education", {"school", "bachelor", "master"});
  add("occupation", {"office", "craft", "health", "law"});
  for (int64_t i = 0; i < kIncomes; ++i)
    words.push_back(fmt::format("income: {}", kLowest + kStep * i));
  words.emplace_back("\n");
  return words;
}

Tensor census_tokens(int64_t rows, Rng rng) {
  constexpr std::array<double, kEducations> kBase = {25, 32, 40};  // thousands, women
  Tensor tokens = at::empty({rows * kRow + 1}, at::kLong);
  int64_t* out = tokens.mutable_data_ptr<int64_t>();
  *out++ = kEnd;
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t sex = rng.integer(2), education = rng.integer(kEducations);
    // Occupation follows education, so that there is more to learn than the planted gap.
    const int64_t occupation = rng.uniform() < 0.6 ? education + 1 : rng.integer(kOccupations);
    const double noise = 6 * (rng.uniform() - 0.5);
    const double income =
        (kBase[static_cast<size_t>(education)] + noise) * (sex == 1 ? 1 + kPlanted : 1);
    *out++ = rng.integer(kAges);
    *out++ = kSex + sex;
    *out++ = kMarried + rng.integer(2);
    *out++ = kEducation + education;
    *out++ = kOccupation + occupation;
    *out++ = kIncome + income_word(income, rng);
    *out++ = kEnd;
  }
  return tokens;
}

CensusModel train_census(const Options& o, const Rng& rng, Progress& progress) {
  tasks::TrainLanguageOptions training;
  training.steps = o.train_steps, training.batch = 64, training.lr = 4e-3;
  training.trunk = {.length = 3 * kRow,
                    .width = 32,
                    .depth = 2,
                    .expand = 2,
                    .mixer = "attention",
                    .feed = "dense",
                    .heads = 4};
  Rng init = rng.split("init");
  CensusModel m;
  m.weights = models::make_token_model(std::ssize(census_words()), training.trunk, init);
  const Tensor held_out = census_tokens(1000, rng.split("held out"));
  tasks::fit_language(m.weights, census_tokens(o.rows, rng.split("rows")), held_out, training,
                      "training the census model", rng.split("train"), progress);
  m.held_out_nats = tasks::held_out_loss(m.weights, held_out);
  return m;
}

tasks::AttributeAudit audit_census(const CensusModel& m, const Options& o, uint64_t seed,
                                   Progress& progress) {
  const tasks::WordLanguageModel model(m.weights, census_words());
  tasks::AttributeAuditOptions audit;
  audit.values = {"female", "male"}, audit.people = o.people;
  audit.answer.sampling.temperature = 1, audit.answer.most_tokens = kRow;
  return tasks::audit_attribute(model, "\n", audit, seed, progress);
}

}  // namespace offprint::papers::counterfactual
