#include "offprint/data/csv.h"

#include <zlib.h>

#include <cmath>

#include "offprint/data/timestamp.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::data;

namespace {
using Strings = std::vector<std::string>;
using Numbers = std::vector<double>;

Table parsed(std::string_view text, const CsvOptions& options = {}) {
  return parse_csv(text, "t.csv", options);
}

// NaN equals NaN here.
bool same(const Numbers& a, const Numbers& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}
}  // namespace

TEST_CASE("csv: numbers, texts and times find their kinds") {
  const Table t =
      parsed("when,load,site\n2016-07-01 00:00:00,1.5,north\n2016-07-01 01:00:00,-2e3,\n");
  CHECK(t.rows == 2);
  CHECK(t.names() == Strings{"when", "load", "site"});
  CHECK(t.column("when").kind == ColumnKind::time);
  CHECK(t.times("when") == Numbers{1467331200, 1467334800});
  CHECK(t.numbers("load") == Numbers{1.5, -2000});
  CHECK(t.column("site").texts == Strings{"north", ""});
}

TEST_CASE("csv: quotes hold delimiters, doubled quotes and line breaks; lines are still counted") {
  const Table t = parsed("id,text\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n\r\n2,plain\r\n");
  CHECK(t.column("text").texts == Strings{"a, \"b\"\r\nc", "plain"});
  CHECK(t.line(0) == 2);
  CHECK(t.line(1) == 5);
  CHECK(t.place(1, "text") == "t.csv: line 5, column 'text'");
}

TEST_CASE("csv: LF, CRLF, CR and a missing last line end read alike") {
  for (const char* text : {"a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r",
                           "\xef\xbb\xbf"
                           "a,b\n1,2\n3,4",
                           "\na,b\n\n1,2\n\n3,4\n\n\n"}) {
    CAPTURE(text);
    const Scratch scratch;
    const Table t = read_csv(scratch.write("t.csv", text));
    CHECK(t.numbers("a") == Numbers{1, 3});
    CHECK(t.numbers("b") == Numbers{2, 4});
  }
}

TEST_CASE("csv: the delimiter is found; with semicolons and tabs a comma is decimal") {
  CHECK(parsed("a;b\n1,5;2\n").numbers("a") == Numbers{1.5});
  CHECK(parsed("1,5;2,25\n3,5;4,25\n").numbers("column 2") == Numbers{2.25, 4.25});
  CHECK(parsed("a\tb\n1\tx, y\n2\tz\n").column("b").texts == Strings{"x, y", "z"});
  CHECK(parsed("a|b\n1|2\n").numbers("b") == Numbers{2});
  CHECK(parsed("a,b\n1,x;y\n2,z\n").column("b").texts == Strings{"x;y", "z"});
  CHECK(parsed("only\n1\n2\n").numbers("only") == Numbers{1, 2});
  CHECK(parsed("a;b\n1;2\n", {.delimiter = ','}).names() == Strings{"a;b"});
}

TEST_CASE("csv: missing values are NaN among numbers, and text stays as it is") {
  const double nan = std::nan("");
  const Table t = parsed("x,country\n1,NA\n,DE\nNA,\nnull,none\nNaN,a\n?,b\n-,c\nN/A,d\n 2 ,e\n");
  CHECK(same(t.numbers("x"), {1, nan, nan, nan, nan, nan, nan, nan, 2}));
  CHECK(t.column("country").texts == Strings{"NA", "DE", "", "none", "a", "b", "c", "d", "e"});
  CHECK(same(parsed("x\n1\n\n3\n\n").numbers("x"), {1, nan, 3}));
  CHECK(same(parsed("d,x\n2020-01-01,1\n,2\n").times("d"), {1577836800, nan}));
  CHECK(same(parsed("x,y\n,1\n,2\n").numbers("x"), {nan, nan}));
}

TEST_CASE("csv: a column falls from numbers to times to text wherever the odd cell stands") {
  std::string text = "a,b,c\n";
  for (int i = 0; i < 500; ++i) text += "1,,2020-01-01\n";
  text += "x,2020-02-03,oops\n2,,\n";
  const Table t = parsed(text);
  CHECK(t.rows == 502);
  CHECK(t.column("a").kind == ColumnKind::text);
  CHECK(t.column("a").texts[0] == "1");
  CHECK(t.column("a").texts[500] == "x");
  CHECK(t.column("b").kind == ColumnKind::time);
  CHECK(t.times("b")[500] == 1580688000);
  CHECK(t.column("c").kind == ColumnKind::text);
  CHECK(t.column("c").texts.size() == 502);
}

TEST_CASE("csv: without a header columns are numbered, and a header can be forced either way") {
  CHECK(parsed("1,2\n3,4\n").names() == Strings{"column 1", "column 2"});
  CHECK(parsed("2019,2020\n3,4\n", {.header = true}).names() == Strings{"2019", "2020"});
  CHECK(parsed("a,b\nc,d\n", {.header = false}).column("column 1").texts == Strings{"a", "c"});
  CHECK(parsed(",x\n0,5\n").names() == Strings{"column 1", "x"});  // an index without a name
}

TEST_CASE("csv: identifiers beyond 2^53 keep every digit, codes stay text on request") {
  const Table t = parsed("id,zip\n9007199254740993,01234\n1,99999\n", {.text = {"zip"}});
  CHECK(t.column("id").texts == Strings{"9007199254740993", "1"});
  CHECK(t.column("zip").texts == Strings{"01234", "99999"});
  CHECK(parsed("x\n1e300\n").numbers("x") == Numbers{1e300});
}

TEST_CASE("csv: a matrix of chosen columns, in the order asked for") {
  const Table t = parsed("a,b,c\n1,2,3\n4,5,6\n");
  const Tensor m = t.matrix(Strings{"c", "a"});
  CHECK(m.equal(at::tensor({3.0, 1.0, 6.0, 4.0}, at::kDouble).reshape({2, 2})));
}

TEST_CASE("csv: what is written reads back the same, digit for digit") {
  Rng rng(1);
  Table t{.rows = 200};
  t.columns = {
      {"x, y", ColumnKind::number}, {"say \"hi\"", ColumnKind::text}, {"when", ColumnKind::time}};
  const Strings odd = {"plain", "", "a,b", "q\"q", "two\nlines", "  blanks  ", "tab\t", "käse"};
  for (int i = 0; i < 200; ++i) {
    const double x =
        i % 7 == 0 ? std::nan("") : rng.normal() * std::pow(10.0, rng.integer(40) - 20);
    t.columns[0].numbers.push_back(x);
    t.columns[1].texts.push_back(odd[static_cast<size_t>(i) % odd.size()]);
    t.columns[2].numbers.push_back(static_cast<double>(rng.integer(4'000'000'000)) + 0.25);
  }
  const Scratch scratch;
  for (const char delimiter : {',', ';', '\t'}) {
    CAPTURE(delimiter);
    write_csv(scratch / "t.csv", t, delimiter);
    const Table back = read_csv(scratch / "t.csv", {.delimiter = delimiter});
    CHECK(same(back.numbers("x, y"), t.columns[0].numbers));
    CHECK(back.column("say \"hi\"").texts == t.columns[1].texts);
    CHECK(back.times("when") == t.columns[2].numbers);
  }
  Table one{.columns = {{"x", ColumnKind::number, {1, std::nan("")}}}, .rows = 2};
  CHECK(csv_text(one) == "x\n1\n\"\"\n");
  CHECK(same(parsed(csv_text(one)).numbers("x"), one.columns[0].numbers));
}

TEST_CASE("csv: gzip is unpacked") {
  const Scratch scratch;
  const auto path = scratch / "t.csv.gz";
  gzFile file = gzopen(path.c_str(), "wb");
  gzputs(file, "a,b\n1,2\n");
  gzclose(file);
  CHECK(read_csv(path).numbers("b") == Numbers{2});
}

TEST_CASE("csv: bad input is one line that says file, line and column") {
  const Scratch scratch;
  const auto message = [&](std::string_view text, const CsvOptions& options = {}) {
    const auto path = scratch.write("x.csv", text);
    return message_of(scratch, [&] { read_csv(path, options); });
  };
  const auto use = [&](std::string_view text, auto&& work) {
    const auto path = scratch.write("x.csv", text);
    return message_of(scratch, [&] { work(read_csv(path)); });
  };
  const auto missing = [&] { read_csv(scratch / "none.csv"); };
  CHECK(message_of(scratch, missing) == "cannot read none.csv: No such file or directory");
  std::filesystem::create_directory(scratch / "folder");
  const auto folder = [&] { read_csv(scratch / "folder"); };
  CHECK(message_of(scratch, folder) == "cannot read folder: Is a directory");
  CHECK(message("") == "x.csv: is empty, expected rows");
  CHECK(message("\r\n\n\n") == "x.csv: is empty, expected rows");
  CHECK(message("a,b\n") == "x.csv: no rows after the header");
  CHECK(message(std::string_view("\x7f"
                                 "ELF\x02\0\0\0",
                                 8)) == "x.csv: no text file: byte 5 is zero");
  CHECK(message("PK\x03\x04rest") == "x.csv: is a zip file (a spreadsheet?), expected text");
  CHECK(message("\xff\xfe"
                "a") == "x.csv: is UTF-16 text, expected UTF-8");
  CHECK(message("\x1f\x8b\x08junk") == "x.csv: damaged or cut short gzip data");
  CHECK(message("\x89PNG\r\n\x1a\n,\xff\n") ==
        "x.csv: no text file: the name of column 1 is not UTF-8 text");
  CHECK(message("a,b\n1,2\n3\n") == "x.csv: line 3: 1 cells, expected 2");
  CHECK(message("a,b\n1,2\n\n3,4,5,6\n") == "x.csv: line 4: 4 cells, expected 2");
  CHECK(message("a,b\n1,2\n3,\"4\n5,6\n") == "x.csv: line 3: a quote is never closed");
  CHECK(message("a,b\n\"1\"2,3\n") ==
        "x.csv: line 2: text after a closing quote, expected ',' or a new line");
  CHECK(message("a,b,a\n1,2,3\n") == "x.csv: two columns are named 'a'");
  CHECK(message("a,b\n1,caf\xe9\n") == "x.csv: line 2, column 'b': not UTF-8 text");
  CHECK(message("a,b\n1,2\n", {.text = {"zip"}}) == "x.csv: no column 'zip', expected one of a, b");
  CHECK(message(std::string(70000, ',') + "\n1\n") == "x.csv: more than 65536 columns");
  CHECK(use("date,load\nx,1\n", [](const Table& t) { t.column("laod"); }) ==
        "x.csv: no column 'laod', did you mean 'load'?");
  CHECK(use("a,b\n1,2\n3,n.a.\n", [](const Table& t) { t.numbers("b"); }) ==
        "x.csv: line 3, column 'b': 'n.a.' is no number");
  CHECK(use("a,b\n1,2\n3,4x\n", [](const Table& t) {
          t.matrix(Strings{"a", "b"});
        }) == "x.csv: line 3, column 'b': '4x' is no number");
  CHECK(use("d\n2020-01-01\n", [](const Table& t) { t.numbers("d"); }) ==
        "x.csv: column 'd' holds times, expected numbers");
  CHECK(use("d\n2020-01-01\n2020-02-30\n", [](const Table& t) { t.times("d"); }) ==
        "x.csv: line 3, column 'd': '2020-02-30' is no time as 2016-07-01 13:00");
  CHECK(use("id\n99999999999999999999\n", [](const Table& t) { t.numbers("id"); }) ==
        "x.csv: column 'id' is kept as text, expected number");
  CHECK(use("a\n1e999\n", [](const Table& t) { t.numbers("a"); }) ==
        "x.csv: line 2, column 'a': '1e999' is no number");
  Table uneven{.columns = {{"a", ColumnKind::number, {1}}}, .rows = 2};
  CHECK(message_of(scratch, [&] { csv_text(uneven); }) ==
        "write_csv: column 'a' has 1 rows, expected 2");
  const auto unwritable = [&] { write_csv(scratch / "no/such/t.csv", parsed("a\n1\n")); };
  CHECK(message_of(scratch, unwritable) == "cannot write no/such/t.csv: No such file or directory");
}

TEST_CASE("csv: damaged files are read or refused") {
  std::string text = "when,x,name\n";
  for (int i = 0; i < 30; ++i)
    text += fmt::format("2016-07-{:02} 01:00,{},\"name, {}\"\n", i % 30 + 1, i * 0.37, i);
  check_survives_damage(text, 11, [](const auto& path) {
    const Table t = read_csv(path);
    for (const Column& c : t.columns) {
      const size_t n = c.kind == ColumnKind::text ? c.texts.size() : c.numbers.size();
      REQUIRE(n == static_cast<size_t>(t.rows));
    }
  });
}
