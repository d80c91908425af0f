#include "offprint/tasks/multiplicity_audit.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "offprint/core/error.h"
#include "offprint/core/file.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

struct Place {
  std::filesystem::path file = std::filesystem::temp_directory_path() /
                               fmt::format("offprint-multiplicity-{}.csv", getpid());
  ~Place() { std::filesystem::remove(file); }
};

MultiplicityOutcome audit_of(const std::string& csv, MultiplicityOptions options = {}) {
  const Place place;
  write_file(place.file, csv);
  MultiplicityRequest r;
  r.data = place.file, r.target = "y", r.options = std::move(options);
  r.options.seconds = 0;
  Progress progress;
  return audit_multiplicity(r, progress);
}

std::string error_of(const std::string& csv, MultiplicityOptions options = {}) {
  try {
    audit_of(csv, std::move(options));
  } catch (const Error& e) {
    const std::string what = e.what();
    return what.substr(what.find(": ") + 2);
  }
  return "no error";
}

std::string rows(int n, auto&& line) {
  std::string text;
  for (int i = 0; i < n; ++i) text += std::string(line(i)) + "\n";
  return text;
}

void check_sound(const MultiplicityOutcome& o) {
  CHECK(o.widest_gap <= 1e-6);
  CHECK(o.worst.lower <= o.worst.upper);
  CHECK(o.worst.upper <= o.ambiguity.value + 1e-12);
  const auto &p = o.people.numbers("probability"), &low = o.people.numbers("low"),
             &high = o.people.numbers("high");
  for (size_t i = 0; i < p.size(); ++i) {
    CHECK(low[i] <= p[i]);
    CHECK(high[i] >= p[i]);
  }
  for (const double loss : o.models.numbers("loss")) CHECK(loss <= o.loss + o.slack + 1e-9);
}

}  // namespace

TEST_CASE("multiplicity audit: awkward tables are right or refused in one line") {
  const auto number = [](int i) { return fmt::format("{}", (i * 37) % 101); };
  const auto label = [](int i) { return (i * 37) % 101 + i % 40 > 70 ? "1" : "0"; };
  const auto table = [&](const std::string& head, auto&& extra) {
    return "x," + head + "y\n" +
           rows(150, [&](int i) { return number(i) + "," + extra(i) + label(i); });
  };
  struct Case {
    const char* what;
    std::string csv;
  };
  const std::vector<Case> sound{
      {"plain", table("", [](int) { return ""; })},
      {"constant column", table("c,", [](int) { return "3,"; })},
      {"empty column", table("c,", [](int) { return ","; })},
      {"missing here and there", table("c,", [](int i) { return i % 3 ? "1.5," : ","; })},
      {"missing text", table("c,", [](int i) { return i % 3 ? "a," : ","; })},
      {"a column twice", table("c,", [&](int i) { return number(i) + ","; })},
      {"identifiers", table("c,", [](int i) { return fmt::format("id{},", i); })},
      {"many categories", table("c,", [](int i) { return fmt::format("k{},", i % 60); })},
      {"times", table("c,", [](int i) { return fmt::format("2020-01-{:02},", 1 + i % 28); })},
      {"huge numbers", table("c,", [](int i) { return fmt::format("{}e12,", i % 9); })},
      {"tiny numbers", table("c,", [](int i) { return fmt::format("{}e-12,", i % 9); })},
      {"an outlier",
       table("c,", [](int i) { return i == 7 ? "1e6," : fmt::format("{},", i % 5); })},
      {"separable", "x,y\n" + rows(80, [](int i) { return fmt::format("{},{}", i, i > 40); })},
      {"one of a class", "x,y\n" + rows(80, [](int i) { return fmt::format("{},{}", i, i == 9); })},
      {"the same row twice", "x,y\n" + rows(60, [](int i) { return i % 2 ? "1,1" : "2,0"; })},
      {"the same row with both classes",
       "x,z,y\n" + rows(60, [](int i) { return fmt::format("1,{},{}", i % 2, i % 3 == 0); })},
      {"more features than rows",
       "a,b,c,d,e,y\n1,2,3,4,5,no\n2,3,1,5,4,yes\n3,1,2,6,6,no\n4,4,4,4,9,yes\n"}};
  for (const Case& c : sound) {
    CAPTURE(c.what);
    MultiplicityOutcome o;
    CHECK_NOTHROW(o = audit_of(c.csv));
    if (!o.people.columns.empty()) check_sound(o);
  }
  CHECK(error_of("x,y\n1,a\n2,a\n") == "column 'y' holds 'a' alone, expected two values");
  CHECK(error_of("x,y\n1,a\n1,b\n").starts_with("no feature is left besides 'y'"));
  CHECK(error_of("x,z\n1,a\n1,b\n").starts_with("no column 'y'"));
  MultiplicityOptions odd;
  odd.delta = 1;
  CHECK(error_of("x,y\n1,a\n2,b\n", odd) == "--delta is 1, expected one in (0, 1)");
  odd = {}, odd.group = "sex";
  CHECK(error_of("x,y\n1,a\n2,b\n", odd).starts_with("no column 'sex'"));
  odd = {}, odd.held_out = 0.95;
  CHECK(error_of("x,y\n1,a\n2,b\n", odd) == "--held-out is 0.95, expected 0 to 0.9");
}

TEST_CASE("multiplicity audit: held-out people, groups and plots; the same seed, the same people") {
  MultiplicityOptions o;
  o.group = "g", o.held_out = 0.3, o.people = 50, o.delta = 0.02;
  const std::string csv = "x,g,y\n" + rows(200, [](int i) {
                            return fmt::format("{},{},{}", (i * 37) % 101, i % 3 ? "a" : "b",
                                               (i * 37) % 101 + i % 40 > 70);
                          });
  const MultiplicityOutcome a = audit_of(csv, o), b = audit_of(csv, o);
  CHECK(a.fitted == 140);
  CHECK(a.people.rows == 100);
  CHECK(a.people.numbers("line") == b.people.numbers("line"));
  CHECK(a.people.numbers("high") == b.people.numbers("high"));
  REQUIRE(a.groups.size() == 2);
  CHECK(a.groups[0].people + a.groups[1].people == 100);
  CHECK(a.held_out_ambiguity.has_value());
  CHECK(range_plot(a).lines.front().y.size() == 100);
  CHECK(epsilon_plot(a).lines.size() == 6);
  for (const EpsilonPoint& p : a.grid) {
    CHECK(p.discrepancy <= p.ambiguity + 1e-12);
    if (p.epsilon == 0) CHECK(p.ambiguity == 0);
  }
  CHECK(to_json(a).at("held_out_ambiguity").at("value") == a.held_out_ambiguity->value);
}
