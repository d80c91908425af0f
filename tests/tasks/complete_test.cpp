#include "offprint/tasks/complete.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/data/csv.h"
#include "offprint/tasks/complete_table.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

// Each city has its trade, nine times in ten; income follows the trade.
data::Table people(int64_t rows, double holes, uint64_t seed) {
  Rng rng(seed);
  const char* cities[] = {"Bern", "Basel", "Genf"};
  const char* trades[] = {"baker", "clerk", "nurse"};
  std::string csv = "city,trade,income\n";
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t city = rng.integers({1}, 3).item<int64_t>();
    const Tensor luck = rng.uniform({4}, 0.0, 1.0).to(at::kDouble);
    const auto u = [&](int64_t at) { return luck[at].item<double>(); };
    const int64_t trade = u(0) < 0.9 ? city : (city + 1) % 3;
    const double income = 40000 + 10000 * static_cast<double>(trade) + 1000 * u(1);
    csv += fmt::format("{},{},{}\n", cities[city], u(2) < holes ? "?" : trades[trade],
                       u(3) < holes ? "" : fmt::format("{:.0f}", income));
  }
  return data::parse_csv(csv, "people.csv");
}

CompleteTableOptions small() {
  CompleteTableOptions o;
  o.levels = 3, o.fill.model.rank = 12, o.fill.model.hidden = 2, o.fill.epochs = 5;
  return o;
}

}  // namespace

TEST_CASE("completion: a machine learns what goes with what, and its margin never leaves") {
  // The third variable is the first and the second differing.
  Rng rng(3);
  const Tensor two = rng.integers({2000, 2}, 2);
  const Tensor states = at::cat({two, (two.sum(1, true) == 1).to(at::kLong)}, 1);
  CompleteOptions o = wide_cap();
  o.model.rank = 16, o.model.hidden = 6, o.epochs = 12;
  Progress progress;
  const Completer completer = fit_completer(states, {2, 2, 2}, o, Rng(1), progress, 1);
  CHECK(completer.least_margin >= -1e-6);
  const Tensor asked = at::tensor({0, 0, -1, 0, 1, -1, 1, 0, -1, 1, 1, -1}, at::kLong).view({4, 3});
  const Completion done = complete(completer, asked);
  CHECK(done.log_marginals.exp().slice(1, 0, 2).sum(1).sub(1).abs().max().item<double>() < 1e-5);
  CHECK(done.iterations.size() == 4);
  CHECK(filled(completer, asked).slice(1, 0, 2).equal(asked.slice(1, 0, 2)));
  // Same seed, same machine.
  const Completer again = fit_completer(states, {2, 2, 2}, o, Rng(1), progress);
  CHECK(again.model.factor.equal(completer.model.factor));
}

TEST_CASE("completion: holes are a share of each row") {
  Rng rng(5);
  const Tensor states = at::zeros({200, 50}, at::kLong);
  const Tensor holes = (with_holes(states, 0.2, 0.8, rng) < 0).to(at::kDouble).mean(1);
  CHECK(holes.min().item<double>() > 0.05);
  CHECK(holes.max().item<double>() < 0.95);
  CHECK(holes.mean().item<double>() == doctest::Approx(0.5).epsilon(0.1));
}

TEST_CASE("a table is completed: better than the most usual, nothing known is touched") {
  const data::Table table = people(600, 0.2, 1);
  Progress progress;
  const TableCompletion c = complete_table(table, small(), 1, progress);
  CHECK(c.filled == c.holes);
  CHECK(c.filled == std::ssize(c.probabilities.columns[0].numbers));
  for (int64_t r = 0; r < table.rows; ++r) {
    const auto row = static_cast<size_t>(r);
    CHECK(c.table.columns[0].texts[row] == table.columns[0].texts[row]);
    if (table.columns[1].texts[row] != "?")
      CHECK(c.table.columns[1].texts[row] == table.columns[1].texts[row]);
    else
      CHECK(c.table.columns[1].texts[row] != "?");
    CHECK(std::isfinite(c.table.columns[2].numbers[row]));
    if (std::isfinite(table.columns[2].numbers[row]))
      CHECK(c.table.columns[2].numbers[row] == table.columns[2].numbers[row]);
    else  // whole numbers stay whole
      CHECK(c.table.columns[2].numbers[row] == std::round(c.table.columns[2].numbers[row]));
  }
  REQUIRE(c.trials.size() == 3);
  CHECK(c.trials[1].right > c.trials[1].usual_right + 20);
  CHECK(c.trials[2].error < 0.6 * c.trials[2].mean_error);
  // The line of a hole is the file's.
  const auto first = static_cast<int64_t>(c.probabilities.columns[0].numbers[0]);
  const std::string& column = c.probabilities.columns[1].texts[0];
  const auto cell = table.texts(column)[static_cast<size_t>(first - 2)];
  CHECK((cell == "?" || cell.empty()));
  const TableCompletion again = complete_table(table, small(), 1, progress);
  CHECK(data::csv_text(again.table) == data::csv_text(c.table));
}

TEST_CASE("awkward tables are completed or left with a reason") {
  Progress progress;
  const auto completed = [&](const std::string& csv) {
    return complete_table(data::parse_csv(csv, "t.csv"), small(), 1, progress);
  };
  // A constant, an empty column, times, and identifiers beside two that take part.
  std::string csv = "same,nothing,when,id,x,y\n";
  for (int i = 0; i < 120; ++i)
    csv += fmt::format("a,,2026-01-{:02},n{},{},{}\n", 1 + i % 28, i, i % 3,
                       i % 7 == 0 ? "" : std::to_string(10 * (i % 3)));
  const TableCompletion c = completed(csv);
  CHECK(c.columns[0].states() == 1);
  CHECK(c.columns[1].left == "no cell is known");
  CHECK(c.columns[2].left == "times");
  CHECK(c.columns[3].left == "120 different texts");
  CHECK(c.holes - c.filled == 120);
  for (size_t r = 0; r < 120; r += 7)
    CHECK(c.table.columns[5].numbers[r] == 10 * c.table.columns[4].numbers[r]);

  CHECK_THROWS_WITH_AS(completed("a,b\n1,2\n"), "t.csv: 1 rows, expected at least 2", Error);
  CHECK_THROWS_WITH_AS(completed("a\nx\ny\n"),
                       "t.csv: 1 columns can be completed, expected at least 2", Error);
  CompleteTableOptions o = small();
  o.levels = 1;
  CHECK_THROWS_WITH_AS(complete_table(people(20, 0, 1), o, 1, progress),
                       "--levels, --most-states, --fit-rows: 1, 100 and 20000, expected at least 2",
                       Error);
  o = small(), o.fill.least_hidden = 0.9;
  CHECK_THROWS_AS(complete_table(people(20, 0, 1), o, 1, progress), Error);
  // Two rows, and not one hole.
  CHECK(completed("a,b\nx,1\ny,2\n").filled == 0);
}
