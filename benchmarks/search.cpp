// The feed's search. Quality on Cranfield's 225 judged queries: nDCG@10 (gains 2^g - 1) and
// recall@100 of words alone, meaning alone and both; both must reach 0.406 and the better of the
// two. Latency over generated papers, the query's embedding included.
//   search [--papers 10000,100000] [--threads N]
#include "offprint/feed/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <sstream>

#include "benchmarks/scratch_folder.h"
#include "benchmarks/zipf_papers.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/table.h"
#include "offprint/core/tensor.h"
#include "offprint/data/catalog.h"
#include "offprint/store/papers.h"
#include "offprint/store/vectors.h"

using namespace offprint;
namespace fs = std::filesystem;
using feed::SearchKind;

namespace {

constexpr double kBar = 0.406;

// The part of a record after `mark` up to the next mark.
std::string part(const std::string& record, const std::string& mark) {
  const size_t at = record.find("\n" + mark + "\n");
  if (at == record.npos) return "";
  const size_t begin = at + mark.size() + 2;
  size_t end = begin;
  while (end < record.size() &&
         !(record[end] == '\n' && end + 1 < record.size() && record[end + 1] == '.' &&
           end + 3 < record.size() && record[end + 3] == '\n'))
    ++end;
  std::string text = record.substr(begin, end - begin);
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::vector<std::string> records(const fs::path& path) {
  std::string file = "\n" + read_file(path);
  std::erase(file, '\r');
  std::vector<std::string> found;
  for (size_t at = file.find("\n.I "); at != file.npos;) {
    const size_t next = file.find("\n.I ", at + 1);
    found.push_back(file.substr(at, std::min(next, file.size()) - at) + "\n.X\n");
    at = next;
  }
  return found;
}

struct Cranfield {
  std::vector<store::Paper> papers;
  std::vector<std::string> queries;
  std::vector<std::map<std::string, int>> gains;  // by query, paper
};

Cranfield read_cranfield() {
  const fs::path folder = data::require_set("cranfield");
  Cranfield set;
  for (const std::string& record : records(folder / "cran.all.1400")) {
    store::Paper p;
    p.id = std::to_string(set.papers.size() + 1);
    p.title = part(record, ".T"), p.abstract = part(record, ".W");
    p.authors = {part(record, ".A")};
    if (p.title.empty()) p.title = "untitled";
    set.papers.push_back(std::move(p));
  }
  for (const std::string& record : records(folder / "cran.qry"))
    set.queries.push_back(part(record, ".W"));
  set.gains.resize(set.queries.size());
  std::istringstream judgements(read_file(folder / "cranqrel"));
  for (std::string line; std::getline(judgements, line);) {
    std::istringstream fields(line);
    size_t query = 0;
    std::string paper;
    int code = 0;
    if (fields >> query >> paper >> code && query >= 1 && query <= set.queries.size())
      set.gains[query - 1][paper] = code >= 1 && code <= 4 ? 5 - code : 0;
  }
  return set;
}

double discounted(const std::vector<int>& gains) {
  double sum = 0;
  for (size_t i = 0; i < std::min<size_t>(gains.size(), 10); ++i)
    sum += (std::pow(2.0, gains[i]) - 1) / std::log2(static_cast<double>(i) + 2);
  return sum;
}

struct Quality {
  double ndcg = 0, recall = 0;
};

Quality measure(const Cranfield& set, const store::Database& database, const feed::Search& search,
                SearchKind kind) {
  Quality mean;
  double judged = 0;
  for (size_t q = 0; q < set.queries.size(); ++q) {
    std::vector<int> ideal;
    double relevant = 0;
    for (const auto& [paper, gain] : set.gains[q]) {
      ideal.push_back(gain);
      relevant += gain > 0 ? 1 : 0;
    }
    if (relevant == 0) continue;
    std::ranges::sort(ideal, std::greater{});
    std::vector<int64_t> keys;
    for (const auto& hit : search.rank(feed::parse_query(set.queries[q]), {kind, 0, 100}))
      keys.push_back(hit.key);
    if (keys.size() > 100) keys.resize(100);
    std::vector<int> gains;
    double found = 0;
    for (const store::Paper& paper : store::papers_of(database, keys)) {
      const auto gain = set.gains[q].find(paper.id);
      gains.push_back(gain == set.gains[q].end() ? 0 : gain->second);
      found += gains.back() > 0 ? 1 : 0;
    }
    mean.ndcg += discounted(gains) / discounted(ideal);
    mean.recall += found / relevant;
    ++judged;
  }
  return {mean.ndcg / judged, mean.recall / judged};
}

bool quality(const feed::Encoder& encoder) {
  const benchmarks::ScratchFolder folder;
  const Cranfield set = read_cranfield();
  store::Database database((folder.path / "feed.db").string());
  store::put_papers(database, set.papers);
  feed::Meaning meaning(database, encoder);
  Progress silent;
  meaning.embed_new(silent);
  const feed::Search search(database, &meaning);
  TextTable table{
      fmt::format("Cranfield, {} papers, {} queries", set.papers.size(), set.queries.size()),
      {"search", "nDCG@10", "recall@100"},
      {}};
  std::map<SearchKind, double> ndcg;
  for (const auto& [kind, name] : {std::pair{SearchKind::lexical, "words (BM25)"},
                                   std::pair{SearchKind::semantic, "meaning (MiniLM)"},
                                   std::pair{SearchKind::hybrid, "both"}}) {
    const Quality q = measure(set, database, search, kind);
    ndcg[kind] = q.ndcg;
    table.rows.push_back({name, fmt::format("{:.4f}", q.ndcg), fmt::format("{:.4f}", q.recall)});
  }
  fmt::print("{}", table.to_terminal());
  return ndcg[SearchKind::hybrid] >=
         std::max({kBar, ndcg[SearchKind::lexical], ndcg[SearchKind::semantic]});
}

// p50 and p99 in milliseconds.
std::string latency(const feed::Search& search, const std::vector<std::string>& queries,
                    SearchKind kind) {
  std::vector<double> milliseconds;
  for (const std::string& query : queries) {
    const Stopwatch watch;
    search.find(feed::parse_query(query), {kind, 0, 20});
    milliseconds.push_back(1e3 * watch.seconds());
  }
  std::ranges::sort(milliseconds);
  const size_t n = milliseconds.size();
  return fmt::format("{:.2f} / {:.2f}", milliseconds[n / 2], milliseconds[n * 99 / 100]);
}

void fill(store::Database& database, benchmarks::ZipfPapers& source, int64_t count,
          std::vector<std::string>& queries) {
  const int64_t every = std::max<int64_t>(count / 1000, 1);
  for (int64_t done = 0; done < count;) {
    std::vector<store::Paper> papers;
    std::vector<store::PaperVector> vectors;
    for (; papers.size() < 5000 && done < count; ++done) {
      papers.push_back(source.next());
      vectors.push_back({done + 1, feed::pack_vector(source.vector())});
      if (done % every == 0) queries.push_back(source.query(papers.back()));
    }
    store::put_papers(database, papers);
    store::put_vectors(database, vectors);
  }
}

void speed(const feed::Encoder& encoder, int64_t count) {
  const benchmarks::ScratchFolder folder;
  const std::string path = (folder.path / "feed.db").string();
  std::vector<std::string> queries;
  const Stopwatch filling;
  {
    store::Database database(path);
    benchmarks::ZipfPapers source(1);
    fill(database, source, count, queries);
  }
  const double fill_seconds = filling.seconds();
  store::Database database(path);
  const Stopwatch building;
  { feed::Meaning(database, encoder, folder.path / "graph").save(); }
  const double build_seconds = building.seconds();
  const Stopwatch starting;
  const feed::Meaning meaning(database, encoder, folder.path / "graph");
  const double start_seconds = starting.seconds();
  const feed::Search search(database, &meaning);
  for (size_t i = 0; i < std::min<size_t>(queries.size(), 20); ++i)
    search.find(feed::parse_query(queries[i]), {});  // pages of the file come in
  fmt::print(
      "{} papers: words p50/p99 {} ms; both, embedding the query included, {} ms; filled in {:.1f} "
      "s, graph built in {:.1f} s, loaded in {:.2f} s; peak {:.0f} MiB\n",
      count, latency(search, queries, SearchKind::lexical),
      latency(search, queries, SearchKind::hybrid), fill_seconds, build_seconds, start_seconds,
      peak_memory_mib());
}

int run(int argc, char** argv) {
  std::string counts = "10000,100000";
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view flag = argv[i];
    if (flag == "--papers")
      counts = argv[i + 1];
    else if (flag == "--threads")
      at::set_num_threads(std::atoi(argv[i + 1]));
    else
      fail("'{}', expected --papers N,N or --threads N", flag);
  }
  const feed::Encoder encoder = feed::minilm_encoder();
  const bool good = quality(encoder);
  std::istringstream list(counts);
  for (std::string count; std::getline(list, count, ',');)
    if (const int64_t n = std::atoll(count.c_str()); n > 0) speed(encoder, n);
  fmt::print("search: both {} 0.406 and the better of the two on Cranfield\n",
             good ? "reach" : "miss");
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
