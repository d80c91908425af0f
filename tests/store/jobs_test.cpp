#include "offprint/store/jobs.h"

#include <mutex>
#include <set>
#include <thread>

#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::store;

namespace {
const JobRequest kS4d{.slug = "s4d", .seed = UINT64_MAX, .revision = "abc"};
}

TEST_CASE("jobs: wait, are claimed in order, report, end once") {
  ScratchDatabase db;
  const int64_t first = add_job(db, kS4d, 0, 10), second = add_job(db, {.slug = "mamba"}, 0, 11);
  CHECK(find_job(db, first)->request == kS4d);
  CHECK(queued_before(db, second) == 1);
  CHECK(find_pending(db, kS4d)->key == first);
  const auto job = claim_job(db, "w1", 2, 20);
  REQUIRE(job);
  CHECK(job->key == first);
  CHECK(job->state == JobState::running);
  CHECK(job->started_at == 20);
  CHECK(!report_progress(db, first, "w1", "{\"step\": 1}", 25));
  CHECK(find_job(db, first)->progress == "{\"step\": 1}");
  CHECK(report_progress(db, first, "w2", "{}", 25));  // not its job
  CHECK(!finish_job(db, first, "w2", JobState::done, "{}", "", 30));
  CHECK(finish_job(db, first, "w1", JobState::done, "{\"card\": 1}", "", 30));
  CHECK(!finish_job(db, first, "w1", JobState::failed, "", "late", 31));
  CHECK(find_done(db, kS4d)->card == "{\"card\": 1}");
  CHECK(!find_pending(db, kS4d));
  JobRequest other = kS4d;
  other.seed = 2;
  CHECK(!find_done(db, other));
  CHECK(list_jobs(db, {})[0].key == second);
  CHECK(list_jobs(db, {.slug = "s4d"}).size() == 1);
  CHECK(list_jobs(db, {.state = JobState::queued}).size() == 1);
  CHECK(count_jobs(db, JobState::done) == 1);
  CHECK_THROWS_AS(finish_job(db, second, "w1", JobState::running, "", "", 1), Error);
}

TEST_CASE("jobs: at most so many run at once") {
  ScratchDatabase db;
  for (int i = 0; i < 3; ++i) add_job(db, {.slug = "s"}, 0, i);
  CHECK(claim_job(db, "w", 2, 1));
  CHECK(claim_job(db, "w", 2, 1));
  CHECK(!claim_job(db, "w", 2, 1));
  CHECK(claim_job(db, "w", 3, 1));
  CHECK(!claim_job(db, "w", 9, 1));
}

TEST_CASE("jobs: a waiting one stops at once, a running one is told") {
  ScratchDatabase db;
  const int64_t running = add_job(db, kS4d, 0, 1), waiting = add_job(db, kS4d, 0, 1);
  claim_job(db, "w", 1, 2);
  CHECK(stop_job(db, waiting, 3));
  CHECK(find_job(db, waiting)->state == JobState::stopped);
  CHECK(find_job(db, waiting)->ended_at == 3);
  CHECK(stop_job(db, running, 3));
  CHECK(find_job(db, running)->state == JobState::running);
  CHECK(!find_pending(db, kS4d));
  CHECK(report_progress(db, running, "w", "{}", 4));
  CHECK(finish_job(db, running, "w", JobState::stopped, "{}", "", 5));
  CHECK(!stop_job(db, running, 6));
  CHECK(!stop_job(db, 99, 6));
}

TEST_CASE("jobs: one whose worker fell silent is failed, and its late worker is told") {
  ScratchDatabase db;
  const int64_t lost = add_job(db, kS4d, 0, 1), alive = add_job(db, kS4d, 0, 1);
  claim_job(db, "w1", 9, 10);
  claim_job(db, "w2", 9, 10);
  report_progress(db, alive, "w2", "{}", 60);
  CHECK(fail_lost_jobs(db, 50, "the worker died", 70) == 1);
  CHECK(find_job(db, lost)->state == JobState::failed);
  CHECK(find_job(db, lost)->error == "the worker died");
  CHECK(report_progress(db, lost, "w1", "{}", 71));
  CHECK(!finish_job(db, lost, "w1", JobState::done, "{}", "", 72));
  CHECK(find_job(db, alive)->state == JobState::running);
}

TEST_CASE("jobs: 200 claimed by two databases' four threads, each exactly once") {
  ScratchDatabase db;
  Database second(db.database.location());
  for (int i = 0; i < 200; ++i) add_job(db, {.slug = "s"}, 0, i);
  std::mutex mutex;
  std::multiset<int64_t> claimed;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      Database& mine = t % 2 == 0 ? db.database : second;
      while (const auto job = claim_job(mine, "w" + std::to_string(t), 1000, 1)) {
        const std::scoped_lock lock(mutex);
        claimed.insert(job->key);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(claimed.size() == 200);
  CHECK(std::set<int64_t>(claimed.begin(), claimed.end()).size() == 200);
}

TEST_CASE("jobs: states by name") {
  for (const JobState state :
       {JobState::queued, JobState::running, JobState::done, JobState::failed, JobState::stopped})
    CHECK(parse_state(state_name(state)) == state);
  CHECK_THROWS_AS(parse_state("lost"), Error);
}
