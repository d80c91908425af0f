// Where run cards stay between runs: a folder of JSON files, one for each paper, scale, seed and
// set of options; a new run of the same replaces the old card.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/papers/run_card.h"

namespace offprint::papers {

// $OFFPRINT_HOME, else $XDG_DATA_HOME/offprint, else ~/.local/share/offprint: what the program
// keeps. Error where none of the variables names a folder.
std::filesystem::path home_folder();

class CardShelf {
 public:
  // <folder>/cards; it need not exist.
  explicit CardShelf(const std::filesystem::path& folder = home_folder())
      : folder_(folder / "cards") {}

  std::filesystem::path put(const RunCard& card) const;  // atomic; the file. Error

  struct Contents {
    std::vector<RunCard> cards;         // newest first
    std::vector<std::string> problems;  // a line for each file that is no card
  };
  Contents all() const;
  Contents of(std::string_view slug) const;

  // Changes whenever a card was put or removed; cheap.
  int64_t stamp() const;

  // Of that slug: the one of the largest scale, the newest among those. Skips broken files.
  std::optional<RunCard> best(std::string_view slug) const;

 private:
  Contents read(const std::filesystem::path& folder) const;
  std::filesystem::path folder_;
};

}  // namespace offprint::papers
