#include "offprint/feed/search.h"

#include "offprint/store/vectors.h"
#include "tests/feed/toy_encoder.h"
#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::feed;
using store::ids, store::paper, store::Paper, store::put, store::ScratchDatabase;

namespace {

using Ids = std::vector<std::string>;

Paper with(const std::string& id, const std::string& title, const std::string& abstract,
           std::vector<std::string> authors = {}) {
  Paper p = paper(id, title);
  p.abstract = abstract, p.authors = std::move(authors);
  return p;
}

struct Library : ScratchDatabase {
  Library() {
    put(*this,
        {with("ministry", "The ministry of ministers", "Ministries and a minister's ministry."),
         with("a", "Small models",
              "We evaluate Ministral 8B among others, at length and in depth."),
         with("b", "Agents", "Ministral and friends.", {"Ada Gu"}),
         with("zzz", "Zzz", "zzz zzzz", {"Ada Gu"})});
  }
};

Ids find(const Search& search, std::string_view text, SearchRequest request = {}) {
  return ids(search.find(parse_query(text), request).papers);
}

}  // namespace

TEST_CASE("search: a paper that names the word comes before one that shares its stem") {
  Library db;
  const Search search(db, nullptr, "no model");
  // The stem "ministr" is everywhere in the first paper: BM25 alone would put it on top.
  CHECK(find(search, "Ministral ") == Ids{"b", "a"});
  CHECK(find(search, "ministry ").front() == "ministry");
  CHECK(!search.knows_meaning());
  CHECK(search.why_not() == "no model");
}

TEST_CASE("search: all words, then the growing word, then some words") {
  Library db;
  put(db, {with("grow", "Evaluations", "friendship"), with("some", "Friends", "alone")});
  const Search search(db, nullptr);
  const SearchPage page = search.find(parse_query("ministral friend"), {});
  CHECK(ids(page.papers)[0] == "b");
  CHECK(page.found[0] == Found::all_words);
  CHECK(page.found.back() == Found::some_words);
  CHECK(page.papers.size() == 3);  // b, then a and some
  const SearchPage growing = search.find(parse_query("frien"), {});
  CHECK(growing.papers.size() == 3);
  CHECK(growing.found[0] == Found::growing_word);
}

TEST_CASE("search: neighbours in meaning follow, but not below the floor") {
  Library db;
  Meaning meaning(db, toy_encoder());
  Progress silent;
  CHECK(meaning.embed_new(silent) == 4);
  const Search search(db, &meaning);
  const SearchPage page = search.find(parse_query("agents friends "), {});
  CHECK(page.papers[0].id == "b");
  CHECK(page.found[1] == Found::meaning);
  // No letter in common with "zzz": a cosine of 0.
  const Ids found = ids(page.papers);
  CHECK(std::ranges::find(found, "zzz") == found.end());
  CHECK(find(search, "qqqq ").empty());
  const Ids similar = ids(search.similar(page.papers[0].key, 3));
  CHECK(similar.size() == 2);
  CHECK(std::ranges::find(similar, "b") == similar.end());
}

TEST_CASE("search: filters bind every kind of hit") {
  Library db;
  Meaning meaning(db, toy_encoder());
  Progress silent;
  meaning.embed_new(silent);
  const Search search(db, &meaning);
  CHECK(find(search, "ministral author:Gu") == Ids{"b"});
  CHECK(find(search, "author:gu").size() == 2);
  CHECK(find(search, "ministral runs:yes").empty());
  CHECK(find(search, "ministral year:1999").empty());
  CHECK(find(search, "year:1970").size() == 4);  // no words: the newest that pass
  CHECK(find(search, "").size() == 4);
}

TEST_CASE("search: pages join to the whole list") {
  ScratchDatabase db;
  std::vector<Paper> papers;
  for (int i = 0; i < 90; ++i)
    papers.push_back(with(std::to_string(i), "Paper", i % 2 == 0 ? "alpha beta" : "beta gamma"));
  put(db, papers);
  Meaning meaning(db, toy_encoder());
  Progress silent;
  meaning.embed_new(silent);
  const Search search(db, &meaning);
  const Ids whole = find(search, "alpha beta ", {.limit = 500});
  CHECK(whole.size() == 90);
  Ids joined;
  for (int64_t offset = 0; offset < 95; offset += 20)
    for (const std::string& id : find(search, "alpha beta ", {.offset = offset, .limit = 20}))
      joined.push_back(id);
  CHECK(joined == whole);
  CHECK(search.find(parse_query("alpha beta "), {.offset = 80, .limit = 10}).more == false);
  CHECK_THROWS_AS(search.rank(parse_query("x"), {.limit = 0}), Error);
}

TEST_CASE("fusion: sums of 1 / (60 + position), ties by the first list") {
  CHECK(fuse({1, 2, 3}, {3, 4}) == std::vector<int64_t>{3, 1, 2, 4});
  CHECK(fuse({1}, {2}) == std::vector<int64_t>{1, 2});
  CHECK(fuse({}, {5}) == std::vector<int64_t>{5});
}

TEST_CASE("meaning: what is stored is not embedded again, reworded papers and new encoders are") {
  Library db;
  const auto file = db.scratch / "graph";
  Progress silent;
  {
    Meaning meaning(db, toy_encoder(), file);
    CHECK(meaning.embed_new(silent, 3) == 3);
    meaning.save();
    CHECK(meaning.embed_new(silent) == 1);  // in the store, not in the file
  }
  Meaning meaning(db, toy_encoder(), file);
  CHECK(meaning.size() == 4);
  int64_t said = 0;
  Progress heard([&](const ProgressUpdate&) { ++said; });
  CHECK(meaning.embed_new(heard) == 0);
  CHECK(said == 0);  // nothing new, nothing said
  CHECK(meaning.nearest("zz", 1)[0].similarity == doctest::Approx(1).epsilon(0.01));
  Paper reworded = with("zzz", "qqq", "");
  reworded.abstract = "qqq qqqq", reworded.updated_at = 5000;
  put(db, {reworded});
  CHECK(meaning.embed_new(heard) == 1);
  CHECK(said > 0);
  CHECK(meaning.size() == 4);
  CHECK(meaning.nearest("qq", 1)[0].similarity == doctest::Approx(1).epsilon(0.01));
  Meaning other(db, toy_encoder("other"), file);
  CHECK(other.size() == 0);
  CHECK(other.embed_new(silent) == 4);
}

TEST_CASE("search: as typed means whole words, case aside") {
  const Paper p = with("x", "S4D-LegS for C++", "naïve état.", {"Ada Gu"});
  for (const char* text : {"s4d-legs", "legs", "C++", "ada gu", "für"})
    CHECK_MESSAGE(holds_as_typed(p, {text}), text);
  for (const char* text : {"leg", "S4", "na", "tat", "gum"})
    CHECK_MESSAGE(!holds_as_typed(p, {text}), text);
}
