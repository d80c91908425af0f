// Import of generated arXiv records with one corrupted line in a hundred: once into an empty store,
// once more over itself, which must change nothing. The bar for a million: 180 s.
//   import [--papers 1000000]
#include "offprint/feed/import.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "benchmarks/interleave.h"
#include "benchmarks/scratch_folder.h"
#include "benchmarks/zipf_papers.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/json.h"

using namespace offprint;
namespace fs = std::filesystem;

namespace {

constexpr int64_t kCorruptedEvery = 100;

Json record_of(const store::Paper& p) {
  Json authors = Json::array();
  for (const std::string& name : p.authors) {
    const size_t space = name.find(' ');
    authors.push_back({name.substr(space + 1), name.substr(0, space), ""});
  }
  return {{"id", p.id},
          {"title", p.title},
          {"comments", nullptr},
          {"categories", "cs.LG cs.AI"},
          {"abstract", p.abstract},
          {"versions", {{{"version", "v1"}, {"created", "Mon, 2 Apr 2007 19:18:42 GMT"}}}},
          {"update_date", "2008-11-26"},
          {"authors_parsed", authors}};
}

void write_records(const fs::path& path, int64_t count) {
  benchmarks::ZipfPapers source(1);
  std::ofstream out(path, std::ios::binary);
  for (int64_t i = 0; i < count; ++i) {
    std::string line = json_text(record_of(source.next()));
    if (i % kCorruptedEvery == 0) line.resize(line.size() / 2);
    out << line << '\n';
  }
  require(out.good(), "import: {} could not be written", path.string());
}

// Seconds.
double import_once(store::Database& database, const fs::path& path, const char* what,
                   feed::ImportCount& count) {
  Progress silent;
  const Stopwatch watch;
  count = feed::import_file(database, path, {}, silent);
  const double seconds = watch.seconds();
  fmt::print("{}: {:.1f} s; {} added, {} changed, {} unchanged, {} rejected; peak {:.0f} MiB\n",
             what, seconds, count.put.added, count.put.changed, count.put.unchanged, count.rejected,
             peak_memory_mib());
  std::fflush(stdout);
  return seconds;
}

int run(int argc, char** argv) {
  int64_t papers = 1000000;
  if (argc == 3 && std::string_view(argv[1]) == "--papers") papers = std::atoll(argv[2]);
  require(argc == 1 || (argc == 3 && papers > 0), "expected --papers N");
  const benchmarks::ScratchFolder folder;
  const fs::path file = folder.path / "records.jsonl";
  write_records(file, papers);
  fmt::print("{} records, {} MiB\n", papers, fs::file_size(file) >> 20);
  feed::ImportCount first, second;
  double seconds = 0;
  {
    store::Database database((folder.path / "feed.db").string());
    seconds = import_once(database, file, "first", first);
    import_once(database, file, "second", second);
  }
  fmt::print("store: {} MiB\n", fs::file_size(folder.path / "feed.db") >> 20);
  const int64_t corrupted = (papers + kCorruptedEvery - 1) / kCorruptedEvery;
  const bool good = first.put.added == papers - corrupted && first.rejected == corrupted &&
                    second.put.unchanged == papers - corrupted;
  const double bar = 180.0 * static_cast<double>(papers) / 1e6;
  fmt::print("import: {:.0f} records/s, {:.0f} s a million; {}\n",
             static_cast<double>(papers) / seconds, 1e6 * seconds / static_cast<double>(papers),
             !good            ? "wrong counts"
             : seconds <= bar ? "within the bar"
                              : "beyond the bar of 180 s a million");
  return good && seconds <= bar ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
