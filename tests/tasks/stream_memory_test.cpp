#include "offprint/tasks/stream_memory.h"

#include <cmath>
#include <numeric>

#include "offprint/data/csv.h"
#include "offprint/nn/hippo_memory.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

data::Series series_of(const std::string& csv) {
  return data::series_from_table(data::parse_csv(csv, "load.csv"));
}

// A daily and a weekly wave, hourly.
std::string load_csv(int64_t rows) {
  std::string csv = "load\n";
  for (int64_t i = 0; i < rows; ++i) {
    const double t = static_cast<double>(i);
    csv += fmt::format("{}\n",
                       50 + 10 * std::sin(2 * M_PI * t / 24) + 5 * std::cos(2 * M_PI * t / 168));
  }
  return csv;
}

StreamMemory remember(const std::string& csv, const StreamMemoryOptions& options) {
  Progress silent;
  return remember_stream(series_of(csv), "load", options, silent);
}

std::string message_of(const std::string& csv, const StreamMemoryOptions& options) {
  try {
    remember(csv, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a stream of waves comes back from 32 numbers, as well as from the best 32") {
  const StreamMemory m = remember(load_csv(1200), {"legt", 168, 32, "error"});
  CHECK(m.rows == 1200);
  CHECK(m.moments == 64);
  CHECK(m.past.size(0) == 168);
  CHECK(m.online.error < 0.05);
  REQUIRE(m.baselines.size() == 2);
  // No memory of as many numbers on the same functions can beat the projection.
  CHECK(m.baselines[1].method == "Legendre projection");
  CHECK(m.baselines[1].error <= m.online.error);
  CHECK(m.past[0].item<double>() == doctest::Approx(50 + 10 * std::sin(2 * M_PI * 1199 / 24) +
                                                    5 * std::cos(2 * M_PI * 1199 / 168)));
}

TEST_CASE("the coefficients are those of the memory itself, from the first value on") {
  const StreamMemoryOptions options{"fout", 48, 16, "error"};
  const StreamMemory m = remember(load_csv(300), options);
  nn::Hippo memory = nn::make_hippo(nn::Basis::fout, 16, 48, 1, nn::Rule::pade);
  const Tensor u = series_of(load_csv(300)).values.select(1, 0);
  for (int64_t i = 0; i < 300; ++i) nn::update(memory, u[i].item<double>() - m.offset);
  CHECK(m.coefficients == memory.x);
  const double mean_square =
      std::inner_product(m.online.lag_errors.begin(), m.online.lag_errors.end(),
                         m.online.lag_errors.begin(), 0.0) /
      48;
  CHECK(std::sqrt(mean_square) == doctest::Approx(m.online.error));
}

TEST_CASE("scaled LegS looks at all rows, once") {
  const StreamMemory m = remember(load_csv(200), {"scaled-legs", 720, 48, "error"});
  CHECK(m.moments == 1);
  CHECK(m.past.size(0) == 200);
  CHECK(m.online.error < 0.2);
}

TEST_CASE("missing values: one clear error by default, straight lines where asked") {
  const std::string holes = "load\n1\n2\nNA\nNA\n5\n7\n6\n8\n";
  CHECK(message_of(holes, {"legs", 4, 2, "error"}) ==
        "load.csv: column 'load': row 3 is missing, expected a number, or missing 'interpolate'");
  const StreamMemory m = remember(holes, {"legs", 8, 2, "interpolate"});
  CHECK(m.interpolated == 2);
  CHECK(m.past[5].item<double>() == 3);
  CHECK(m.past[4].item<double>() == 4);
  CHECK(message_of("load\nNA\n2\n3\n", {"legs", 2, 2, "interpolate"}) ==
        "load.csv: column 'load': row 1 is missing, expected a number");
  const std::string hours =
      "date,load\n2020-01-01 00:00,1\n2020-01-01 01:00,2\n2020-01-01 03:00,4\n";
  CHECK(
      message_of(hours, {"legs", 2, 2, "error"}).find("row 3 (2020-01-01T02:00:00Z) is missing") !=
      std::string::npos);
}

TEST_CASE("stream memory: what a user can get wrong is said in one line") {
  const std::string csv = load_csv(20);
  CHECK(message_of(csv, {"fout", 30, 8, "error"}) ==
        "load.csv: window of 30 steps in 20 rows, expected 2 to 20");
  CHECK(message_of(csv, {"legs", 4, 8, "error"}).find("order: 8") == 0);
  CHECK(message_of(csv, {"fourier", 4, 4, "error"}).find("basis: 'fourier'") == 0);
  CHECK(message_of(csv, {"legs", 4, 2, "drop"}).find("missing: 'drop'") == 0);
  CHECK(message_of("load\n3\n3\n3\n3\n", {"legs", 4, 2, "error"}).find("is 3 throughout") !=
        std::string::npos);
  Progress silent;
  CHECK_THROWS_WITH_AS(remember_stream(series_of(csv), "laod", {"legs", 4, 2, "error"}, silent),
                       "load.csv: no column of numbers 'laod'", Error);
}

TEST_CASE("files, tables and plots of a remembered stream hold the same numbers") {
  const data::Scratch scratch;
  const StreamMemory m = remember(load_csv(200), {"legt", 24, 8, "error"});
  write_stream_memory(m, scratch / "out");
  const data::Table values = data::read_csv(scratch / "out/reconstruction.csv");
  CHECK(values.rows == 24);
  CHECK(values.numbers("load")[3] == m.past[3].item<double>());
  CHECK(values.numbers("legt, online")[5] == m.online.last[5].item<double>());
  CHECK(data::read_csv(scratch / "out/coefficients.csv").numbers("coefficient") == m.coefficients);
  CHECK(data::read_csv(scratch / "out/error_by_lag.csv").numbers("DFT truncation") ==
        m.baselines[0].lag_errors);
  CHECK(read_file(scratch / "out/reconstruction.svg").find("<svg") != std::string::npos);
  CHECK(lag_error_plot(m).lines.size() == 3);
  CHECK(summary_table(m).rows.size() == 3);
  CHECK(to_json(m)["errors"]["legt, online"] == m.online.error);
}
