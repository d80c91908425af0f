#include "offprint/feed/bibtex.h"
#include "offprint/feed/ris.h"
#include "tests/data/scratch.h"
#include "tests/feed/record_files.h"

using namespace offprint;
using namespace offprint::feed;

namespace {
store::Paper sample() {
  store::Paper p;
  p.id = "2312.00752", p.slug = "mamba", p.title = "Mamba: 100% of $O(n_{1})$ & more_than #1";
  p.authors = {"Albert Gu", "Aad van der Vaart", "Jürgen Müller"}, p.author_count = 3;
  p.published_at = 1701388800;  // 2023-12-01
  p.categories = {"cs.LG"};
  return p;
}
}  // namespace

TEST_CASE("BibTeX: an entry is as written by hand") {
  CHECK(bibtex(sample()) ==
        "@misc{mamba,\n  title = {Mamba: 100\\% of $O(n_{1})$ \\& more\\_than \\#1},\n"
        "  author = {Gu, Albert and van der Vaart, Aad and Müller, Jürgen},\n  year = {2023},\n"
        "  date = {2023-12-01},\n  eprint = {2312.00752},\n  archiveprefix = {arXiv},\n"
        "  primaryclass = {cs.LG},\n  url = {https://arxiv.org/abs/2312.00752},\n}\n");
  CHECK(bibtex_key("hep-th/9901001") == "hep-th-9901001");
  CHECK(bibtex_key("doi:10.1/a{b},c") == "doi:10.1-a-b--c");
}

TEST_CASE("BibTeX and RIS: what is written reads back") {
  store::Paper doi = sample(), group = sample();
  doi.id = "doi:10.1145/abc.12";
  group.authors.clear(), group.author_count = 0, group.organisation = "Group, Inc. and Sons";
  for (const store::Paper& p : {sample(), doi}) {
    const auto from_bibtex = read_with(read_bibtex, bibtex(p));
    const auto from_ris = read_with(read_ris, ris(p));
    CHECK(from_bibtex.refused.empty());
    CHECK(from_ris.refused.empty());
    for (const auto& read : {from_bibtex, from_ris}) {
      REQUIRE(read.papers.size() == 1);
      CHECK(read.papers[0].id == p.id);
      CHECK(read.papers[0].title == p.title);
      CHECK(read.papers[0].authors == p.authors);
      CHECK(read.papers[0].published_at == p.published_at);
    }
  }
  CHECK(read_with(read_bibtex, bibtex(group)).papers[0].authors ==
        std::vector<std::string>{"Group, Inc. and Sons"});
}

TEST_CASE("BibTeX and RIS: a title cannot end its field or begin a record") {
  store::Paper p = sample();
  p.title = "evil}, author = {Mallory\nER  - \nTY  - X";
  const auto from_bibtex = read_with(read_bibtex, bibtex(p));
  REQUIRE(from_bibtex.papers.size() == 1);
  CHECK(from_bibtex.papers[0].authors == p.authors);
  const auto from_ris = read_with(read_ris, ris(p));
  REQUIRE(from_ris.papers.size() == 1);
  CHECK(from_ris.papers[0].authors == p.authors);
}
