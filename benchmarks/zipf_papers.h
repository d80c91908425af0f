// Generated papers whose words are as unevenly spread as in real text (Zipf-Mandelbrot), with
// vectors in clusters; and queries that a reader of them would type.
#pragma once
#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_set>
#include <vector>

#include "offprint/core/rng.h"
#include "offprint/store/paper.h"

namespace offprint::benchmarks {

class ZipfPapers {
 public:
  static constexpr size_t kWords = 60000, kStopWords = 100, kClusters = 500;
  static constexpr int64_t kWidth = 384;

  explicit ZipfPapers(uint64_t seed) : rng_(seed) {
    std::unordered_set<std::string> seen;
    while (words_.size() < kWords) {
      std::string word = make_word();
      if (seen.insert(word).second) words_.push_back(std::move(word));
    }
    double sum = 0;
    for (size_t rank = 1; rank <= kWords; ++rank)
      cumulative_.push_back(sum += 1 / (static_cast<double>(rank) + 2.7));
    for (size_t c = 0; c < kClusters; ++c) centres_.push_back(normals(1));
  }

  store::Paper next() {
    store::Paper p;
    p.id = fmt::format("{:02}{:02}.{:05}", 7 + count_ / 1200000, 1 + count_ / 100000 % 12,
                       count_ % 100000);
    p.title = text(6 + rng_.integer(7));
    p.abstract = text(90 + rng_.integer(90));
    for (int64_t i = 1 + rng_.integer(5); i > 0; --i)
      p.authors.push_back(words_[word_rank()] + " " + words_[word_rank()]);
    p.listed_at = p.published_at = p.updated_at = 1200000000 + 500 * count_++;
    return p;
  }

  // Two to four words of the paper that are no stop words, as often as the paper says them.
  std::string query(const store::Paper& paper) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : paper.title + " " + paper.abstract + " ")
      if (c == ' ') {
        if (!is_stop_word(word)) words.push_back(word);
        word.clear();
      } else {
        word += c;
      }
    std::string text;
    for (int64_t n = 2 + rng_.integer(3); n > 0; --n)
      text += words[static_cast<size_t>(rng_.integer(static_cast<int64_t>(words.size())))] + " ";
    return text;
  }

  // Of length 1, near one of the centres.
  std::vector<float> vector() {
    std::vector<float> v = normals(0.7f);
    const auto& centre = centres_[static_cast<size_t>(rng_.integer(kClusters))];
    float square = 0;
    for (size_t i = 0; i < v.size(); ++i) v[i] += centre[i], square += v[i] * v[i];
    for (float& x : v) x /= std::sqrt(square);
    return v;
  }

 private:
  std::string make_word() {
    static constexpr std::string_view kConsonants = "bcdfghklmnprstvz", kVowels = "aeiou";
    std::string word;
    for (int64_t syllables = 1 + rng_.integer(4); syllables > 0; --syllables) {
      word += kConsonants[static_cast<size_t>(rng_.integer(16))];
      word += kVowels[static_cast<size_t>(rng_.integer(5))];
      if (rng_.integer(3) == 0) word += kConsonants[static_cast<size_t>(rng_.integer(16))];
    }
    return word;
  }
  size_t word_rank() {
    const double at = rng_.uniform() * cumulative_.back();
    return static_cast<size_t>(std::ranges::lower_bound(cumulative_, at) - cumulative_.begin());
  }
  bool is_stop_word(const std::string& word) const {
    return word.empty() || std::find(words_.begin(), words_.begin() + kStopWords, word) !=
                               words_.begin() + kStopWords;
  }
  std::string text(int64_t length) {
    std::string out;
    for (; length > 0; --length) out += (out.empty() ? "" : " ") + words_[word_rank()];
    return out;
  }
  std::vector<float> normals(float scale) {
    std::vector<float> v;
    for (int64_t i = 0; i < kWidth; ++i) v.push_back(scale * static_cast<float>(rng_.normal()));
    return v;
  }

  Rng rng_;
  std::vector<std::string> words_;
  std::vector<double> cumulative_;
  std::vector<std::vector<float>> centres_;
  int64_t count_ = 0;
};

}  // namespace offprint::benchmarks
