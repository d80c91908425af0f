// Names of papers on arXiv: "2312.00752", "hep-th/9901001", "math.GT/0309136".
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offprint::feed {

struct ArxivId {
  std::string id;       // without version
  int64_t version = 0;  // 0: not said
  bool operator==(const ArxivId&) const = default;
};

// Reads "2312.00752", "2312.00752v2", "arXiv:2312.00752", "oai:arXiv.org:hep-th/9901001" and
// addresses of its pages and PDFs. Nothing where the text is anything else.
std::optional<ArxivId> parse_arxiv_id(std::string_view text);

// "https://arxiv.org/abs/ID"
std::string arxiv_page(const std::string& id);
std::string arxiv_pdf(const std::string& id);
// Where arXiv's API answers what records.h reads (read_arxiv_atom).
std::string arxiv_query(const std::string& id);

// The DOI in "10.1000/182", "doi:10.1000/182" or "https://doi.org/10.1000/182", in lower case.
std::optional<std::string> parse_doi(std::string_view text);

}  // namespace offprint::feed
