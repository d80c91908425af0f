#include "offprint/store/word_index.h"

#include <fmt/format.h>

#include <set>

#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::store;

namespace {

constexpr const char* kWords[] = {"state",  "States", "space",       "diffusion", "diffusing",
                                  "Gödel",  "goedel", "a",           "the",       "2312.00752",
                                  "O'Hara", "x\\y",   "naïve-bayes", "Ångström",  "生成"};

std::string some_words(Rng& rng, int64_t most) {
  std::string text;
  for (int64_t n = rng.integer(most) + 1; n > 0; --n)
    text += std::string(text.empty()          ? ""
                        : rng.integer(4) == 0 ? ", "
                                              : " ") +
            kWords[rng.integer(std::size(kWords))];
  return text;
}

std::set<int64_t> keys(const Database& database, const WordSearch& search) {
  std::set<int64_t> found;
  for (const Scored& scored : find_words(database, search)) found.insert(scored.key);
  return found;
}

std::string shown(const std::vector<Piece>& pieces) {
  std::string text;
  for (const Piece& piece : pieces) text += piece.marked ? "[" + piece.text + "]" : piece.text;
  return text;
}

}  // namespace

TEST_CASE("word index: PostgreSQL finds, counts and marks what SQLite does") {
  if (PostgresServer::the() == nullptr) return;
  ScratchSqlite lite;
  ScratchPostgres scratch;
  Database server(scratch.location());
  Rng rng(11);
  std::vector<Paper> papers;
  for (int i = 0; i < 60; ++i) {
    Paper p = paper(std::to_string(i), some_words(rng, 4));
    p.abstract = some_words(rng, 20), p.authors = {some_words(rng, 2), some_words(rng, 2)};
    if (i % 2 == 0) p.summary = some_words(rng, 6);
    papers.push_back(p);
  }
  put(lite, papers), put(server, papers);
  for (int round = 0; round < 300; ++round) {
    WordSearch search{.terms = {}, .all = rng.integer(2) == 0};
    for (int64_t n = rng.integer(3); n >= 0; --n)
      search.terms.push_back({some_words(rng, 2), rng.integer(3) == 0});
    if (rng.integer(3) == 0) search.authors = {some_words(rng, 2)};
    std::string asked;
    for (const Term& term : search.terms) asked += "'" + term.text + (term.prefix ? "*' " : "' ");
    CAPTURE(asked);
    const std::set<int64_t> expected = keys(lite, search);
    CHECK(keys(server, search) == expected);
    CHECK(count_with(server, search.terms[0], 1000) == count_with(lite, search.terms[0], 1000));
    for (int64_t key = 1; key <= 60; key += 7) {
      const auto ours = mark_words(lite, key, search.terms);
      const auto theirs = mark_words(server, key, search.terms);
      REQUIRE(ours.has_value() == theirs.has_value());
      if (!ours) continue;
      CHECK(shown(ours->title) == shown(theirs->title));
      CHECK(shown(ours->authors) == shown(theirs->authors));
      CHECK(shown(ours->summary) == shown(theirs->summary));
      CHECK(shown(ours->abstract) == shown(theirs->abstract));
    }
  }
}

TEST_CASE("word index: a rare word weighs more than a common one, the title more than the rest") {
  ScratchDatabase db;
  std::vector<Paper> papers;
  for (int i = 0; i < 20; ++i) {
    papers.push_back(paper(std::to_string(i), "Title"));
    papers[i].abstract = "common common common words";
  }
  papers[7].abstract = "rare words";
  papers[9].title = "Words";
  put(db, papers);
  const auto first = [&](const WordSearch& search) { return find_words(db, search).front().key; };
  CHECK(first({.terms = {{"common"}, {"rare"}}, .all = false}) == 8);
  CHECK(first({.terms = {{"words"}}}) == 10);
}

TEST_CASE("word index: texts longer than an index can take are stored, their beginning is found") {
  ScratchDatabase db;
  Paper p = paper("1", "Long");
  p.abstract = "begin " + std::string(5000, 'x') + " ";
  for (int i = 0; i < 20000; ++i) p.abstract += fmt::format("w{} ", i);
  put(db, {p});
  CHECK(find_paper(db, "1")->abstract == p.abstract);
  for (const char* word : {"begin", "w0", "w9000"}) CHECK(count_with(db, {word}, 9) == 1);
  CHECK(count_with(db, {std::string(5000, 'x')}, 9) == 1);
}
