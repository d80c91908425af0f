#include "offprint/feed/arxiv_id.h"

#include <doctest/doctest.h>

using namespace offprint::feed;

TEST_CASE("arXiv ids: both forms, with and without version, from names and addresses") {
  CHECK(parse_arxiv_id("2312.00752") == ArxivId{"2312.00752", 0});
  CHECK(parse_arxiv_id(" arXiv:2312.00752v12\n") == ArxivId{"2312.00752", 12});
  CHECK(parse_arxiv_id("0704.0001v2") == ArxivId{"0704.0001", 2});
  CHECK(parse_arxiv_id("hep-th/9901001v3") == ArxivId{"hep-th/9901001", 3});
  CHECK(parse_arxiv_id("math.GT/0309136") == ArxivId{"math.GT/0309136", 0});
  CHECK(parse_arxiv_id("oai:arXiv.org:solv-int/9901001") == ArxivId{"solv-int/9901001", 0});
  for (const char* url :
       {"http://arxiv.org/abs/2312.00752v1", "https://www.arxiv.org/abs/2312.00752v1",
        "https://arxiv.org/pdf/2312.00752v1.pdf", "arxiv.org/html/2312.00752v1#S2"})
    CHECK(parse_arxiv_id(url) == ArxivId{"2312.00752", 1});
  CHECK(arxiv_page("2312.00752") == "https://arxiv.org/abs/2312.00752");
}

TEST_CASE("arXiv ids: anything else is none") {
  for (const char* text :
       {"", "2312", "2312.007", "2313.00752", "2300.00752", "231.000752", "2312.00752v",
        "2312.00752x", "2312.007521", "hep-th/990100", "hep-th/9913001", "/9901001", "a/b/9901001",
        "10.1000/182", "https://example.org/abs/2312.00752", "2312.00752v99999", "../2312.00752"})
    CHECK_MESSAGE(!parse_arxiv_id(text), text);
}

TEST_CASE("DOIs: from names and addresses, in lower case") {
  CHECK(parse_doi("https://doi.org/10.1145/ABC.12") == "10.1145/abc.12");
  CHECK(parse_doi("doi: 10.1000/182") == "10.1000/182");
  for (const char* text :
       {"", "10.1", "10.1000/", "11.1000/182", "10.1000/a b", "https://x.org/10.1000/1"})
    CHECK_MESSAGE(!parse_doi(text), text);
}
