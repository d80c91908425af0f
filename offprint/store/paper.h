// A paper as the feed keeps it. Times are seconds since 1970 UTC.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace offprint::store {

struct Link {
  std::string kind;  // "abstract", "pdf", "code", "project", ...
  std::string url;
  bool operator==(const Link&) const = default;
};

struct Paper {
  int64_t key = 0;   // the store's own number of it; 0 until it is stored
  std::string id;    // arXiv id without version, "2312.00752" or "hep-th/9901001"; for a paper
                     // that is not there "doi:10.1000/182", else its slug
  std::string slug;  // "mamba"; empty for most
  std::string title;
  std::vector<std::string> authors;  // as far as known, in order
  int64_t author_count = 0;          // at least authors.size()
  std::string organisation;
  std::string summary;                      // ours
  std::string abstract;                     // its authors'
  int64_t published_at = 0, listed_at = 0;  // first version; entered the list
  int64_t updated_at = 0;                   // newest version
  int64_t version = 0;                      // of the newest version; 0: unknown
  std::vector<std::string> categories;      // "cs.LG"
  std::string topic;                        // "sequence models"
  std::vector<Link> links;
  std::string submitter;  // who listed it
  bool withdrawn = false;

  // What it brought from elsewhere, renewed by each import.
  int64_t votes_elsewhere = 0, comments_elsewhere = 0;
  // Kept by the store, ignored when a paper is put: the former and ours together, whether the
  // paper runs here, and the verdicts of its latest run with their time (0: never ran).
  int64_t upvotes = 0, comment_count = 0;
  bool runs = false;
  int64_t holds = 0, fails = 0, verdicts_at = 0;

  bool operator==(const Paper&) const = default;
};

}  // namespace offprint::store
