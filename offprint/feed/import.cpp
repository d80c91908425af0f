#include "offprint/feed/import.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/json.h"
#include "offprint/data/text_file.h"
#include "offprint/feed/records.h"
#include "offprint/feed/xml_records.h"

namespace offprint::feed {
namespace {

// Papers of one transaction, and how many such lie ready while the store is busy.
constexpr size_t kBatch = 10000, kMostWaiting = 2;
constexpr size_t kKeptRejects = 1000000;
constexpr size_t kBytesPerReport = 1 << 20;

struct Format {
  ImportFormat format;
  std::string_view name;
  void (*read)(std::string_view, const RecordSink&);
};
constexpr auto kFormats = std::to_array<Format>({
    {ImportFormat::arxiv_atom, "arxiv-atom", read_arxiv_atom},
    {ImportFormat::oai_pmh, "oai-pmh", read_oai_pmh},
    {ImportFormat::arxiv_snapshot, "arxiv-snapshot", read_arxiv_snapshot},
    {ImportFormat::hub_papers, "hub-papers", read_hub_papers},
    {ImportFormat::bibtex, "bibtex", read_bibtex},
    {ImportFormat::ris, "ris", read_ris},
});

const Format& row_of(ImportFormat format) {
  return *std::ranges::find(kFormats, format, &Format::format);
}

// Puts batches into the store while the reader goes on. What the store throws, add() or finish()
// throws.
class PutInBackground {
 public:
  explicit PutInBackground(store::Database& database)
      : database_(database), thread_([this] { run(); }) {}
  ~PutInBackground() {
    if (thread_.joinable()) close();
  }

  void add(std::vector<store::Paper> batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() < kMostWaiting || failure_; });
    if (failure_) std::rethrow_exception(failure_);
    waiting_.push_back(std::move(batch));
    changed_.notify_all();
  }
  store::PutCount finish() {
    close();
    if (failure_) std::rethrow_exception(failure_);
    return count_;
  }

 private:
  void close() {
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void run() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return !waiting_.empty() || closed_; });
      if (waiting_.empty()) return;
      const std::vector<store::Paper> batch = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      changed_.notify_all();
      try {
        const store::PutCount put = store::put_papers(database_, batch);
        count_.added += put.added, count_.changed += put.changed, count_.unchanged += put.unchanged;
      } catch (...) {
        lock.lock();
        failure_ = std::current_exception();
        changed_.notify_all();
        return;
      }
    }
  }

  store::Database& database_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<store::Paper>> waiting_;
  bool closed_ = false;
  std::exception_ptr failure_;
  store::PutCount count_;  // the thread's until it is joined
  std::thread thread_;     // last: it starts with all above in place
};

void write_rejects(const std::filesystem::path& path,
                   const std::vector<std::pair<int64_t, std::string>>& rejects) {
  if (path.empty() || rejects.empty()) return;
  write_file(path, [&](std::ostream& out) {
    for (const auto& [line, reason] : rejects)
      out << json_text({{"line", line}, {"reason", reason}}) << '\n';
  });
}

}  // namespace

std::string_view format_name(ImportFormat format) { return row_of(format).name; }

ImportFormat parse_format(std::string_view text) {
  std::string names;
  for (const Format& row : kFormats) {
    if (row.name == text) return row.format;
    names += (names.empty() ? "" : ", ") + std::string(row.name);
  }
  fail("format '{}', expected one of {}", text.substr(0, 40), names);
}

std::optional<ImportFormat> detect_format(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return std::nullopt;
  text.remove_prefix(begin);
  const std::string_view head = text.substr(0, 1 << 16);
  if (head.front() == '<') {
    const std::string root = xml_root(head);
    if (root == "OAI-PMH") return ImportFormat::oai_pmh;
    if (root == "feed") return ImportFormat::arxiv_atom;
    return std::nullopt;
  }
  if (head.front() == '[') return ImportFormat::hub_papers;
  if (head.front() == '{') {
    const bool snapshot = head.find("\"authors_parsed\"") != head.npos ||
                          head.find("\"update_date\"") != head.npos ||
                          head.find("\"abstract\"") != head.npos;
    return snapshot ? ImportFormat::arxiv_snapshot : ImportFormat::hub_papers;
  }
  if (head.starts_with("TY  -")) return ImportFormat::ris;
  if (head.front() == '@' || (head.front() == '%' && head.find("\n@") != head.npos))
    return ImportFormat::bibtex;
  return std::nullopt;
}

ImportCount import_text(store::Database& database, std::string_view text, const std::string& source,
                        const ImportOptions& options, Progress& progress) {
  const auto format = options.format ? options.format : detect_format(text);
  require(format.has_value(),
          "{}: no known format, expected arXiv Atom, OAI-PMH, arXiv's snapshot, hub papers, BibTeX "
          "or RIS",
          source);
  ImportCount count{.format = *format};
  std::vector<std::pair<int64_t, std::string>> rejects;
  const auto refuse = [&](int64_t line, const std::string& reason) {
    if (count.rejected++ == 0) count.first_reason = fmt::format("line {}: {}", line, reason);
    if (rejects.size() < kKeptRejects) rejects.emplace_back(line, reason);
  };
  progress.start("importing " + source, static_cast<int64_t>(text.size()));
  PutInBackground put(database);
  std::vector<store::Paper> batch;
  size_t reported = 0;
  int64_t read = 0;
  const auto use = [&](store::Paper&& paper, int64_t) {
    if (paper.submitter.empty()) paper.submitter = options.submitter;
    if (options.listed_at) paper.listed_at = *options.listed_at;
    batch.push_back(std::move(paper));
    ++read;
    if (batch.size() == kBatch) put.add(std::exchange(batch, {}));
    count.stopped = progress.stop_requested();
    return !count.stopped;
  };
  const auto at = [&](size_t byte) {
    if (byte < reported + kBytesPerReport) return;
    reported = byte;
    progress.at(static_cast<int64_t>(byte), {{"papers", static_cast<double>(read)},
                                             {"rejected", static_cast<double>(count.rejected)}});
  };
  try {
    row_of(*format).read(text, {use, refuse, at});
  } catch (const Error& error) {
    // A document that is not well formed ends here; the records before it are good.
    if (std::string_view(error.what()).starts_with("store: ")) throw;
    refuse(0, error.what());
  }
  if (!batch.empty()) put.add(std::move(batch));
  count.put = put.finish();
  if (!count.stopped) progress.at(static_cast<int64_t>(text.size()));
  write_rejects(options.rejects, rejects);
  return count;
}

ImportCount import_file(store::Database& database, const std::filesystem::path& path,
                        const ImportOptions& options, Progress& progress) {
  const data::Contents contents(path);
  const std::string source = path.string();
  return import_text(database, data::text_of(contents, source), source, options, progress);
}

}  // namespace offprint::feed
