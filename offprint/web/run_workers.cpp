#include "offprint/web/run_workers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <ctime>

#include "offprint/core/child_process.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/papers/run_card.h"
#include "offprint/web/use_jobs.h"

namespace offprint::web {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kLostAfter = 30;     // seconds without a word of a worker
constexpr double kReportPause = 0.25;  // seconds between two writes of the progress
constexpr double kPatience = 15;       // seconds from a stop request to the end by force
constexpr int kExitStopped = 130;      // cli/context.h
constexpr size_t kMostLog = 200, kLongestLog = 400;

int64_t now() { return std::time(nullptr); }

int64_t four_fifths_of_memory_mib() {
  return int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE) / (1 << 20) * 4 / 5;
}

// Several machines may work on one database.
std::string worker_name(int64_t thread) {
  std::array<char, 256> host = {};
  gethostname(host.data(), host.size() - 1);
  return fmt::format("{}-{}-{}", host.data(), getpid(), thread);
}

// What the child wrote, where it is whole.
std::string card_in(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return "";
  const std::string text = read_file(file);
  try {
    papers::card_from_json(parse_json(text, "card"), "card");
    return text;
  } catch (const Error&) {
    return "";
  }
}

std::string result_in(const fs::path& folder, const fs::path& results, const ChildProcess& child) {
  return child.exit_code() == 0 ? json_text(use_result(folder, results)) : "";
}

// A folder of its own for the child's card, gone with this.
class CardFolder {
 public:
  explicit CardFolder(const fs::path& home, int64_t job)
      : path_(home / "runs" / fmt::format("{}-{}", getpid(), job)) {
    make_folder(path_);
  }
  ~CardFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  CardFolder(const CardFolder&) = delete;
  CardFolder& operator=(const CardFolder&) = delete;
  fs::path card() const { return path_ / "card.json"; }

 private:
  fs::path path_;
};

struct Outcome {
  store::JobState state = store::JobState::done;
  std::string error;
};

// `reason`: why we ended it, empty if we did not.
Outcome outcome_of(const ChildProcess& child, const RunLog& log, bool stopped,
                   const std::string& reason, const std::string& card) {
  using store::JobState;
  if (!reason.empty()) return {JobState::failed, reason};
  if (stopped || child.exit_code() == kExitStopped) return {JobState::stopped, ""};
  if (child.signal() != 0)
    return {JobState::failed, fmt::format("the run crashed: {} (signal {})",
                                          strsignal(child.signal()), child.signal())};
  if (!card.empty() && (child.exit_code() == 0 || child.exit_code() == 2))
    return {JobState::done, ""};
  std::string words = log.last_words();
  if (words.empty()) words = fmt::format("the run ended with status {}", child.exit_code());
  return {JobState::failed, words};
}

}  // namespace

void RunLog::take(const std::string& line) {
  const Json update = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!update.is_object() || !update.contains("task")) {
    if (!line.empty()) last_words_ = line.substr(0, kLongestLog);
    return;
  }
  now_ = {{"task", update["task"]},
          {"step", update.value("step", 0)},
          {"total", update.value("total", 0)},
          {"values", update.value("values", Json::object())}};
  const std::string message = update.value("message", "");
  if (message.empty()) return;
  log_.push_back(message.substr(0, kLongestLog));
  if (log_.size() > kMostLog) log_.erase(log_.begin());
}

Json RunLog::to_json() const {
  Json json = now_;
  json["log"] = log_;
  return json;
}

std::vector<std::string> run_command(const store::JobRequest& request, const std::string& card) {
  std::vector<std::string> words = {"run",
                                    request.slug,
                                    "--scale=" + request.scale,
                                    fmt::format("--seed={}", request.seed),
                                    "--progress=json",
                                    "--json=" + card};
  const Json options = parse_json(request.options, "options");
  for (const auto& [name, value] : options.items()) {
    if (value.is_boolean())
      words.push_back((value.get<bool>() ? "--" : "--no-") + name);
    else
      words.push_back("--" + name + "=" +
                      (value.is_string() ? value.get<std::string>() : json_text(value)));
  }
  return words;
}

RunWorkers::RunWorkers(store::Database& database, WorkerOptions options)
    : database_(database), options_(std::move(options)) {
  if (options_.program.empty()) options_.program = fs::read_symlink("/proc/self/exe");
  if (options_.memory_mib == 0) options_.memory_mib = four_fifths_of_memory_mib();
  for (int64_t i = 0; i < options_.count; ++i)
    threads_.emplace_back([this, i] { work(worker_name(i)); });
}

RunWorkers::~RunWorkers() {
  ending_ = true;
  for (std::thread& thread : threads_) thread.join();
}

void RunWorkers::work(const std::string& name) {
  constexpr auto kPause = std::chrono::milliseconds(100);
  int64_t looked = 0;
  while (!ending_) {
    try {
      if (now() - looked >= kLostAfter / 3) {
        looked = now();
        store::fail_lost_jobs(database_, now() - kLostAfter,
                              "the server that worked on it ended without a word", now());
      }
      // Asking costs a read; claiming would write.
      if (store::count_jobs(database_, store::JobState::queued) > 0)
        if (const auto job = store::claim_job(database_, name, options_.count, now())) {
          run(*job, name);
          continue;
        }
    } catch (const Error&) {
      // The store cannot be used just now. Pages say so; a job of ours is failed once it is lost.
      std::this_thread::sleep_for(10 * kPause);
    }
    std::this_thread::sleep_for(kPause);
  }
}

void RunWorkers::run(const store::Job& job, const std::string& name) {
  const bool own_data = job.request.kind == kUseKind;
  const double longest = job.request.scale == "full"                   ? options_.full_seconds
                         : job.request.scale == "standard" || own_data ? options_.standard_seconds
                                                                       : options_.quick_seconds;
  const CardFolder folder(options_.folder, job.key);
  const fs::path results = results_folder(options_.folder, job.key);
  RunLog log;
  std::string reason;
  bool stopped = false;
  try {
    if (own_data) make_folder(results);
    std::vector<std::string> command = own_data ? use_command(job.request, options_.folder, results)
                                                : run_command(job.request, folder.card().string());
    command.insert(command.begin(), options_.program.string());
    ChildProcess child(command,
                       {.environment = {{"OFFPRINT_HOME", options_.folder.string()}},
                        .out = own_data ? results / "summary.txt" : fs::path("/dev/null")});
    const Stopwatch clock;
    double reported = -kReportPause, asked = 0;
    while (!child.ended()) {
      for (const std::string& line : child.lines(50)) log.take(line);
      if (clock.seconds() - reported >= kReportPause) {
        reported = clock.seconds();
        const bool stop =
            store::report_progress(database_, job.key, name, json_text(log.to_json()), now());
        if (!stopped && (stop || ending_)) {
          stopped = true, asked = clock.seconds();
          child.interrupt();
        }
        if (child.memory_mib() > options_.memory_mib)
          reason = fmt::format("ended: it took more than {} MiB of memory", options_.memory_mib);
      }
      if (clock.seconds() > longest)
        reason = fmt::format("ended: it took longer than {:.0f} s", longest);
      if (!reason.empty() || (stopped && clock.seconds() - asked > kPatience)) child.kill();
    }
    const std::string card =
        own_data ? result_in(options_.folder, results, child) : card_in(folder.card());
    Outcome outcome = outcome_of(child, log, stopped, reason, card);
    if (own_data) outcome.error = for_reader(outcome.error, options_.folder, results);
    store::report_progress(database_, job.key, name, json_text(log.to_json()), now());
    store::finish_job(database_, job.key, name, outcome.state, card, outcome.error, now());
  } catch (const Error& error) {
    store::finish_job(database_, job.key, name, store::JobState::failed, "", error.what(), now());
  }
}

}  // namespace offprint::web
