// The feed with many generated papers: search by words and by both (the query's embedding
// included), the server's start, and requests a second for its front page from wrk's 64
// connections. The bars, for a million on two cores: words p50 2 ms and p99 5 ms, both p99 15 ms,
// start 5 s, 2000 requests a second, 3 GiB. Ends with status 1 where one is missed.
//   feed-scale [--papers 41,100000,1000000]
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "benchmarks/interleave.h"
#include "benchmarks/scratch_folder.h"
#include "benchmarks/zipf_papers.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/table.h"
#include "offprint/feed/search.h"
#include "offprint/store/papers.h"
#include "offprint/store/vectors.h"

using namespace offprint;
namespace fs = std::filesystem;
using feed::SearchKind;

namespace {

struct Latency {
  double p50 = 0, p99 = 0;  // milliseconds
};

Latency latency(const feed::Search& search, const std::vector<std::string>& queries,
                SearchKind kind) {
  std::vector<double> milliseconds;
  for (const std::string& query : queries) {
    const Stopwatch watch;
    search.find(feed::parse_query(query), {kind, 0, 20});
    milliseconds.push_back(1e3 * watch.seconds());
  }
  std::ranges::sort(milliseconds);
  const size_t n = milliseconds.size();
  return {milliseconds[n / 2], milliseconds[n * 99 / 100]};
}

// Queries: one for every thousandth part of the papers.
std::vector<std::string> fill(store::Database& database, int64_t count) {
  benchmarks::ZipfPapers source(1);
  std::vector<std::string> queries;
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
  return queries;
}

std::string output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  require(pipe != nullptr, "feed-scale: {} cannot be started", command);
  std::string output;
  std::array<char, 4096> part;
  for (size_t n; (n = fread(part.data(), 1, part.size(), pipe)) > 0;) output.append(part.data(), n);
  pclose(pipe);
  return output;
}

double number_behind(const std::string& text, const std::string& words) {
  const size_t at = text.find(words);
  return at == text.npos ? NAN : std::atof(text.c_str() + at + words.size());
}

// `offprint serve` from this build on the folder, a process of its own.
class Server {
 public:
  explicit Server(const fs::path& folder) : log_(folder / "server.log") {
    const fs::path program =
        fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "offprint";
    child_ = fork();
    require(child_ >= 0, "feed-scale: no process for the server");
    if (child_ == 0) {
      const int log = open(log_.c_str(), O_CREAT | O_WRONLY, 0600);
      dup2(log, STDERR_FILENO);
      execl(program.c_str(), "offprint", "serve", "--port", "0", "--data-dir", folder.c_str(),
            nullptr);
      _exit(127);
    }
    const Stopwatch watch;
    for (std::string text; address_.empty(); usleep(1000)) {
      require(waitpid(child_, nullptr, WNOHANG) == 0 && watch.seconds() < 600,
              "feed-scale: {} serve did not start", program.string());
      text = fs::exists(log_) ? read_file(log_) : "";
      const size_t begin = text.find("http://"), end = text.find(' ', begin);
      if (begin != text.npos && end != text.npos) address_ = text.substr(begin, end - begin);
    }
    start_seconds_ = watch.seconds();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    kill(child_, SIGTERM);
    waitpid(child_, nullptr, 0);
  }

  const std::string& address() const { return address_; }
  double start_seconds() const { return start_seconds_; }
  double peak_mib() const {
    return number_behind(read_file(fmt::format("/proc/{}/status", child_)), "VmHWM:") / 1024;
  }

 private:
  fs::path log_;
  pid_t child_ = 0;
  std::string address_;
  double start_seconds_ = 0;
};

double requests_per_second(const std::string& url) {
  const std::string said = output_of(fmt::format("wrk -t1 -c64 -d10s '{}' 2>&1", url));
  const double rate = number_behind(said, "Requests/sec:");
  require(!std::isnan(rate), "feed-scale: wrk said '{}'; apt-get install wrk", said.substr(0, 80));
  require(said.find("Non-2xx") == said.npos, "feed-scale: {} was refused: {}", url, said);
  return rate;
}

// Whether the bars were met; one row of the table.
bool measure(const feed::Encoder& encoder, int64_t count, TextTable& table) {
  const benchmarks::ScratchFolder folder;
  const std::string path = (folder.path / "offprint.sqlite").string();
  const Stopwatch filling;
  const std::vector<std::string> queries = [&] {
    store::Database database(path);
    return fill(database, count);
  }();
  const double fill_seconds = filling.seconds();
  Latency words, both;
  double graph_seconds = 0;
  {
    store::Database database(path);
    const Stopwatch building;
    const feed::Meaning meaning(database, encoder, folder.path / "meaning.index");
    meaning.save();
    graph_seconds = building.seconds();
    const feed::Search search(database, &meaning);
    for (size_t i = 0; i < std::min<size_t>(queries.size(), 20); ++i)
      search.find(feed::parse_query(queries[i]), {});  // pages of the file come in
    words = latency(search, queries, SearchKind::lexical);
    both = latency(search, queries, SearchKind::hybrid);
  }
  const Server server(folder.path);
  const double front = requests_per_second(server.address() + "/");
  const double peak = server.peak_mib();
  table.rows.push_back({fmt::format("{}", count),
                        fmt::format("{:.2f} / {:.2f}", words.p50, words.p99),
                        fmt::format("{:.2f} / {:.2f}", both.p50, both.p99),
                        fmt::format("{:.2f}", server.start_seconds()), fmt::format("{:.0f}", front),
                        fmt::format("{:.0f}", peak), fmt::format("{:.0f}", fill_seconds),
                        fmt::format("{:.0f}", graph_seconds)});
  return words.p50 <= 2 && words.p99 <= 5 && both.p99 <= 15 && server.start_seconds() <= 5 &&
         front >= 2000 && peak <= 3072;
}

int run(int argc, char** argv) {
  std::string counts = "41,100000,1000000";
  if (argc == 3 && std::string_view(argv[1]) == "--papers")
    counts = argv[2];
  else
    require(argc == 1, "'{}', expected --papers N,N", argv[1]);
  const feed::Encoder encoder = feed::minilm_encoder();
  TextTable table{"The feed with many papers",
                  {"papers", "words p50 / p99 [ms]", "both p50 / p99 [ms]", "start [s]",
                   "front page [1/s]", "peak [MiB]", "filled in [s]", "graph in [s]"},
                  {}};
  bool good = true;
  std::istringstream list(counts);
  for (std::string count; std::getline(list, count, ',');) {
    const int64_t papers = std::atoll(count.c_str());
    require(papers > 0, "feed-scale: '{}' papers, expected a positive number", count);
    good = measure(encoder, papers, table) && good;
  }
  fmt::print("{}feed-scale: {}\n", table.to_terminal(),
             good ? "every bar is met" : "a bar is missed");
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
