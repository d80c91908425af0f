// An encoder without weights: a text's letters counted, scaled to length 1; texts that share
// letters are near.
#pragma once
#include <cmath>

#include "offprint/feed/meaning.h"

namespace offprint::feed {

inline Encoder toy_encoder(std::string name = "letters") {
  const auto embed = [](std::span<const std::string> texts) {
    std::vector<float> rows;
    for (const std::string& text : texts) {
      std::vector<float> counts(26);
      for (const char c : text)
        if ((c | 32) >= 'a' && (c | 32) <= 'z') counts[static_cast<size_t>((c | 32) - 'a')] += 1;
      float square = 1e-12f;
      for (const float count : counts) square += count * count;
      for (const float count : counts) rows.push_back(count / std::sqrt(square));
    }
    return rows;
  };
  return {std::move(name), 26, embed};
}

}  // namespace offprint::feed
