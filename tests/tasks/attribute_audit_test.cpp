#include "offprint/tasks/attribute_audit.h"

#include <doctest/doctest.h>

#include <cmath>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

const std::vector<std::string> kWords = {"sex: ", "f",          "m",  "; club: ", "yes",
                                         "no",    "; income: ", "30", "36",       "\n"};

// Half of either sex, half in the club, and 36 for one in four women and three in four men.
class Census : public LanguageModel {
 public:
  std::vector<int64_t> encode(std::string_view text) const override {
    std::vector<int64_t> ids;
    while (!text.empty())
      for (size_t i = 0; i < kWords.size(); ++i)
        if (text.starts_with(kWords[i])) {
          ids.push_back(static_cast<int64_t>(i)), text.remove_prefix(kWords[i].size());
          break;
        }
    return ids;
  }
  std::string decode(std::span<const int64_t> tokens) const override {
    std::string text;
    for (const int64_t id : tokens) text += kWords[static_cast<size_t>(id)];
    return text;
  }
  bool ends(int64_t token) const override { return token == 9; }
  Tensor extend(ModelState& state, std::span<const int64_t> tokens) const override {
    std::vector<Tensor> rows;
    for (const int64_t token : tokens) {
      state.tokens.push_back(token);
      Tensor p = at::zeros({10}, at::kDouble);
      const bool man = state.tokens.size() > 1 && state.tokens[1] == 2;
      const auto set = [&](std::initializer_list<std::pair<int, double>> shares) {
        for (const auto& [id, share] : shares) p[id] = share;
      };
      switch (token) {
        case 0:
          set({{1, 0.5}, {2, 0.5}});
          break;
        case 1:
        case 2:
          set({{3, 1}});
          break;
        case 3:
          set({{4, 0.5}, {5, 0.5}});
          break;
        case 4:
        case 5:
          set({{6, 1}});
          break;
        case 6:
          set({{7, man ? 0.25 : 0.75}, {8, man ? 0.75 : 0.25}});
          break;
        default:
          set({{9, 1}});
      }
      rows.push_back(p.log());
    }
    return at::stack(rows);
  }
};

AttributeAuditOptions options(int64_t people) {
  AttributeAuditOptions o;
  o.people = people, o.values = {"f", "m"};
  o.answer.sampling.temperature = 1, o.answer.most_tokens = 8;
  return o;
}

}  // namespace

TEST_CASE("audit of an attribute: what depends on it is found with its size, what does not stays") {
  Progress progress;
  const Census model;
  const AttributeAudit audit = audit_attribute(model, "sex: ", options(400), 3, progress);
  CHECK(audit.usable == 400);
  REQUIRE(audit.effects.size() == 2);
  const AttributeEffect &club = audit.effects[0], &income = audit.effects[1];
  CHECK(club.attribute == "club");
  CHECK_FALSE(club.number);
  CHECK(club.changed == 0);
  CHECK(club.z == 0);
  CHECK(club.changed_fresh == doctest::Approx(0.5).epsilon(0.2));
  CHECK(income.number);
  CHECK(income.after - income.before == doctest::Approx(3).epsilon(0.15));  // 6 (0.75 - 0.25)
  CHECK(income.changed == doctest::Approx(0.5).epsilon(0.2));
  CHECK(income.z > 10);
  // The same luck needs fewer records than fresh luck does: sqrt(9 / 13.5) = 0.82.
  CHECK(income.standard_error < 0.9 * income.fresh_error);
  CHECK(audit.factual != audit.counterfactual);
}

TEST_CASE("audit of an attribute: found in the prompt's last line, and the values by themselves") {
  Progress progress;
  const Census model;
  const AttributeAudit prompted =
      audit_attribute(model, "sex: f; club: ", options(100), 3, progress);
  REQUIRE(prompted.effects.size() == 2);
  CHECK(prompted.effects[1].after - prompted.effects[1].before == doctest::Approx(3).epsilon(0.25));
  AttributeAuditOptions o = options(60);
  o.values = {};
  const AttributeAudit found = audit_attribute(model, "sex: ", o, 3, progress);
  CHECK(found.usable == 60);
  CHECK(effects_table(found).rows.size() == 2);
  CHECK(to_json(found)["effects"].size() == 2);
}

TEST_CASE("audit of an attribute: what it cannot do is one line") {
  Progress progress;
  const Census model;
  AttributeAuditOptions o = options(5);
  o.attribute = "race";
  CHECK_THROWS_WITH(audit_attribute(model, "sex: ", o, 3, progress),
                    "audit: 0 of 5 records have 'race' as f or m, expected at least 2");
  o = options(1);
  CHECK_THROWS_WITH(audit_attribute(model, "sex: ", o, 3, progress),
                    "--people: 1, expected at least 2");
  o = options(5), o.values = {"a"};
  CHECK_THROWS_WITH(audit_attribute(model, "sex: ", o, 3, progress),
                    "--values: 1 values, expected two");
  o = options(5), o.values = {};
  CHECK_THROWS_AS(audit_attribute(model, "sex: f; club: ", o, 3, progress), Error);
}
