#include "offprint/feed/records.h"

#include "offprint/data/timestamp.h"
#include "tests/data/scratch.h"
#include "tests/feed/record_files.h"

using namespace offprint;
using namespace offprint::feed;

namespace {
using Names = std::vector<std::string>;
using Refused = std::vector<std::pair<int64_t, std::string>>;
int64_t seconds(std::string_view text) { return static_cast<int64_t>(*data::parse_time(text)); }
}  // namespace

TEST_CASE("arXiv Atom: an entry is a paper, an error is refused with arXiv's words") {
  const auto [papers, refused] = read_with(read_arxiv_atom, kAtom);
  REQUIRE(papers.size() == 1);
  const store::Paper& p = papers[0];
  CHECK(p.id == "2312.00752");
  CHECK(p.version == 2);
  CHECK(p.title == "Mamba: Linear-Time Sequence Modeling");
  CHECK(p.abstract == "Foundation models & more.");
  CHECK(p.authors == Names{"Albert Gu", "Tri Dao"});
  CHECK(p.author_count == 2);
  CHECK(p.published_at == seconds("2023-12-01T18:01:34Z"));
  CHECK(p.listed_at == p.published_at);
  CHECK(p.updated_at == seconds("2024-05-31T17:59:58Z"));
  CHECK(p.categories == Names{"cs.LG", "cs.AI"});
  CHECK(p.links[0] == store::Link{"abstract", "https://arxiv.org/abs/2312.00752"});
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].first == 17);
  CHECK(refused[0].second == "arXiv answers: incorrect id format");
}

TEST_CASE("OAI-PMH: both kinds of metadata, deleted records, records without any") {
  const auto [papers, refused] = read_with(read_oai_pmh, kOai);
  REQUIRE(papers.size() == 3);
  CHECK(papers[0].authors == Names{"Albert Gu", "Tri Dao, Jr."});
  CHECK(papers[0].updated_at == seconds("2024-05-31"));
  CHECK(papers[1].id == "hep-th/9901001");
  CHECK(papers[1].authors == Names{"Edward Witten"});
  CHECK(papers[1].abstract == "On strings.");
  CHECK(papers[1].withdrawn);
  CHECK(papers[1].published_at == seconds("1999-01-01"));
  CHECK(papers[1].updated_at == seconds("1999-02-01"));
  CHECK(papers[2].withdrawn);
  CHECK(papers[2].title.empty());
  CHECK(refused == Refused{{18, "no metadata"}});
}

TEST_CASE("arXiv snapshot: versions date a paper, bad lines are refused by number") {
  const auto [papers, refused] = read_with(read_arxiv_snapshot, kSnapshot);
  REQUIRE(papers.size() == 2);
  const store::Paper& p = papers[0];
  CHECK(p.id == "0704.0001");
  CHECK(p.title == "Calculation of prompt photons");
  CHECK(p.authors == Names{"C. Balázs", "C. -P. Yuan, Jr."});
  CHECK(p.version == 2);
  CHECK(p.published_at == 1175541522);
  CHECK(p.updated_at == seconds("2007-07-24T20:10:27Z"));
  CHECK(!p.withdrawn);
  CHECK(papers[1].withdrawn);
  CHECK(refused == Refused{{2, "column 20: no JSON"},
                           {3, "no arXiv id: 'nonsense'"},
                           {5, "'title' is a number, expected a string"}});
}

TEST_CASE("hub papers: listing outside, paper inside, flat ones too; what is neither is refused") {
  const auto [papers, refused] = read_with(read_hub_papers, kHub);
  REQUIRE(papers.size() == 2);
  const store::Paper& p = papers[0];
  CHECK(p.listed_at == seconds("2023-12-04"));
  CHECK(p.published_at == seconds("2023-12-01T18:01:34Z"));
  CHECK(p.votes_elsewhere == 138);
  CHECK(p.comments_elsewhere == 7);
  CHECK(p.submitter == "akhaliq");
  CHECK(p.organisation == "CMU");
  CHECK(p.authors == Names{"Albert Gu", "Tri Dao"});
  CHECK(papers[1].abstract == "A ] in a \"string\" {");
  CHECK(refused ==
        Refused{{7, "'id' is a number, expected a string"}, {8, "a string, expected an object"}});
}

TEST_CASE("BibTeX: strings, joins, braces, accents and where an id may hide") {
  const auto [papers, refused] = read_with(read_bibtex, kBibtex);
  REQUIRE(papers.size() == 3);
  CHECK(papers[0].id == "2312.00752");
  CHECK(papers[0].title == "Mamba: Linear-Time Sequence Modeling");
  CHECK(papers[0].authors == Names{"Albert Gu", "Tri Dao"});
  CHECK(papers[0].published_at == seconds("2023-12-01"));
  CHECK(papers[0].abstract == "On $O(n)$ time.");
  CHECK(papers[1].id == "doi:10.1145/abc.12");
  CHECK(papers[1].title == "Schrödinger bridges");
  CHECK(papers[1].authors == Names{"Group of Three"});
  CHECK(papers[1].published_at == seconds("2021-01-01"));
  CHECK(papers[2].id == "2401.00001");
  CHECK(papers[2].version == 3);
  CHECK(papers[2].published_at == seconds("2024-01-05"));
  CHECK(refused == Refused{{8, "no arXiv id and no DOI"}, {10, "'}' missing at the end"}});
}

TEST_CASE("RIS: long values go on, records need an end and an id") {
  const auto [papers, refused] = read_with(read_ris, kRis);
  REQUIRE(papers.size() == 2);
  CHECK(papers[0].id == "2312.00752");
  CHECK(papers[0].authors == Names{"Albert Gu", "Tri Dao"});
  CHECK(papers[0].abstract == "First line and second.");
  CHECK(papers[0].published_at == seconds("2023-12-01"));
  CHECK(papers[1].id == "doi:10.1000/182");
  CHECK(papers[1].published_at == seconds("2020-01-01"));
  CHECK(refused == Refused{{16, "no arXiv id and no DOI"},
                           {19, "a record without its end, expected a line 'ER  -'"}});
}

TEST_CASE("records: damaged files of every format are read or refused, none ends the program") {
  const std::vector<std::pair<void (*)(std::string_view, const RecordSink&), std::string>> files = {
      {read_arxiv_atom, kAtom}, {read_oai_pmh, kOai},   {read_arxiv_snapshot, kSnapshot},
      {read_hub_papers, kHub},  {read_bibtex, kBibtex}, {read_ris, kRis}};
  Rng rng(11);
  int64_t refused = 0;
  for (const auto& [reader, text] : files)
    for (int i = 0; i < 1000; ++i) {
      try {
        const ReadRecords read = read_with(reader, data::damaged(text, rng));
        refused += static_cast<int64_t>(read.refused.size());
        for (const store::Paper& p : read.papers) REQUIRE(!p.id.empty());
      } catch (const Error& error) {  // XML that is not well formed
        ++refused;
        REQUIRE(std::string(error.what()).find('\n') == std::string::npos);
      }
    }
  CHECK(refused > 1000);
}
