#include "offprint/feed/search.h"

#include <algorithm>
#include <unordered_set>

#include "offprint/core/error.h"
#include "offprint/store/papers.h"

namespace offprint::feed {
namespace {

constexpr int64_t kMostHits = 1000, kExactHits = 300, kDepth = 200;
constexpr double kFusion = 60;
// With any word enough, FTS5 scores each paper that has one: common words are left out where rarer
// ones have as many papers as a page can need.
constexpr int64_t kMostScored = 20000;
constexpr size_t kKeptFrequencies = 10000;
constexpr size_t kLeastPrefix = 3;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
// Letters beyond ASCII continue a word, whatever they are.
bool in_word(char c) {
  const char l = lower(c);
  return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || !is_ascii(c);
}

bool holds_word(std::string_view text, std::string_view word) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  for (auto at = text.begin();;) {
    at = std::search(at, text.end(), word.begin(), word.end(), same);
    if (at == text.end()) return false;
    const auto after = at + static_cast<std::ptrdiff_t>(word.size());
    const bool begins = at == text.begin() || !in_word(at[-1]) || !in_word(word.front());
    const bool ends = after == text.end() || !in_word(*after) || !in_word(word.back());
    if (begins && ends) return true;
    ++at;
  }
}

std::vector<int64_t> keys_of(const std::vector<store::Scored>& scored) {
  std::vector<int64_t> keys;
  for (const store::Scored& s : scored) keys.push_back(s.key);
  return keys;
}

// "high-speed" and phrases in their words: where any word is enough, each counts.
std::vector<store::Term> single_words(const std::vector<store::Term>& terms) {
  std::vector<store::Term> words;
  for (const store::Term& term : terms) {
    std::string word;
    for (const char c : term.text + " ") {
      if (in_word(c)) {
        word += c;
      } else if (!word.empty()) {
        words.push_back({std::exchange(word, {})});
      }
    }
  }
  return words;
}

// Which papers hold the terms as typed come first; both parts keep their order.
void exact_first(const store::Database& database, const std::vector<store::Term>& terms,
                 std::vector<int64_t>& keys) {
  const auto checked =
      static_cast<std::ptrdiff_t>(std::min(keys.size(), static_cast<size_t>(kExactHits)));
  const std::vector<int64_t> first(keys.begin(), keys.begin() + checked);
  std::unordered_set<int64_t> exact;
  for (const store::Paper& paper : store::papers_of(database, first))
    if (std::ranges::all_of(terms, [&](const auto& term) { return holds_as_typed(paper, term); }))
      exact.insert(paper.key);
  std::stable_partition(keys.begin(), keys.begin() + checked,
                        [&](int64_t key) { return exact.contains(key); });
}

}  // namespace

bool holds_as_typed(const store::Paper& paper, const store::Term& term) {
  if (!std::ranges::all_of(term.text, is_ascii)) return true;
  if (holds_word(paper.title, term.text) || holds_word(paper.abstract, term.text) ||
      holds_word(paper.summary, term.text))
    return true;
  return std::ranges::any_of(paper.authors,
                             [&](const auto& name) { return holds_word(name, term.text); });
}

std::vector<int64_t> fuse(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  std::unordered_map<int64_t, double> scores;
  std::vector<int64_t> keys;
  for (const auto* list : {&a, &b})
    for (size_t i = 0; i < list->size(); ++i) {
      const auto [entry, is_new] = scores.try_emplace((*list)[i], 0.0);
      if (is_new) keys.push_back((*list)[i]);
      entry->second += 1 / (kFusion + static_cast<double>(i + 1));
    }
  std::ranges::stable_sort(keys, [&](int64_t x, int64_t y) { return scores[x] > scores[y]; });
  return keys;
}

int64_t Search::frequency(const store::Term& term) const {
  {
    const std::scoped_lock lock(counting_);
    if (const auto known = frequencies_.find(term.text); known != frequencies_.end())
      return known->second;
  }
  const int64_t count = store::count_with(database_, term, kMostScored);
  const std::scoped_lock lock(counting_);
  if (frequencies_.size() >= kKeptFrequencies) frequencies_.clear();
  frequencies_[term.text] = count;
  return count;
}

std::vector<int64_t> Search::any_word(const Query& query) const {
  std::vector<store::Term> terms = single_words(query.terms());
  std::ranges::stable_sort(terms, {}, [&](const store::Term& term) { return frequency(term); });
  int64_t scored = 0;
  const auto too_many = std::ranges::find_if(terms, [&](const store::Term& term) {
    const bool enough = scored >= kDepth;
    scored += frequency(term);
    return enough && scored > kMostScored;
  });
  terms.erase(too_many, terms.end());
  return keys_of(store::find_words(database_, {.terms = std::move(terms),
                                               .all = false,
                                               .authors = query.authors,
                                               .filter = query.filter,
                                               .limit = kDepth}));
}

std::vector<int64_t> Search::near(const Query& query) const {
  std::vector<int64_t> keys;
  if (meaning_ == nullptr) return keys;
  for (const Neighbour& neighbour : meaning_->nearest(query.plain_text(), kDepth))
    if (neighbour.similarity >= kSimilarityFloor) keys.push_back(neighbour.key);
  keys = store::passing(database_, keys, query.filter);
  if (query.authors.empty()) return keys;
  const auto by_author = keys_of(
      store::find_words(database_, {.terms = {}, .authors = query.authors, .limit = 100000}));
  const std::unordered_set<int64_t> allowed(by_author.begin(), by_author.end());
  std::erase_if(keys, [&](int64_t key) { return !allowed.contains(key); });
  return keys;
}

// All words, then all with the last one growing.
std::vector<SearchHit> Search::words(const Query& query, const SearchRequest& request) const {
  store::WordSearch search{
      .terms = query.terms(), .authors = query.authors, .filter = query.filter, .limit = kMostHits};
  std::vector<int64_t> keys = keys_of(store::find_words(database_, search));
  exact_first(database_, search.terms, keys);
  std::vector<SearchHit> hits;
  for (const int64_t key : keys) hits.push_back({key, Found::all_words});
  const auto wanted = static_cast<size_t>(request.offset + request.limit);
  if (!query.open || query.words.back().text.size() < kLeastPrefix || hits.size() > wanted)
    return hits;
  search.terms[query.words.size() - 1].prefix = true;
  search.limit = kDepth;
  const std::unordered_set<int64_t> known(keys.begin(), keys.end());
  for (const store::Scored& scored : store::find_words(database_, search))
    if (!known.contains(scored.key)) hits.push_back({scored.key, Found::growing_word});
  return hits;
}

std::vector<SearchHit> Search::rank(const Query& query, const SearchRequest& request) const {
  require(request.offset >= 0 && request.limit >= 1 && request.limit <= kMostHits,
          "search: offset {} and limit {}, expected 0 or more and 1 .. {}", request.offset,
          request.limit, kMostHits);
  std::vector<SearchHit> hits;
  if (request.kind != SearchKind::semantic) hits = words(query, request);
  const bool page_is_full = static_cast<int64_t>(hits.size()) > request.offset + request.limit;
  if (page_is_full || query.terms().empty()) return hits;
  std::unordered_set<int64_t> known;
  for (const SearchHit& hit : hits) known.insert(hit.key);
  const auto by_words =
      request.kind == SearchKind::semantic ? std::vector<int64_t>{} : any_word(query);
  const auto by_meaning =
      request.kind == SearchKind::lexical ? std::vector<int64_t>{} : near(query);
  const std::unordered_set<int64_t> named(by_words.begin(), by_words.end());
  for (const int64_t key : fuse(by_words, by_meaning))
    if (!known.contains(key))
      hits.push_back({key, named.contains(key) ? Found::some_words : Found::meaning});
  if (static_cast<int64_t>(hits.size()) > kMostHits) hits.resize(kMostHits);
  return hits;
}

SearchPage Search::find(const Query& query, const SearchRequest& request) const {
  SearchPage page;
  if (query.empty()) {
    page.papers = store::list_papers(
        database_, {.filter = query.filter, .offset = request.offset, .limit = request.limit + 1});
    page.more = static_cast<int64_t>(page.papers.size()) > request.limit;
    if (page.more) page.papers.pop_back();
    page.found.assign(page.papers.size(), Found::all_words);
    return page;
  }
  const std::vector<SearchHit> hits = rank(query, request);
  const auto begin = std::min(static_cast<size_t>(request.offset), hits.size());
  const auto end = std::min(begin + static_cast<size_t>(request.limit), hits.size());
  page.more = end < hits.size();
  for (size_t i = begin; i < end; ++i)
    for (store::Paper& paper : store::papers_of(database_, std::span(&hits[i].key, 1))) {
      page.papers.push_back(std::move(paper));
      page.found.push_back(hits[i].found);
    }
  return page;
}

std::vector<store::Paper> Search::similar(int64_t key, int64_t count) const {
  if (meaning_ == nullptr) return {};
  std::vector<int64_t> keys;
  for (const Neighbour& neighbour : meaning_->similar(key, count))
    if (neighbour.similarity >= kSimilarityFloor) keys.push_back(neighbour.key);
  return store::papers_of(database_, keys);
}

}  // namespace offprint::feed
