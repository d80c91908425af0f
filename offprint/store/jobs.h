// Runs asked for: a queue that any number of workers claim from, each job by one of them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/store/database.h"

namespace offprint::store {

enum class JobState { queued, running, done, failed, stopped };
std::string_view state_name(JobState state);
JobState parse_state(std::string_view text);  // Error names all

// What is to be run. Equal ones give equal results.
struct JobRequest {
  std::string kind = "run";    // "run": a paper's recipe; others are tasks on a user's data
  std::string slug = {};       // of the paper, or the verb
  std::string options = "{}";  // JSON
  std::string scale = "quick";
  uint64_t seed = 1;
  std::string revision = {};  // of the source
  bool operator==(const JobRequest&) const = default;
};

struct Job {
  int64_t key = 0;
  JobRequest request;
  int64_t user = 0;  // who asked; 0: nobody, or an account that is gone
  JobState state = JobState::queued;
  std::string worker;
  bool stop = false;  // somebody asked it to end
  int64_t queued_at = 0, started_at = 0, ended_at = 0, beat_at = 0;
  std::string progress;  // JSON, the latest
  std::string card;      // JSON, once done (or what a stopped one finished)
  std::string error;     // one line, once failed

  bool ended() const { return state != JobState::queued && state != JobState::running; }
};

int64_t add_job(Database& database, const JobRequest& request, int64_t user, int64_t now);
std::optional<Job> find_job(const Database& database, int64_t key);
// The newest finished job of an equal request: its card need not be made again.
std::optional<Job> find_done(const Database& database, const JobRequest& request);
// The newest job that is waiting or running for an equal request.
std::optional<Job> find_pending(const Database& database, const JobRequest& request);

struct JobList {
  std::optional<JobState> state = {};
  std::string slug = {};  // empty: any
  int64_t offset = 0, limit = 50;
};
std::vector<Job> list_jobs(const Database& database, const JobList& list);  // newest first
int64_t count_jobs(const Database& database, JobState state);
int64_t queued_before(const Database& database, int64_t key);  // how many wait in front of it

// The oldest job that waits, running from now on; nothing where none waits or `most_running` do
// already. No two workers get the same.
std::optional<Job> claim_job(Database& database, std::string_view worker, int64_t most_running,
                             int64_t now);
// Says that the worker lives. True if it shall stop: somebody asked, or the job is no longer its.
bool report_progress(Database& database, int64_t key, std::string_view worker,
                     std::string_view progress, int64_t now);
// Ends a running job. False if it was no longer the worker's: nothing is changed then.
bool finish_job(Database& database, int64_t key, std::string_view worker, JobState state,
                std::string_view card, std::string_view error, int64_t now);
// A waiting job is stopped at once, a running one asked to. False if it had ended.
bool stop_job(Database& database, int64_t key, int64_t now);
// Running jobs whose worker has said nothing since `beat_before` are failed, with this reason.
int64_t fail_lost_jobs(Database& database, int64_t beat_before, std::string_view reason,
                       int64_t now);

}  // namespace offprint::store
