#include "offprint/store/jobs.h"

#include <array>

#include "offprint/core/error.h"
#include "offprint/store/connection.h"

namespace offprint::store {
namespace {

constexpr auto kStates =
    std::to_array<std::string_view>({"queued", "running", "done", "failed", "stopped"});

const std::string kSelect =
    "SELECT key, kind, slug, options, scale, seed, revision, \"user\", state, worker, stop, "
    "queued_at, started_at, ended_at, beat_at, progress, card, error FROM jobs ";

Job read_job(const Row& row) {
  int column = 0;
  const auto integer = [&] { return row.integer(column++); };
  const auto text = [&] { return std::string(row.text(column++)); };
  Job job;
  job.key = integer();
  JobRequest& r = job.request;
  r.kind = text(), r.slug = text(), r.options = text(), r.scale = text();
  r.seed = std::stoull(text()), r.revision = text();  // text: a seed may be beyond int64
  job.user = integer(), job.state = parse_state(text()), job.worker = text();
  job.stop = integer() != 0, job.queued_at = integer(), job.started_at = integer();
  job.ended_at = integer(), job.beat_at = integer();
  job.progress = text(), job.card = text(), job.error = text();
  return job;
}

std::vector<Job> jobs_where(Connection& connection, const std::string& rest,
                            std::initializer_list<Value> arguments) {
  std::vector<Job> jobs;
  connection.run(kSelect + rest, arguments, [&](const Row& row) { jobs.push_back(read_job(row)); });
  return jobs;
}

std::optional<Job> first_job(const Database& database, const std::string& rest,
                             std::initializer_list<Value> arguments) {
  std::optional<Job> found;
  database.read([&](Connection& connection) {
    const std::vector<Job> jobs = jobs_where(connection, rest, arguments);
    if (!jobs.empty()) found = jobs.front();
  });
  return found;
}

std::optional<Job> equal_job(const Database& database, const JobRequest& r,
                             const std::string& states) {
  return first_job(database,
                   "WHERE slug = $1 AND kind = $2 AND options = $3 AND scale = $4 AND seed = $5 "
                   "AND revision = $6 AND " +
                       states + " ORDER BY key DESC LIMIT 1",
                   {r.slug, r.kind, r.options, r.scale, std::to_string(r.seed), r.revision});
}

}  // namespace

std::string_view state_name(JobState state) { return kStates[static_cast<size_t>(state)]; }

JobState parse_state(std::string_view text) {
  for (size_t i = 0; i < kStates.size(); ++i)
    if (kStates[i] == text) return static_cast<JobState>(i);
  fail("state '{}', expected queued, running, done, failed or stopped", text.substr(0, 40));
}

int64_t add_job(Database& database, const JobRequest& r, int64_t user, int64_t now) {
  int64_t key = 0;
  database.write([&](Connection& connection) {
    key = connection.number(
        "INSERT INTO jobs(kind, slug, options, scale, seed, revision, \"user\", state, queued_at) "
        "VALUES($1, $2, $3, $4, $5, $6, $7, 'queued', $8) RETURNING key",
        {r.kind, r.slug, r.options, r.scale, std::to_string(r.seed), r.revision,
         user == 0 ? Value(nullptr) : Value(user), now});
  });
  return key;
}

std::optional<Job> find_job(const Database& database, int64_t key) {
  return first_job(database, "WHERE key = $1", {key});
}

std::optional<Job> find_done(const Database& database, const JobRequest& request) {
  return equal_job(database, request, "state = 'done'");
}

std::optional<Job> find_pending(const Database& database, const JobRequest& request) {
  return equal_job(database, request, "state IN ('queued', 'running') AND stop = 0");
}

std::vector<Job> list_jobs(const Database& database, const JobList& list) {
  std::string where = "WHERE key > 0";
  if (list.state) where += " AND state = $1";
  if (!list.slug.empty()) where += " AND slug = $2";
  std::vector<Job> jobs;
  database.read([&](Connection& connection) {
    jobs =
        jobs_where(connection, where + " ORDER BY key DESC LIMIT $3 OFFSET $4",
                   {list.state ? state_name(*list.state) : "", list.slug, list.limit, list.offset});
  });
  return jobs;
}

int64_t count_jobs(const Database& database, JobState state) {
  int64_t count = 0;
  database.read([&](Connection& connection) {
    count = connection.number("SELECT count(*) FROM jobs WHERE state = $1", {state_name(state)});
  });
  return count;
}

int64_t queued_before(const Database& database, int64_t key) {
  int64_t count = 0;
  database.read([&](Connection& connection) {
    count =
        connection.number("SELECT count(*) FROM jobs WHERE state = 'queued' AND key < $1", {key});
  });
  return count;
}

std::optional<Job> claim_job(Database& database, std::string_view worker, int64_t most_running,
                             int64_t now) {
  std::optional<Job> claimed;
  database.write([&](Connection& connection) {
    if (connection.number("SELECT count(*) FROM jobs WHERE state = 'running'") >= most_running)
      return;
    const int64_t key = connection.number(
        "UPDATE jobs SET state = 'running', worker = $1, started_at = $2, beat_at = $2 WHERE key = "
        "(SELECT min(key) FROM jobs WHERE state = 'queued') RETURNING key",
        {worker, now});
    if (key != 0) claimed = jobs_where(connection, "WHERE key = $1", {key}).front();
  });
  return claimed;
}

bool report_progress(Database& database, int64_t key, std::string_view worker,
                     std::string_view progress, int64_t now) {
  bool goes_on = false;
  database.write([&](Connection& connection) {
    connection.run(
        "UPDATE jobs SET progress = $3, beat_at = $4 WHERE key = $1 AND worker = $2 AND state = "
        "'running' RETURNING stop",
        {key, worker, progress, now}, [&](const Row& row) { goes_on = row.integer(0) == 0; });
  });
  return !goes_on;
}

bool finish_job(Database& database, int64_t key, std::string_view worker, JobState state,
                std::string_view card, std::string_view error, int64_t now) {
  require(state != JobState::queued && state != JobState::running, "job {} cannot end as {}", key,
          state_name(state));
  int64_t changed = 0;
  database.write([&](Connection& connection) {
    changed = connection.run(
        "UPDATE jobs SET state = $3, card = $4, error = $5, ended_at = $6 WHERE key = $1 AND "
        "worker = $2 AND state = 'running'",
        {key, worker, state_name(state), card, error, now});
  });
  return changed == 1;
}

bool stop_job(Database& database, int64_t key, int64_t now) {
  int64_t changed = 0;
  database.write([&](Connection& connection) {
    changed = connection.run(
        "UPDATE jobs SET stop = 1, ended_at = CASE state WHEN 'queued' THEN $2 ELSE ended_at END, "
        "state = CASE state WHEN 'queued' THEN 'stopped' ELSE state END WHERE key = $1 AND state "
        "IN ('queued', 'running')",
        {key, now});
  });
  return changed == 1;
}

int64_t fail_lost_jobs(Database& database, int64_t beat_before, std::string_view reason,
                       int64_t now) {
  int64_t changed = 0;
  database.write([&](Connection& connection) {
    changed = connection.run(
        "UPDATE jobs SET state = 'failed', error = $2, ended_at = $3 WHERE state = 'running' AND "
        "beat_at < $1",
        {beat_before, reason, now});
  });
  return changed;
}

}  // namespace offprint::store
