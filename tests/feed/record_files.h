// The same small library in every format that is read, and what comes of it.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "offprint/feed/records.h"

namespace offprint::feed {

struct ReadRecords {
  std::vector<store::Paper> papers;
  std::vector<std::pair<int64_t, std::string>> refused;
};

inline ReadRecords read_with(void (*reader)(std::string_view, const RecordSink&),
                             std::string_view text) {
  ReadRecords read;
  reader(text,
         {[&](store::Paper&& paper, int64_t) {
            read.papers.push_back(std::move(paper));
            return true;
          },
          [&](int64_t line, const std::string& reason) { read.refused.emplace_back(line, reason); },
          [](size_t) {}});
  return read;
}

inline const std::string kAtom = R"(<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
  <title>ArXiv Query</title>
  <entry>
    <id>http://arxiv.org/abs/2312.00752v2</id>
    <updated>2024-05-31T17:59:58Z</updated>
    <published>2023-12-01T18:01:34Z</published>
    <title>Mamba: Linear-Time Sequence
  Modeling</title>
    <summary>  Foundation models &amp; more.
</summary>
    <author><name>Albert Gu</name></author>
    <author><name>Tri Dao</name></author>
    <arxiv:primary_category term="cs.LG"/>
    <category term="cs.LG"/><category term="cs.AI"/>
  </entry>
  <entry>
    <id>http://arxiv.org/api/errors#bad</id>
    <summary>incorrect id format</summary>
  </entry>
</feed>
)";

inline const std::string kOai = R"(<?xml version="1.0"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>
<record><header><identifier>oai:arXiv.org:2312.00752</identifier></header>
<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2312.00752</id>
<created>2023-12-01</created><updated>2024-05-31</updated>
<authors><author><keyname>Gu</keyname><forenames>Albert</forenames></author>
<author><keyname>Dao</keyname><forenames>Tri</forenames><suffix>Jr.</suffix></author></authors>
<title>Mamba</title><categories>cs.LG cs.AI</categories><abstract>Foundation models.</abstract>
</arXiv></metadata></record>
<record><header><identifier>oai:arXiv.org:hep-th/9901001</identifier></header>
<metadata><oai_dc:dc xmlns:oai_dc="u" xmlns:dc="v"><dc:title>Strings</dc:title>
<dc:creator>Witten, Edward</dc:creator><dc:description>On strings.</dc:description>
<dc:description>Comment: This paper has been withdrawn</dc:description>
<dc:date>1999-01-01</dc:date><dc:date>1999-02-01</dc:date>
<dc:identifier>http://arxiv.org/abs/hep-th/9901001</dc:identifier></oai_dc:dc></metadata></record>
<record><header status="deleted"><identifier>oai:arXiv.org:2401.00001</identifier>
<datestamp>2024-02-03</datestamp></header></record>
<record><header><identifier>oai:arXiv.org:2401.00002</identifier></header></record>
</ListRecords></OAI-PMH>
)";

inline const std::string kSnapshot =
    R"({"id":"0704.0001","submitter":"P","authors":"C. Bal\\'azs","title":"Calculation of\n  prompt photons","comments":"37 pages","doi":null,"categories":"hep-ph cs.LG","abstract":"  A fully\ndifferential calculation.\n","versions":[{"version":"v1","created":"Mon, 2 Apr 2007 19:18:42 GMT"},{"version":"v2","created":"Tue, 24 Jul 2007 20:10:27 GMT"}],"update_date":"2008-11-26","authors_parsed":[["Balázs","C.",""],["Yuan","C. -P.","Jr."]]}
{"id":"0704.0002", broken
{"id":"nonsense","title":"T","abstract":"A"}

{"id":"0704.0003","title":7,"abstract":"A"}
{"id":"0704.0004","title":"Gone","abstract":"x","comments":"withdrawn by author","update_date":"2008-11-26"}
)";

inline const std::string kHub = R"([
{"paper": {"id": "2312.00752", "authors": [{"name": "Albert Gu", "hidden": false}, {"name": "Tri Dao"}],
  "publishedAt": "2023-12-01T18:01:34.000Z", "title": "Mamba", "summary": "Models.", "upvotes": 138},
 "publishedAt": "2023-12-04T00:00:00.000Z", "title": "Mamba", "numComments": 7,
 "submittedBy": {"user": "akhaliq", "fullname": "AK"}, "organization": {"fullname": "CMU"},
 "githubRepo": "https://github.com/state-spaces/mamba"},
{"paper": {"id": 5}},
"text",
{"id": "2401.00001", "title": "Flat", "summary": "A ] in a \"string\" {", "publishedAt": "2024-01-01"}
])";

inline const std::string kBibtex = R"(% a comment
@string{neurips = "NeurIPS"}
@article{gu2023mamba, title = {{Mamba}: Linear-Time {S}equence Modeling}, author = "Gu, Albert and Tri Dao and others",
  year = 2023, month = dec, journal = {arXiv preprint arXiv:2312.00752}, abstract = {On $O(n)$ time.}}
@comment{ignored}
@inproceedings(doi, title = "Schr{\"o}dinger" # { bridges}, author = {{Group of Three}}, year = {2021},
  booktitle = neurips, doi = {10.1145/ABC.12})
@misc{none, title = {No id}, year = 2020}
@misc{eprint, title={With eprint}, eprint={2401.00001v3}, primaryclass={cs.CL}, date={2024-01-05}}
@broken{x, title = {never closed
)";

inline const std::string kRis =
    "TY  - JOUR\r\nTI  - Mamba\r\nAU  - Gu, Albert\r\nAU  - Dao, Tri\r\nPY  - 2023/12/01/\r\n"
    "AB  - First line\r\n  and second.\r\nUR  - https://arxiv.org/abs/2312.00752\r\nER  - \r\n\r\n"
    "TY  - BOOK\nT1  - Other\nY1  - 2020\nDO  - 10.1000/182\nER  - \n"
    "TY  - JOUR\nTI  - No id\nER  -\nTY  - JOUR\nTI  - No end\n";

}  // namespace offprint::feed
