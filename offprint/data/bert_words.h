// How BERT cuts text into words before WordPiece: cleaning, accents off, lower case, each
// punctuation mark and each Chinese character a word of its own. Devlin et al. 2019 (arXiv
// 1810.04805), the authors' BasicTokenizer, in the form that today's trained vocabularies are used
// with: character classes of Unicode 8, canonical decomposition of Unicode 12.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offprint::data {

struct BertWordsOptions {
  bool clean = true;          // drop control characters, make every kind of space one kind
  bool split_chinese = true;  // each CJK ideograph is a word
  bool strip_accents = true;  // decompose, then drop non-spacing marks
  bool lower_case = true;
};

struct BertWord {
  std::string text;        // UTF-8
  int64_t characters = 0;  // code points of text
};

// Never fails: a byte that is no UTF-8 counts as U+FFFD, which cleaning drops.
std::vector<BertWord> bert_words(std::string_view text, const BertWordsOptions& options = {});

}  // namespace offprint::data
