#include "offprint/web/use_jobs.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::web;

namespace {

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

TEST_CASE("uploads: the same table is one file; what is no table is one line") {
  const data::Scratch base;
  const std::string name = keep_upload(base.folder, "a,b\n1,2\n");
  CHECK(keep_upload(base.folder, "a,b\n1,2\n") == name);
  CHECK(keep_upload(base.folder, "a,b\n1,3\n") != name);
  CHECK(read_file(base.folder / "uploads" / name) == "a,b\n1,2\n");
  CHECK_THROWS_AS(keep_upload(base.folder, " \n"), Error);
  CHECK_THROWS_AS(keep_upload(base.folder, std::string("PK\3\4\0\0", 6)), Error);
}

TEST_CASE("use request: fields of the form, defaults left out, the seed apart") {
  const tasks::DataVerb& verb = tasks::find_data_verb("forecast");
  const auto request = use_request(verb,
                                   {{"method", "drift"},
                                    {"target", "load"},
                                    {"time", ""},
                                    {"option-horizon", "48"},
                                    {"option-test", "0.2"},
                                    {"option-seed", "7"}},
                                   "u.csv");
  CHECK(request.kind == kUseKind);
  CHECK(request.slug == "forecast");
  CHECK(request.seed == 7);
  const Json options = parse_json(request.options, "options");
  CHECK(options ==
        Json({{"data", "u.csv"}, {"method", "drift"}, {"target", "load"}, {"horizon", 48}}));

  CHECK_THROWS_WITH(use_request(verb, {{"method", "drifd"}}, "u.csv"),
                    "forecast: no method 'drifd', did you mean 'drift'?");
  CHECK_THROWS_WITH(use_request(verb, {{"option-horizon", "x"}}, "u.csv"),
                    "--horizon: 'x' is not a whole number");
  CHECK_THROWS_AS(use_request(verb, {{"target", std::string(1001, 'x')}}, "u.csv"), Error);
  CHECK_THROWS_WITH(use_request(tasks::find_data_verb("classify"), {}, "u.csv"),
                    "label: it is empty, expected the column of labels");
}

TEST_CASE("use command: each word is one argument, whatever is in it") {
  const auto request =
      use_request(tasks::find_data_verb("forecast"),
                  {{"method", "naive"}, {"target", "--out=/etc/passwd; rm -rf /"}}, "u.csv");
  const auto words = use_command(request, "/home/x", "/home/x/results/5");
  CHECK(words.front() == "forecast");
  CHECK(has(words, "--data=/home/x/uploads/u.csv"));
  CHECK(has(words, "--target=--out=/etc/passwd; rm -rf /"));
  CHECK(has(words, "--out=/home/x/results/5/forecast.csv"));
  CHECK(has(words, "--seed=1"));
  const auto memory =
      use_command(use_request(tasks::find_data_verb("infer"), {{"column", "y"}}, "u.csv"),
                  "/home/x", "/home/x/results/6");
  CHECK(has(memory, "--out=/home/x/results/6"));
  CHECK(has(memory, "--seed=1"));
}

TEST_CASE("use result: what was printed, and the files but for it") {
  const data::Scratch base;
  make_folder(base.folder);
  for (const char* name : {"summary.txt", "b.csv", "a.svg"}) write_file(base.folder / name, "text");
  CHECK(use_result("/elsewhere", base.folder) ==
        Json({{"text", "text"}, {"files", {"a.svg", "b.csv"}}}));
}

TEST_CASE("for reader: no folder of this machine") {
  const std::string printed = fmt::format(
      "/home/x/uploads/{}.csv: 3 rows, in /home/x/results/5/f.csv", std::string(64, 'a'));
  CHECK(for_reader(printed, "/home/x", "/home/x/results/5") == "your table: 3 rows, in f.csv");
}
