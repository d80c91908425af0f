// The search box: papers that hold all words first, then those near in meaning or in words.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "offprint/feed/meaning.h"
#include "offprint/feed/query.h"
#include "offprint/store/paper.h"

namespace offprint::feed {

// Why a paper is among the answers: it holds all words; all, if the last goes on; some; or it is
// near in meaning.
enum class Found { all_words, growing_word, some_words, meaning };

struct SearchHit {
  int64_t key = 0;
  Found found = Found::all_words;
};

enum class SearchKind { hybrid, lexical, semantic };  // the last two to compare with

struct SearchRequest {
  SearchKind kind = SearchKind::hybrid;
  int64_t offset = 0, limit = 20;
};

struct SearchPage {
  std::vector<store::Paper> papers;
  std::vector<Found> found;  // one a paper
  bool more = false;
};

// Used from any number of threads.
class Search {
 public:
  // Without `meaning` words alone are compared; `why_not` says why, to be shown.
  Search(const store::Database& database, const Meaning* meaning, std::string why_not = "")
      : database_(database), meaning_(meaning), why_not_(std::move(why_not)) {}

  // At most 1000 hits, best first. Hits of all words come by BM25, among the first 300 of them
  // those first that hold the words exactly as typed but for case; the rest by reciprocal rank
  // fusion, k = 60, of BM25 over any word and of cosines above a floor. A query without words
  // answers the newest papers that pass its filter.
  std::vector<SearchHit> rank(const Query& query, const SearchRequest& request) const;
  SearchPage find(const Query& query, const SearchRequest& request) const;

  std::vector<store::Paper> similar(int64_t key, int64_t count) const;

  bool knows_meaning() const { return meaning_ != nullptr; }
  const std::string& why_not() const { return why_not_; }

 private:
  std::vector<SearchHit> words(const Query& query, const SearchRequest& request) const;
  std::vector<int64_t> any_word(const Query& query) const;
  std::vector<int64_t> near(const Query& query) const;
  int64_t frequency(const store::Term& term) const;

  const store::Database& database_;
  const Meaning* meaning_;
  std::string why_not_;
  mutable std::mutex counting_;
  mutable std::unordered_map<std::string, int64_t> frequencies_;
};

// Cosine below which papers are no neighbours.
constexpr double kSimilarityFloor = 0.25;

// Does the paper hold the term with the same letters, case aside? A term with other signs than
// ASCII is taken to be there.
bool holds_as_typed(const store::Paper& paper, const store::Term& term);

// Positions 1 .. n of both lists as sums of 1 / (60 + position); ties by the first list.
std::vector<int64_t> fuse(const std::vector<int64_t>& a, const std::vector<int64_t>& b);

}  // namespace offprint::feed
