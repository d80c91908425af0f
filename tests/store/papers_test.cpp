#include "offprint/store/papers.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "offprint/store/connection.h"
#include "offprint/store/words.h"
#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::store;

namespace {

using Ids = std::vector<std::string>;

Paper full_paper() {
  Paper p = paper("2312.00752", "Mamba: Linear-Time Sequence Modelling", 1700000000);
  p.slug = "mamba", p.authors = {"Albert Gu", "Tri Dao"}, p.author_count = 2;
  p.organisation = "CMU", p.summary = "Ours.", p.abstract = "Theirs, naïve 'quoted' \"text\".";
  p.published_at = 1699000000, p.updated_at = 1701000000, p.version = 2;
  p.categories = {"cs.LG", "cs.AI"}, p.topic = "sequence models";
  p.links = {{"code", "https://example.org/mamba"}, {"pdf", "https://example.org/mamba.pdf"}};
  p.submitter = "ada", p.votes_elsewhere = 12, p.comments_elsewhere = 3;
  return p;
}

Ids trending(const Database& database, int64_t now, int64_t offset = 0, int64_t limit = 50) {
  return ids(list_papers(database,
                         {.order = Order::trending, .now = now, .offset = offset, .limit = limit}));
}

}  // namespace

TEST_CASE("papers: what is put is found by id and slug, every field alike") {
  ScratchDatabase db;
  Paper p = full_paper();
  CHECK(put(db, {p}).added == 1);
  const auto found = find_paper(db, "mamba");
  REQUIRE(found);
  p.key = found->key, p.upvotes = 12, p.comment_count = 3;
  CHECK(*found == p);
  CHECK(find_paper(db, "2312.00752") == found);
  CHECK(!find_paper(db, "' OR 1=1 --"));
  CHECK(count_papers(db) == 1);
}

TEST_CASE("papers: the same again changes nothing, an older version neither, a newer one wins") {
  ScratchDatabase db;
  put(db, {full_paper()});
  CHECK(put(db, {full_paper()}).unchanged == 1);
  Paper older = full_paper();
  older.title = "Draft", older.updated_at -= 1;
  CHECK(put(db, {older}).unchanged == 1);
  Paper newer = paper("2312.00752", "Mamba, revised", 1702000000);
  newer.version = 3, newer.withdrawn = true;
  CHECK(put(db, {newer}).changed == 1);
  const auto found = find_paper(db, "mamba");
  REQUIRE(found);
  CHECK(found->title == "Mamba, revised");
  CHECK(found->withdrawn);
  // What the newer one does not say stays, and so does the day it was listed.
  CHECK(found->authors == Ids{"Albert Gu", "Tri Dao"});
  CHECK(found->summary == "Ours.");
  CHECK(found->listed_at == 1700000000);
  CHECK(found->upvotes == 12);
}

TEST_CASE("papers: a bad one among many leaves none, and says which") {
  ScratchDatabase db;
  Paper twin = paper("2", "B");
  twin.slug = "mamba";
  const auto message = [&](const std::vector<Paper>& papers) {
    return data::message_of(db.scratch, [&] { put(db, papers); });
  };
  CHECK(message({full_paper(), twin}) ==
        "store: slug 'mamba' of paper 2 belongs to paper 2312.00752");
  CHECK(message({paper("1", "A"), paper("", "B")}) == "store: a paper without id ('B')");
  CHECK(message({paper("1", "A"), paper("2", "")}) == "store: paper 2 has no title");
  CHECK(count_papers(db) == 0);
}

TEST_CASE("papers: lists by time, topic, submitter and what runs, in pages that join") {
  ScratchDatabase db;
  std::vector<Paper> papers;
  for (int i = 0; i < 10; ++i) {
    papers.push_back(paper(std::to_string(i), "T", 100 * (i / 2)));
    papers[i].published_at = i, papers[i].topic = i % 3 == 0 ? "even" : "";
    papers[i].submitter = i < 5 ? "ada" : "bob", papers[i].slug = "s" + std::to_string(i);
  }
  put(db, papers);
  CHECK(ids(list_papers(db, {.from = 200, .until = 400})) == Ids{"7", "6", "5", "4"});
  CHECK(ids(list_papers(db, {.filter = {.topic = "even"}})) == Ids{"9", "6", "3", "0"});
  CHECK(ids(list_papers(db, {.filter = {.submitter = "ada"}, .limit = 2})) == Ids{"4", "3"});
  CHECK(ids(list_papers(db, {.offset = 8})) == Ids{"1", "0"});
  const std::vector<std::string> slugs = {"s2", "s7", "unknown"};
  set_running(db, slugs);
  CHECK(ids(list_papers(db, {.filter = {.runs = true}})) == Ids{"7", "2"});
  CHECK(listed_before(db, 200) == 100);
  CHECK(!listed_before(db, 0));
  CHECK(listed_from(db, 101) == 200);
  CHECK(!listed_from(db, 401));
  CHECK(topics(db).size() == 1);
  CHECK(topics(db)[0].papers == 4);
  CHECK_THROWS_AS(list_papers(db, {.offset = -1}), Error);
}

TEST_CASE("papers: trending is the formula's order, with and without votes, on every page") {
  ScratchDatabase db;
  const int64_t now = 10000000;
  Rng rng(5);
  std::vector<Paper> papers;
  for (int i = 0; i < 60; ++i) {
    papers.push_back(paper(std::to_string(i), "T", now - rng.integer(2000000)));
    if (i % 2 == 0) papers[i].votes_elsewhere = rng.integer(40);
    if (i % 4 == 0) papers[i].comments_elsewhere = rng.integer(9);
  }
  put(db, papers);
  set_verdicts(db, "7", 3, 1, now - 3600);        // fresh
  set_verdicts(db, "9", 30, 1, now - 8 * 86400);  // too old to count
  const auto score = [&](const Paper& p) {
    const int64_t verdicts = p.id == "7" ? 4 : 0;
    const double hours = static_cast<double>(now - p.listed_at) / 3600.0;
    const int64_t interest = 1 + p.votes_elsewhere + 2 * p.comments_elsewhere + 3 * verdicts;
    return static_cast<double>(interest) / std::pow(hours + 2, 1.5);
  };
  std::ranges::sort(papers, [&](const Paper& a, const Paper& b) { return score(a) > score(b); });
  const Ids expected = ids(papers);
  Ids paged;
  for (int64_t offset = 0; offset < 60; offset += 7)
    for (const std::string& id : trending(db, now, offset, 7)) paged.push_back(id);
  CHECK(paged == expected);
}

TEST_CASE("papers: verdicts need a paper, keys of no paper are passed over") {
  ScratchDatabase db;
  put(db, {paper("1", "A"), paper("2", "B")});
  CHECK(data::message_of(db.scratch, [&] { set_verdicts(db, "3", 1, 1, 1); }) ==
        "store: no paper '3', expected an id or slug");
  const int64_t first = find_paper(db, "1")->key, second = find_paper(db, "2")->key;
  const std::vector<int64_t> keys = {second, 999, first};
  CHECK(ids(papers_of(db, keys)) == Ids{"2", "1"});
  Ids seen;
  each_paper(db, [&](const Paper& p) { seen.push_back(p.id); });
  CHECK(seen == Ids{"1", "2"});
}

TEST_CASE("papers: after many changes the index of words agrees with the texts") {
  ScratchDatabase db;
  Rng rng(3);
  const auto words = [&] {
    std::string text = "w";
    for (int64_t n = rng.integer(6); n >= 0; --n) text += fmt::format(" x{}", rng.integer(9));
    return text;
  };
  for (int64_t i = 0; i < 300; ++i) {
    Paper p = paper(std::to_string(rng.integer(40)), words(), 1000 + i);
    p.abstract = words(), p.authors = {words(), std::string("zero\0byte", 9)};
    if (rng.integer(3) == 0) p.summary = words();
    put(db, {p});
  }
  // FTS5 compares its index with the papers and fails where they differ.
  if (!db.is_postgres())
    db.database.write([](Connection& connection) {
      connection.run("INSERT INTO paper_words(paper_words, rank) VALUES('integrity-check', 1)");
    });
  // So does this, word by word.
  for (int word = 0; word < 9; ++word) {
    std::set<int64_t> holding, found;
    const std::string text = fmt::format("x{}", word);
    each_paper(db, [&](const Paper& p) {
      std::string all = p.title + " " + p.summary + " " + p.abstract;
      for (const std::string& author : p.authors) all += " " + author;
      if (all.find(text) != all.npos) holding.insert(p.key);
    });
    for (const Scored& scored : find_words(db, {.terms = {{text}}})) found.insert(scored.key);
    CHECK(found == holding);
    CHECK(count_with(db, {text}, 1000) == static_cast<int64_t>(holding.size()));
  }
  db.database.check_whole();
}
