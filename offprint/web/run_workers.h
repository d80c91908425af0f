// Who works on the queue of runs: each job in a child process of this program, with limits, so that
// a crash costs one run.
#pragma once
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/store/jobs.h"

namespace offprint::web {

struct WorkerOptions {
  std::filesystem::path program = {};  // that understands `run SLUG ...`; empty: this one
  std::filesystem::path folder = {};  // the child's OFFPRINT_HOME: its card goes to the shelf there
  int64_t count = 1;                  // runs at once
  int64_t memory_mib = 0;             // of one run; 0: four fifths of the machine's
  // Longest of a run by its scale, quick, standard, full: twenty times what a scale promises.
  double quick_seconds = 15 * 60, standard_seconds = 200 * 60, full_seconds = 7 * 86400;
};

class RunWorkers {
 public:
  RunWorkers(store::Database& database, WorkerOptions options);
  // Ends runs as a stop request does, waits for them and keeps what they had measured.
  ~RunWorkers();
  RunWorkers(const RunWorkers&) = delete;
  RunWorkers& operator=(const RunWorkers&) = delete;

 private:
  void work(const std::string& name);
  void run(const store::Job& job, const std::string& name);

  store::Database& database_;
  WorkerOptions options_;
  std::atomic<bool> ending_ = false;
  std::vector<std::thread> threads_;
};

// What a child said so far: its lines of `--progress json`, and any other line.
class RunLog {
 public:
  void take(const std::string& line);
  Json to_json() const;  // {"task", "step", "total", "values", "log"}
  const std::string& last_words() const { return last_words_; }  // the last line that is no JSON

 private:
  Json now_ = Json::object();
  std::vector<std::string> log_;
  std::string last_words_;
};

// The words of the command line behind the program's name.
std::vector<std::string> run_command(const store::JobRequest& request, const std::string& card);

}  // namespace offprint::web
