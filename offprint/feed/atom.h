// The feed as Atom (RFC 4287), for readers of feeds.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "offprint/store/paper.h"

namespace offprint::feed {

struct AtomFeed {
  std::string title;       // "Offprint: daily papers"
  std::string site;        // "http://localhost:8400", without a slash at its end
  std::string self;        // path of the feed itself: "/atom.xml"
  int64_t updated_at = 0;  // of a feed without papers
};

// Entries link to the papers' pages on the site; their ids stay the same when the site moves.
std::string atom_xml(const AtomFeed& feed, std::span<const store::Paper> papers);

// "/papers/mamba", "/papers/2312.00752": where the site shows a paper.
std::string paper_path(const store::Paper& paper);
// An address made safe inside a path: all but letters, digits and "-._~/:" as %XX.
std::string path_text(std::string_view text);

}  // namespace offprint::feed
