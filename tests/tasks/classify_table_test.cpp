#include "offprint/tasks/classify_table.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/rng.h"
#include "offprint/data/csv.h"

using namespace offprint;
using tasks::ClassifyRequest;

namespace {

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "offprint_classify_table";
  Folder() {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

// 16 steps and a label a row: a slow or a fast wave, 30 rows each.
std::string waves_csv(uint64_t seed) {
  Rng rng(seed);
  std::string text;
  for (int l = 0; l < 16; ++l) text += fmt::format("t{},", l);
  text += "kind\n";
  for (int row = 0; row < 60; ++row) {
    const bool fast = row % 2 == 1;
    const double phase = rng.uniform() * 6.28;
    for (int l = 0; l < 16; ++l)
      text += fmt::format("{:.4f},", std::sin(phase + l * (fast ? 2.0 : 0.5)) + 0.1 * rng.normal());
    text += fast ? "fast\n" : "slow\n";
  }
  return text;
}

ClassifyRequest request_for(const Folder& folder) {
  ClassifyRequest r{.data = folder.path / "x.csv", .label = "kind"};
  r.options.method = "cnn";
  r.options.epochs = 12;
  r.options.batch = 8;
  r.options.lr = 0.01;
  r.options.model.width = 16;
  r.options.model.depth = 2;
  r.options.model.dropout = 0.0;
  return r;
}

tasks::ClassifyOutcome run(const ClassifyRequest& request) {
  Progress progress;
  return tasks::classify_table(request, progress);
}

std::string error_of(const ClassifyRequest& request) {
  try {
    run(request);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string error_for(const std::string& csv, const std::string& label, int64_t length = 0) {
  try {
    tasks::sequences_from_table(data::parse_csv(csv, "x.csv"), label, length);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE(
    "classify a table: steps in order, channels of a step together, numbers sorted as numbers") {
  const auto rows = tasks::sequences_from_table(
      data::parse_csv("a0,b0,y,a1,b1\n1,2,10,3,4\n5,6,9,7,8\n9,9,10,9,9\n", "x.csv"), "y", 2);
  CHECK(shape_text(rows.x) == "(3,2,2)");
  CHECK(rows.x[0].equal(at::tensor({1.0f, 2.0f, 3.0f, 4.0f}).view({2, 2})));
  CHECK(rows.classes == std::vector<std::string>{"9", "10"});
  CHECK(rows.y.equal(at::tensor({int64_t{1}, int64_t{0}, int64_t{1}})));
}

TEST_CASE(
    "classify a table: fit, report on rows kept apart, save, and predict with the saved model") {
  const Folder folder;
  write_file(folder.path / "x.csv", waves_csv(1));
  ClassifyRequest request = request_for(folder);
  request.save = folder.path / "model";
  request.out = folder.path / "held.csv";
  const auto outcome = run(request);
  CHECK(outcome.fitted_rows == 48);
  CHECK(outcome.report.value().rows == 12);
  CHECK(outcome.report.value().accuracy >= 0.9);
  const data::Table held = data::read_csv(request.out);
  CHECK(held.names() ==
        std::vector<std::string>{"line", "truth", "prediction", "p_fast", "p_slow"});
  CHECK(held.rows == 12);

  // Another table, without labels.
  const std::string text = waves_csv(2);
  write_file(folder.path / "fresh.csv", text);
  ClassifyRequest later{.data = folder.path / "fresh.csv",
                        .model = folder.path / "model",
                        .out = folder.path / "all.csv",
                        .label = "kind"};
  CHECK(run(later).report.value().accuracy >= 0.9);
  const data::Table all = data::read_csv(later.out);
  CHECK(all.rows == 60);
  CHECK(all.numbers("line")[0] == 2.0);
  CHECK(all.numbers("p_fast")[3] + all.numbers("p_slow")[3] == doctest::Approx(1.0));
}

TEST_CASE("classify a table: rows that cannot be used are named with line and column") {
  CHECK(error_for("a,b,y\n1,2,u\n3,,v\n", "y") ==
        "x.csv: line 3, column 'b': missing, expected a number");
  CHECK(error_for("a,b,y\n1,2,u\n3,inf,v\n", "y") ==
        "x.csv: line 3, column 'b': infinite, expected a number");
  CHECK(error_for("a,b,y\n1,2,u\n3,4,\n", "y") == "x.csv: line 3, column 'y': no label");
  CHECK(error_for("a,b,y\n1,2,u\n3,x,v\n", "y") == "x.csv: line 3, column 'b': 'x' is no number");
  CHECK(error_for("a,b,y\n1,2,u\n", "why").starts_with("x.csv: no column 'why'"));
  CHECK(error_for("a,b,c,y\n1,2,3,u\n", "y", 2) ==
        "x.csv: 3 columns besides 'y', expected a multiple of the length 2");
  CHECK(error_for("a,b,c,y\n1,2,3,u\n", "y", 4) ==
        "x.csv: 3 columns besides 'y', expected a multiple of the length 4");
  CHECK(error_for("a,b,y\n", "y") == "x.csv: no rows after the header");
  CHECK(error_for("y\nu\nv\n", "y") ==
        "x.csv: no columns besides 'y', expected the steps of a sequence");
}

TEST_CASE("classify a table: three rows, one class and an unknown method are errors of one line") {
  const Folder folder;
  write_file(folder.path / "x.csv", "a,b,kind\n1,2,u\n3,4,v\n5,6,w\n");
  CHECK(error_of(request_for(folder)) == "classify: class 'u' has one row, expected at least two");
  write_file(folder.path / "x.csv", "a,b,kind\n1,2,u\n3,4,u\n5,6,u\n");
  CHECK(error_of(request_for(folder)) ==
        (folder.path / "x.csv").string() +
            ": column 'kind' holds one class, 'u', expected at least two");
  ClassifyRequest request = request_for(folder);
  request.options.method = "s44d";
  CHECK(error_of(request).starts_with("unknown method 's44d'"));
  request = request_for(folder);
  request.label = "";
  CHECK(error_of(request).find("--label is missing") != std::string::npos);
}

TEST_CASE("classify a table: results that cannot be written are refused before any work") {
  const Folder folder;
  write_file(folder.path / "x.csv", waves_csv(1));
  ClassifyRequest request = request_for(folder);
  request.options.epochs = 1'000'000;  // would run for hours
  request.out = "/proc/nowhere/out.csv";
  CHECK(error_of(request).find("/proc/nowhere/out.csv") != std::string::npos);
  request.out = folder.path / "x.csv" / "out.csv";
  CHECK(error_of(request) != "no error");
  request.out = "";
  request.save = "/proc/nowhere";
  CHECK(error_of(request).find("/proc/nowhere") != std::string::npos);
  CHECK(data::read_csv(folder.path / "x.csv").rows == 60);
}

TEST_CASE("classify a table: a model meets only tables of its shape") {
  const Folder folder;
  write_file(folder.path / "x.csv", waves_csv(1));
  ClassifyRequest request = request_for(folder);
  request.options.epochs = 1;
  request.save = folder.path / "model";
  run(request);
  write_file(folder.path / "y.csv", "a,b,c\n1,2,3\n");
  const ClassifyRequest other{.data = folder.path / "y.csv", .model = request.save};
  CHECK(error_of(other) ==
        (folder.path / "y.csv").string() + ": 3 columns, expected a multiple of the length 16");
}
