#include "offprint/data/tabular.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"
#include "offprint/data/csv.h"

using namespace offprint;
using namespace offprint::data;

namespace {

std::string error_of(auto&& work) {
  try {
    work();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

Table loans() {
  return parse_csv(
      "age,job,income,default\n"
      "30,clerk,10,no\n"
      "40,nurse,,yes\n"
      "50,clerk,30,no\n"
      "60,,20,\n"
      "20,clerk,40,yes\n",
      "loans.csv");
}

}  // namespace

TEST_CASE("tabular: numbers are standardised, gaps and categories get columns of 0 and 1") {
  const Encoding e = fit_encoding(loans(), "default");
  CHECK(e.names ==
        std::vector<std::string>{"age", "job=missing", "job=nurse", "income", "income missing"});
  CHECK(e.notes.empty());
  const double a = std::sqrt(200), b = std::sqrt(125);
  const Tensor expected = at::tensor(
      {-10 / a, 0.0, 0.0,    -15 / b, 0.0, 0.0,    0.0, 1.0,     0.0, 1.0, 10 / a, 0.0, 0.0,
       5 / b,   0.0, 20 / a, 1.0,     0.0, -5 / b, 0.0, -20 / a, 0.0, 0.0, 15 / b, 0.0},
      at::TensorOptions().dtype(at::kDouble));
  CHECK(max_abs_diff(encode(loans(), e), expected.view({5, 5})) < 1e-15);
}

TEST_CASE("tabular: the class of each row, rows without one left out") {
  const BinaryTarget t = binary_target(loans(), "default");
  CHECK(t.positive == "yes");
  CHECK(t.rows == std::vector<int64_t>{0, 1, 2, 4});
  CHECK(max_abs_diff(t.y, at::tensor({0.0, 1.0, 0.0, 1.0}, t.y.options())) == 0);
  CHECK(binary_target(loans(), "default", "no").positive == "no");
  const Table some = table_rows(loans(), t.rows);
  CHECK(some.texts("job") == std::vector<std::string>{"clerk", "nurse", "clerk", "clerk"});
  CHECK(some.line(3) == 6);
  CHECK(some.line(2) == 4);
}

TEST_CASE("tabular: another table gets the same columns") {
  const Encoding e = fit_encoding(loans(), "default");
  const Table next = parse_csv("job,age,income\nsmith,40,25\nnurse,40,\n", "next.csv");
  const Tensor X = encode(next, e);
  CHECK(max_abs_diff(X[0], at::zeros({5}, X.options())) < 1e-15);
  CHECK(max_abs_diff(X[1], at::tensor({0.0, 0.0, 1.0, 0.0, 1.0}, X.options())) < 1e-15);
  const Table odd = parse_csv("job,age,income\nnurse,old,3\n", "odd.csv");
  CHECK(error_of([&] { encode(odd, e); }) == "odd.csv: line 2, column 'age': 'old' is no number");
  const Table less = parse_csv("job,age\nnurse,3\n", "less.csv");
  CHECK(error_of([&] { encode(less, e); }).starts_with("less.csv: no column 'income'"));
}

TEST_CASE("tabular: columns that say nothing are left out by name") {
  std::string text = "id,same,empty,x,blank,flat,y\n";
  for (int i = 0; i < 60; ++i) text += fmt::format("n{},a,,{},,0.1,{}\n", i, i % 7, i % 2);
  const Encoding e = fit_encoding(parse_csv(text, "t.csv"), "y");
  CHECK(e.names == std::vector<std::string>{"x"});
  CHECK(e.notes == std::vector<std::string>{
                       "column 'id' left out: 60 different texts in 60 rows, a name or an "
                       "identifier",
                       "column 'same' left out: constant", "column 'empty' left out: empty",
                       "column 'blank' left out: empty", "column 'flat' left out: constant"});
}

TEST_CASE("tabular: a thousand categories become fifty, two hundred thousand rows are read") {
  std::string text = "town,x,y\n";
  for (int i = 0; i < 200'000; ++i)
    text += fmt::format("t{},{},{}\n", (i * 7919 % 1000) * (i * 7919 % 1000) / 1000, i % 13,
                        i % 3 == 0);
  const Table table = parse_csv(text, "towns.csv");
  const Encoding e = fit_encoding(table, "y");
  CHECK(e.names.size() == 50);
  CHECK(e.names[48] == "town=other");
  CHECK(e.notes.size() == 1);
  const Tensor X = encode(table, e);
  CHECK(X.sizes() == at::IntArrayRef{200'000, 50});
  CHECK(X.slice(1, 0, 49).sum(1).max().item<double>() == 1);
  CHECK(std::abs(X.select(1, 49).mean().item<double>()) < 1e-12);
}

TEST_CASE("tabular: what can have no model is refused in one line") {
  const auto target = [](const char* text) {
    return error_of([&] { binary_target(parse_csv(text, "t.csv"), "y"); });
  };
  CHECK(target("x,y\n1,a\n2,a\n") == "t.csv: column 'y' holds 'a' alone, expected two values");
  CHECK(target("x,y\n1,\n2,\n") == "t.csv: column 'y' is empty, expected two values");
  CHECK(target("x,y\n1,1\n2,2\n3,3\n") ==
        "t.csv: column 'y' holds '1', '2', '3', expected two values");
  CHECK(target("x,z\n1,1\n").starts_with("t.csv: no column 'y'"));
  CHECK(error_of([] { binary_target(loans(), "default", "maybe"); }) ==
        "loans.csv: column 'default' holds 'no', 'yes', not 'maybe'");
  const auto features = [](const char* text) {
    return error_of([&] { fit_encoding(parse_csv(text, "t.csv"), "y"); });
  };
  CHECK(features("x,y\n1,1\n1,0\n") ==
        "t.csv: no feature is left besides 'y' (column 'x' left out: constant)");
  CHECK(features("y\n1\n0\n") == "t.csv: no feature is left besides 'y'");
  CHECK(features("x,y\ninf,1\n1,0\n") == "t.csv: line 2, column 'x': infinite, expected a number");
  CHECK(error_of([] { fit_encoding(Table{.source = "t.csv"}, "y"); }) == "t.csv: no rows");
  CHECK(error_of([] {
          fit_encoding(loans(), "default", {.without = {"aeg"}});
        }).starts_with("loans.csv: no column 'aeg'"));
}
