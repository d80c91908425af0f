#include "offprint/data/jsonl.h"

#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::data;

namespace {
std::vector<Json> all(const std::filesystem::path& path) {
  std::vector<Json> values;
  read_jsonl(path, [&](const JsonLine& line) {
    values.push_back(line.value);
    return true;
  });
  return values;
}
}  // namespace

TEST_CASE("jsonl: values in order, empty lines passed over, line numbers kept") {
  const Scratch scratch;
  const auto path = scratch.write("x.jsonl", "{\"a\":1}\r\n\n  \n[2,\"z\\n\"]\n3");
  std::vector<int64_t> numbers;
  std::vector<Json> values;
  read_jsonl(path, [&](const JsonLine& line) {
    numbers.push_back(line.number);
    values.push_back(line.value);
    return true;
  });
  CHECK(numbers == std::vector<int64_t>{1, 4, 5});
  CHECK(values == std::vector<Json>{{{"a", 1}}, Json::array({2, "z\n"}), 3});
}

TEST_CASE("jsonl: reading ends when the user has enough, before a later error") {
  const Scratch scratch;
  const auto path = scratch.write("x.jsonl", "1\n2\nbroken\n");
  int seen = 0;
  read_jsonl(path, [&](const JsonLine&) { return ++seen < 2; });
  CHECK(seen == 2);
}

TEST_CASE("jsonl: what is written reads back the same") {
  const Scratch scratch;
  const std::vector<Json> values = {{{"text", "two\nlines \"quoted\" naïve"}}, 1.25, nullptr};
  write_jsonl(scratch / "x.jsonl", values);
  CHECK(all(scratch / "x.jsonl") == values);
}

TEST_CASE("jsonl: bad input is one line that says file, line and column") {
  const Scratch scratch;
  const auto message = [&](std::string_view text) {
    const auto path = scratch.write("x.jsonl", text);
    return message_of(scratch, [&] { all(path); });
  };
  CHECK(message("1\n{\"a\":}\n") == "x.jsonl: line 2: column 6: no JSON");
  CHECK(message("{\"a\":1} x\n") == "x.jsonl: line 1: column 9: no JSON");
  CHECK(message("{\"a\n\":1}\n").starts_with("x.jsonl: line 1: column "));
  CHECK(message("\"caf\xe9\"\n").starts_with("x.jsonl: line 1: column "));
  CHECK(message(std::string(500, '[')) == "x.jsonl: line 1: more than 100 levels of brackets");
  CHECK(message("1e999\n") == "x.jsonl: line 1: no JSON");
  CHECK(message(std::string_view("\0\1\2", 3)) == "x.jsonl: no text file: byte 0 is zero");
  CHECK(message("") == "");
  const auto missing_member = [&] {
    read_jsonl(scratch.write("x.jsonl", "{\"b\":1}\n"), [](const JsonLine& line) {
      json_get<std::string>(line.value, "a", line.where);
      return true;
    });
  };
  CHECK(message_of(scratch, missing_member) == "x.jsonl: line 1: 'a' is missing");
}

TEST_CASE("jsonl: damaged files are read or refused") {
  std::string text;
  for (int i = 0; i < 20; ++i)
    text += fmt::format("{{\"id\": {}, \"text\": \"näher {}\", \"list\": [1, 2.5, null]}}\n", i, i);
  check_survives_damage(text, 31, [](const auto& path) { all(path); });
}
