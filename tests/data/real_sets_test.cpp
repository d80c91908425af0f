// The readers on the public sets that lie on this machine: shapes and values known from the sets'
// own descriptions.
#include <cmath>

#include "offprint/data/catalog.h"
#include "offprint/data/csv.h"
#include "offprint/data/jsonl.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::data;

namespace {
std::optional<std::filesystem::path> here(const char* name) {
  const auto folder = find_set(name);
  if (!folder) MESSAGE("skipped: offprint data get ", name);
  return folder;
}
}  // namespace

TEST_CASE("the transformer set: 17420 hours in a row, no value missing") {
  const auto folder = here("ett");
  if (!folder) return;
  const Table t = read_csv(*folder / "ETTh1.csv");
  CHECK(t.rows == 17420);
  CHECK(t.names() ==
        std::vector<std::string>{"date", "HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"});
  const std::vector<double>& time = t.times("date");
  for (size_t i = 1; i < time.size(); ++i) REQUIRE(time[i] - time[i - 1] == 3600.0);
  CHECK(t.numbers("OT")[0] == 30.5310001373291);
  CHECK(t.line(17419) == 17421);
  CHECK(t.matrix(std::vector<std::string>{"HUFL", "OT"}).isfinite().all().item<bool>());
}

TEST_CASE("the crisis tweets: 16016 rows of text in many languages and identifiers of 18 digits") {
  const auto folder = here("crisislex");
  if (!folder) return;
  const Table t = read_csv(*folder / "t26_en.tsv");
  CHECK(t.rows == 16016);
  CHECK(t.column("tweet_id").kind == ColumnKind::text);
  CHECK(read_csv(*folder / "t6_sample.tsv").contains("label"));
  CHECK(read_csv(*folder / "gold_request_offer.tsv").texts("label").size() > 100);
}

TEST_CASE("the word problems: 7473 to train on, 1319 to test, each with its answer") {
  const auto folder = here("gsm8k");
  if (!folder) return;
  for (const auto& [file, expected] : {std::pair("train.jsonl", 7473), {"test.jsonl", 1319}}) {
    int count = 0;
    read_jsonl(*folder / file, [&](const JsonLine& line) {
      count += json_get<std::string>(line.value, "answer", line.where).find("#### ") !=
               std::string::npos;
      return true;
    });
    CHECK(count == expected);
  }
}
