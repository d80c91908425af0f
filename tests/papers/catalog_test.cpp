// The catalog: 41 papers of the founding page, and every recipe described well enough to be judged.
#include <doctest/doctest.h>

#include <set>

#include "offprint/core/error.h"
#include "offprint/papers/paper.h"

using namespace offprint;
using namespace offprint::papers;

namespace {

bool is_date(const std::string& text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && text >= "2020" && text < "2026";
}

}  // namespace

TEST_CASE("catalog: 41 papers in feed order, each with its facts and a summary of ours") {
  const auto all = catalog();
  REQUIRE(all.size() == 41);
  CHECK(all.front().slug == "haf");
  CHECK(all.back().slug == "smetimes");
  std::set<std::string> slugs, numbers;
  for (const Paper& p : all) {
    CAPTURE(p.slug);
    CHECK(slugs.insert(p.slug).second);
    CHECK(numbers.insert(p.arxiv).second);
    CHECK(p.arxiv.size() == 10);
    CHECK(!p.title.empty());
    CHECK(is_date(p.published));
    CHECK(!p.topic.empty());
    CHECK(p.authors.size() >= 1);
    // An organisation stands on the page instead of a count of authors.
    CHECK((p.author_count >= static_cast<int>(p.authors.size()) || !p.organisation.empty()));
    CHECK(p.summary.size() > 120);
    CHECK(p.summary.size() < 700);
  }
}

TEST_CASE("catalog: facts a reader may search for") {
  for (const char* slug : {"haf", "counterfactual", "slm-agents"})
    CHECK_MESSAGE(find_paper(slug).summary.find("Ministral") != std::string::npos, slug);
}

TEST_CASE("catalog: a paper is found by slug and by arXiv number, or a near one is named") {
  CHECK(find_paper("s4d").arxiv == "2206.11893");
  CHECK(find_paper("2206.11893").slug == "s4d");
  CHECK_THROWS_WITH(find_paper("s4dd"),
                    "no paper 's4dd', did you mean 's4d'?: offprint list shows all");
  CHECK_THROWS_WITH(find_paper(""), "no paper '': offprint list shows all");
}

TEST_CASE("catalog: every claim of every recipe can be judged and says where it comes from") {
  for (const Paper& p : catalog()) {
    if (!p.runs()) continue;
    std::set<std::string> ids;
    bool headline = false;
    for (const Claim& claim : p.claims()) {
      CAPTURE(p.slug);
      CAPTURE(claim.id);
      CHECK(ids.insert(claim.id).second);
      CHECK(!claim.statement.empty());
      CHECK(!claim.paper.empty());
      CHECK(!claim.unit.empty());
      CHECK(!claim.source.empty());
      headline = headline || claim.kind == ClaimKind::headline;
    }
    CHECK(headline);
    for (const Scale scale : {Scale::quick, Scale::standard, Scale::full})
      CHECK(!p.options(scale).empty());
  }
}

TEST_CASE("scales: names both ways, and an unknown one names the three") {
  for (const Scale scale : {Scale::quick, Scale::standard, Scale::full})
    CHECK(parse_scale(scale_name(scale)) == scale);
  CHECK_THROWS_WITH(parse_scale("fast"), "no scale 'fast', expected quick, standard or full");
  Claim claim;
  claim.standard = 2.0;
  CHECK(!claim.bar(Scale::quick));
  CHECK(claim.bar(Scale::standard) == 2.0);
}
