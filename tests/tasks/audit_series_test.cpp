#include "offprint/tasks/audit_series.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/tasks/detection_scores.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

// Noise that runs along four columns, a column a row; in rows 500 to 540 the third column goes its
// own way, as loud as ever.
struct Plant {
  Tensor values, labels;
};
Plant plant() {
  Rng rng(1);
  Tensor values = rng.normal({700, 4}, at::kDouble);
  Tensor labels = at::zeros({700, 4}, at::kBool);
  for (int64_t t = 1; t < 700; ++t) {
    const Tensor before = values[t - 1].slice(0, 0, 3);
    values[t].slice(0, 1).mul_(0.2).add_(before);
    if (t >= 500 && t < 540) values[t][2] = rng.normal(), labels[t][2] = true;
  }
  return {values, labels};
}

AuditOptions options(const char* method) {
  AuditOptions o;
  o.method = method, o.smooth = 6;
  o.of_method.lookback = 4, o.of_method.epochs = 20, o.of_method.lr = 2e-2;
  return o;
}

double precision(const char* method) {
  const Plant p = plant();
  Progress progress;
  const AuditScores found = audit(p.values, options(method), Rng(1), progress);
  return average_precision(found.scores.slice(0, 350), p.labels.slice(0, 350));
}

AuditOutcome outcome(const char* method) {
  const Plant p = plant();
  AuditOutcome o;
  Progress progress;
  o.method = method, o.series.values = p.values, o.series.names = {"a", "b", "c", "d"};
  o.found = audit(p.values, options(method), Rng(1), progress);
  return o;
}

}  // namespace

TEST_CASE("audit: a column that leaves its neighbours is found by those who look across columns") {
  CHECK(precision("chimera") > 0.7);
  CHECK(precision("ar") < 0.2);
  CHECK(precision("z-score") < 0.2);
}

TEST_CASE("audit: a spike is found by everybody, and the principal components see what breaks") {
  Rng rng(2);
  const Tensor common = rng.normal({400, 1}, at::kDouble);
  Tensor values = common * at::ones({1, 5}, at::kDouble) + 0.1 * rng.normal({400, 5}, at::kDouble);
  values[300][1] += 6;
  values[350][4] = -values[350][4] + 1;
  Progress progress;
  for (const char* method : {"ar", "z-score", "pca"}) {
    const AuditScores found = audit(
        values,
        [&] {
          AuditOptions o = options(method);
          o.smooth = 1;
          return o;
        }(),
        Rng(1), progress);
    CHECK(found.scores.slice(0, 200).argmax().item<int64_t>() == 100 * 5 + 1);
    const double ratio = (found.scores[350][4] / found.thresholds[4]).item<double>();
    if (std::string_view(method) == "pca") CHECK(ratio > 3);
  }
}

TEST_CASE("audit: scores of normal rows have mean one, thresholds hold what the level says") {
  const Plant p = plant();
  AuditOptions o = options("z-score");
  o.smooth = 1, o.level = 0.9;
  Progress progress;
  const AuditScores found = audit(p.values, o, Rng(1), progress);
  CHECK(found.train == 350);
  CHECK(found.first == 0);
  const Tensor calibration = found.scores.slice(0, 280, 350);
  CHECK(max_abs_diff(calibration.mean(0), at::ones({4}, at::kDouble)) < 1e-9);
  CHECK(calibration.gt(found.thresholds).to(at::kDouble).mean().item<double>() ==
        doctest::Approx(0.1).epsilon(0.05));
  o.smooth = 3;
  const AuditScores smooth = audit(p.values, o, Rng(1), progress);
  CHECK(max_abs_diff(smooth.scores[100], found.scores.slice(0, 98, 101).mean(0)) < 1e-9);
}

TEST_CASE(
    "audit: the same seed gives the same scores; rows after a row change no score before it") {
  const Plant p = plant();
  Progress progress;
  AuditOptions o = options("chimera");
  o.of_method.epochs = 1;
  const Tensor scores = audit(p.values, o, Rng(1), progress).scores;
  CHECK(audit(p.values, o, Rng(1), progress).scores.equal(scores));
  CHECK(!audit(p.values, o, Rng(2), progress).scores.equal(scores));
  Tensor later = p.values.clone();
  later.slice(0, 600).fill_(50);
  CHECK(audit(later, o, Rng(1), progress).scores.slice(0, 0, 600).equal(scores.slice(0, 0, 600)));
}

TEST_CASE("audit: tables and plot say what was found") {
  const AuditOutcome o = outcome("chimera");
  CHECK(o.found.first == 4);
  CHECK(strangest_table(o).rows.front()[0] == "c");
  const data::Table table = audit_table(o);
  CHECK(table.names() == std::vector<std::string>{"row", "a", "b", "c", "d", "above threshold"});
  CHECK(table.column("above threshold").texts[520].find('c') != std::string::npos);
  const Plot plot = audit_plot(o);
  CHECK(plot.heat_map[0].values.size() == 4);
  CHECK(plot.heat_map[0].values[0].size() == 234);  // three rows each
  CHECK(to_json(o)["columns"][0]["name"] == "c");
}

TEST_CASE("audit: options that make no sense are one line") {
  Progress progress;
  const auto message = [&](const AuditOptions& o) -> std::string {
    try {
      audit(plant().values, o, Rng(1), progress);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  AuditOptions o = options("chimera");
  o.smooth = 0;
  CHECK(message(o) == "--smooth: 0, expected >= 1");
  o = options("pca"), o.of_method.explained = 1;
  CHECK(message(o) == "--explained: 1, expected above 0 and below 1");
  o = options("ar"), o.of_method.lookback = 300;
  CHECK(message(o) == "audit: 350 normal rows, expected at least 602 for a lookback of 300");
  CHECK(message(options("arr")).starts_with("no auditing method 'arr', did you mean 'ar'?"));
}
