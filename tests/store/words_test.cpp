#include "offprint/store/words.h"

#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::store;

namespace {

using Ids = std::vector<std::string>;

Paper with(const std::string& id, const std::string& title, const std::string& abstract,
           std::vector<std::string> authors = {}) {
  Paper p = paper(id, title);
  p.abstract = abstract, p.authors = std::move(authors);
  return p;
}

Ids found(const Database& database, const WordSearch& search) {
  std::vector<int64_t> keys;
  for (const Scored& scored : find_words(database, search)) keys.push_back(scored.key);
  return ids(papers_of(database, keys));
}

Ids found(const Database& database, const std::string& word) {
  return found(database, WordSearch{.terms = {{word}}});
}

std::string shown(const std::vector<Piece>& pieces) {
  std::string text;
  for (const Piece& piece : pieces) text += piece.marked ? "[" + piece.text + "]" : piece.text;
  return text;
}

struct Library : ScratchDatabase {
  Library() {
    put(*this, {with("1", "State spaces", "Sequences of any length.", {"Albert Gu", "Karan Goel"}),
                with("2", "Attention", "A state of the art in translation.", {"Ada Lovelace"}),
                with("3", "Schrödinger's bridge", "Diffusion between measures.", {"Jöns Gu"}),
                with("4", "On spaces", "Where a state is a point.", {})});
  }
};

}  // namespace

TEST_CASE("words: stems, case and accents do not matter; the title counts most") {
  Library db;
  CHECK(found(db, "schrodinger") == Ids{"3"});
  CHECK(found(db, "DIFFUSING") == Ids{"3"});
  CHECK(found(db, "sequence") == Ids{"1"});
  CHECK(found(db, "state").front() == "1");
  CHECK(found(db, "state").size() == 3);
  CHECK(found(db, "nothing").empty());
}

TEST_CASE("words: all or any of the terms, phrases in order, a last word that may go on") {
  Library db;
  CHECK(found(db, {.terms = {{"state"}, {"spaces"}}}) == Ids{"1", "4"});
  CHECK(found(db, {.terms = {{"bridge"}, {"translation"}}, .all = false}).size() == 2);
  CHECK(found(db, {.terms = {{"state spaces"}}}) == Ids{"1"});
  CHECK(found(db, {.terms = {{"state-spaces"}}}) == Ids{"1"});
  CHECK(found(db, "transl").empty());
  CHECK(found(db, {.terms = {{"transl", true}}}) == Ids{"2"});
}

TEST_CASE("words: authors and filters narrow, alone or with words") {
  Library db;
  CHECK(found(db, {.terms = {}, .authors = {"gu"}}).size() == 2);
  CHECK(found(db, {.terms = {{"state"}}, .authors = {"Karan Goel"}}) == Ids{"1"});
  CHECK(found(db, {.terms = {{"state"}}, .authors = {"Goel Karan"}}).empty());
  const std::vector<std::string> running = {};
  Paper late = paper("4", "On spaces", 1000);
  late.published_at = 5000, late.topic = "geometry", late.updated_at = 2000;
  put(db, {late});
  CHECK(found(db, {.terms = {{"state"}}, .filter = {.published_from = 5000}}) == Ids{"4"});
  CHECK(found(db, {.terms = {{"state"}}, .filter = {.published_until = 5000}}).size() == 2);
  CHECK(found(db, {.terms = {{"state"}}, .filter = {.topic = "geometry"}}) == Ids{"4"});
  set_verdicts(db, "2", 2, 1, 9);
  set_verdicts(db, "4", 2, 0, 9);
  using Verdict = PaperFilter::Verdict;
  CHECK(found(db, {.terms = {{"state"}}, .filter = {.verdict = Verdict::some_fail}}) == Ids{"2"});
  CHECK(found(db, {.terms = {{"state"}}, .filter = {.verdict = Verdict::all_hold}}) == Ids{"4"});
  CHECK(found(db, {.terms = {{"state"}}, .filter = {.runs = true}}).empty());
  const std::vector<int64_t> keys = {find_paper(db, "4")->key, find_paper(db, "1")->key};
  CHECK(passing(db, keys, {.topic = "geometry"}) == std::vector<int64_t>{keys[0]});
  CHECK(passing(db, keys, {}) == keys);
}

TEST_CASE("words: what is no word finds nothing and is no query language") {
  Library db;
  for (const char* text : {"", "!!!", "\"", "(", "title:", "*", "NEAR(", "-", "^"})
    CHECK(found(db, text).empty());
  for (const char* text : {"state\" OR \"bridge", "state AND", "NOT state", "state*", "\"state",
                           "title : state", "{title} : state"}) {
    CAPTURE(text);
    found(db, text);  // throws if it were read as a language
  }
  CHECK(found(db, std::string("state\0bridge", 12)).empty());
  CHECK(found(db, "'); DROP TABLE papers; --").empty());
  CHECK(count_papers(db) == 4);
}

TEST_CASE("words: changed and new texts are found, old ones no longer; counts stop where asked") {
  Library db;
  Paper next = with("2", "Attention", "Now about rivers.");
  next.updated_at = 5000;
  put(db, {next});
  CHECK(found(db, "translation").empty());
  CHECK(found(db, "river") == Ids{"2"});
  CHECK(count_with(db, {"state"}, 10) == 2);
  CHECK(count_with(db, {"state"}, 1) == 1);
  CHECK(count_with(db, {"?"}, 10) == 0);
}

TEST_CASE("words: marks stand around the words that were named, texts stay whole") {
  Library db;
  const std::vector<Term> terms = {{"sequence"}, {"state"}, {"goel"}};
  const auto marked = mark_words(db, find_paper(db, "1")->key, terms);
  REQUIRE(marked);
  CHECK(shown(marked->title) == "[State] spaces");
  CHECK(shown(marked->authors) == "Albert Gu\nKaran [Goel]");
  CHECK(shown(marked->abstract) == "[Sequences] of any length.");
  CHECK(shown(marked->summary) == "");
  CHECK(!mark_words(db, find_paper(db, "3")->key, terms));
}
