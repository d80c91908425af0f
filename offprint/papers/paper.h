// A paper of the catalog: what it claims, our bars, and how to measure them.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/options.h"
#include "offprint/core/progress.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers {

// quick <= 45 s, standard <= 10 min, full: the paper's own scale (same code; user's data, weights,
// hardware).
enum class Scale { quick, standard, full };
std::string_view scale_name(Scale scale);
Scale parse_scale(std::string_view text);  // Error names the three

enum class Direction { at_least, at_most };
enum class ClaimKind { headline, trend, identity };
std::string_view direction_name(Direction direction);  // "at least", "at most"
std::string_view kind_name(ClaimKind kind);

// One claim before it is measured. A bar that is unset at a scale is "not at this scale" there.
struct Claim {
  std::string id;          // "recurrent-equals-convolution"
  std::string statement;   // one sentence, measurable
  std::string paper;       // the paper's figure as printed there; "none" for our own identities
  bool confirmed = false;  // the paper's figure was looked up in the paper or its repository
  std::string source;      // "section 5.2, table 3"
  std::string setting;     // the paper's setting: data, size
  std::string unit;        // "% accuracy", "relative L2", "x"
  Direction direction = Direction::at_most;
  ClaimKind kind = ClaimKind::headline;
  std::optional<double> quick, standard, full;  // our bars

  std::optional<double> bar(Scale scale) const;
};

// A check of our own on generated data, with its bars at quick and at the larger scales; and what
// becomes of it where the paper prints a figure that was not looked up.
Claim own_claim(std::string id, std::string statement, std::string unit, Direction direction,
                std::optional<double> quick, std::optional<double> standard, ClaimKind kind);
Claim of_paper(Claim claim, std::string figure, std::string source, std::string setting);

struct RunRequest {
  Scale scale = Scale::quick;
  uint64_t seed = 1;
  std::string device = "cpu";
  std::string data =
      {};  // a user's folder for sets the paper needs; empty: the catalogue's look-up
  Json options = Json::object();  // recipe options by name, checked by the recipe's own visit
};

// A row of the catalog: all the house knows of a paper.
struct Paper {
  std::string slug, arxiv, title;
  std::vector<std::string> authors;  // as far as known, in order; author_count counts all
  int author_count = 0;
  std::string organisation;                  // instead of authors where the founding page shows one
  std::string published;                     // "2022-06-23"
  int comments = 0;                          // on the founding page
  std::string topic;                         // "sequence models"
  std::string code;                          // authors' repository "owner/name", may be empty
  std::string licence;                       // of that code, may be empty
  std::string summary;                       // our own two sentences
  std::vector<Claim> (*claims)() = nullptr;  // null: does not run yet
  RunCard (*run)(const RunRequest&, Progress&) = nullptr;
  std::vector<OptionInfo> (*options)(Scale) = nullptr;  // of the recipe, with its defaults there

  bool runs() const { return run != nullptr; }
};

std::span<const Paper> catalog();                // the 41 founding papers in feed order
const Paper& find_paper(std::string_view slug);  // Error with the nearest slug as a suggestion

}  // namespace offprint::papers
