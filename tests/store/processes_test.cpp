// Several processes on one database, and processes that are killed.
#include <functional>
#include <map>
#include <set>

#include "offprint/store/jobs.h"
#include "offprint/store/people.h"
#include "offprint/store/subscriptions.h"
#include "offprint/store/votes.h"
#include "tests/store/scratch_database.h"

using namespace offprint;
using namespace offprint::store;

namespace {

// What a process says of itself: 'j' and a job that it claimed, 'v' and a user who voted, ...
struct Said {
  char kind = 0;
  int64_t number = 0;
};

// A process of its own, with its own connections: what was opened before the fork is the parent's.
class Process {
 public:
  using Say = std::function<void(char kind, int64_t number)>;
  Process(const std::string& location, const std::function<void(Database&, const Say&)>& work) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    child_ = fork();
    if (child_ == 0) {
      close(ends[0]);
      try {
        Database database(location);
        work(database, [&](char kind, int64_t number) {
          const Said said{kind, number};
          if (write(ends[1], &said, sizeof said) != sizeof said) _exit(1);
        });
        _exit(0);
      } catch (const std::exception& error) {
        fprintf(stderr, "child: %s\n", error.what());
        _exit(2);
      }
    }
    close(ends[1]);
    from_ = ends[0];
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() { close(from_); }

  void kill_after(int64_t microseconds) const {
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
    kill(child_, SIGKILL);
  }
  // All it said until it ended. Its exit status, or minus the signal that ended it.
  std::vector<Said> hear(int* status = nullptr) const {
    std::vector<Said> all;
    Said said;
    while (read(from_, &said, sizeof said) == sizeof said) all.push_back(said);
    int code = 0;
    waitpid(child_, &code, 0);
    if (status != nullptr) *status = WIFEXITED(code) ? WEXITSTATUS(code) : -WTERMSIG(code);
    return all;
  }

 private:
  pid_t child_ = 0;
  int from_ = -1;
};

int64_t kills() {
  const char* wanted = getenv("OFFPRINT_KILLS");
  return wanted == nullptr ? 60 : std::stoll(wanted);
}

// Comments, votes and subscriptions without end; each is said once it is acknowledged.
void write_on(Database& database, const Process::Say& say, int64_t paper, int64_t round) {
  for (int64_t i = 0;; ++i) {
    const std::string name = fmt::format("u{}-{}", round, i);
    const int64_t user = add_user(database, {.name = name});
    set_vote(database, paper, user, true, i);
    say('v', user);
    say('c', add_comment(database, paper, user, name, i));
    const int64_t number = round * 1000000 + i;
    ask_subscription(database, name, fmt::format("c{}", number), "l" + name, 100);
    say('s', number);
  }
}

}  // namespace

TEST_CASE("processes: 1000 jobs claimed by two, each exactly once") {
  ScratchDatabase db;
  for (int i = 0; i < 1000; ++i) add_job(db, {.slug = "s"}, 0, i);
  // Nobody claims a second before both have one: else a quick process leaves the other none.
  const auto claim_all = [](Database& database, const Process::Say& say) {
    while (const auto job = claim_job(database, std::to_string(getpid()), 1000, 1)) {
      say('j', job->key);
      while (count_jobs(database, JobState::running) < 2) sched_yield();
    }
  };
  const Process one(db.database.location(), claim_all), two(db.database.location(), claim_all);
  std::vector<int64_t> claimed;
  for (const Process* process : {&one, &two}) {
    int status = 0;
    const std::vector<Said> said = process->hear(&status);
    CHECK(status == 0);
    CHECK(said.size() > 0);
    for (const Said& s : said) claimed.push_back(s.number);
  }
  CHECK(claimed.size() == 1000);
  CHECK(std::set<int64_t>(claimed.begin(), claimed.end()).size() == 1000);
}

TEST_CASE("processes: of jobs that may run one at a time, two workers never run two") {
  ScratchDatabase db;
  for (int i = 0; i < 40; ++i) add_job(db, {.slug = "s"}, 0, i);
  const auto work = [](Database& database, const Process::Say& say) {
    const std::string worker = std::to_string(getpid());
    while (count_jobs(database, JobState::queued) > 0) {
      const auto job = claim_job(database, worker, 1, 1);
      if (!job) continue;
      say('r', count_jobs(database, JobState::running));
      if (!finish_job(database, job->key, worker, JobState::done, "{}", "", 2)) _exit(3);
    }
  };
  const Process one(db.database.location(), work), two(db.database.location(), work);
  int status[2];
  for (const Said& s : one.hear(&status[0])) CHECK(s.number == 1);
  for (const Said& s : two.hear(&status[1])) CHECK(s.number == 1);
  CHECK((status[0] == 0 && status[1] == 0));
  CHECK(count_jobs(db, JobState::done) == 40);
}

TEST_CASE("processes: votes that two set and take back at once are counted once") {
  ScratchDatabase db;
  put(db, {paper("1", "A")});
  const int64_t key = find_paper(db, "1")->key;
  std::vector<int64_t> users;
  for (int i = 0; i < 30; ++i) users.push_back(add_user(db, {.name = "u" + std::to_string(i)}));
  const auto vote = [&](Database& database, const Process::Say&) {
    Rng rng(7);
    for (int i = 0; i < 150; ++i)
      set_vote(database, key, users[static_cast<size_t>(rng.integer(30))], rng.integer(3) != 0, 1);
    for (const int64_t user : users) set_vote(database, key, user, user % 2 == 0, 1);
  };
  const Process one(db.database.location(), vote), two(db.database.location(), vote);
  int status[2];
  one.hear(&status[0]), two.hear(&status[1]);
  CHECK((status[0] == 0 && status[1] == 0));
  int64_t votes = 0;
  for (const int64_t user : users) votes += has_vote(db, key, user) ? 1 : 0;
  CHECK(votes == 15);
  CHECK(find_paper(db, "1")->upvotes == votes);
}

TEST_CASE("processes: killed at random moments, everything that was acknowledged is there") {
  ScratchDatabase db;
  put(db, {paper("1", "A")});
  const int64_t key = find_paper(db, "1")->key;
  Rng rng(1);
  std::map<char, std::set<int64_t>> said;
  for (int64_t round = 0; round < kills(); ++round) {
    const Process process(db.database.location(), [&](Database& database, const Process::Say& say) {
      write_on(database, say, key, round);
    });
    process.kill_after(2000 + rng.integer(100000));
    int status = 0;
    for (const Said& s : process.hear(&status)) said[s.kind].insert(s.number);
    CHECK(status == -SIGKILL);
    if (round % 20 == 0) db.database.check_whole();
  }
  REQUIRE(said['c'].size() > 20);
  const std::vector<Comment> comments = comments_of(db, key);
  std::set<int64_t> present;
  for (const Comment& comment : comments) {
    CHECK(comment.text == comment.author);
    present.insert(comment.key);
  }
  for (const int64_t comment : said['c']) CHECK(present.contains(comment));
  for (const int64_t user : said['v']) CHECK(has_vote(db, key, user));
  for (const int64_t number : said['s'])
    CHECK(confirm_subscription(db, fmt::format("c{}", number), 0, 200).has_value());
  int64_t votes = 0;
  for (const User& user : list_users(db)) votes += has_vote(db, key, user.key) ? 1 : 0;
  const auto found = find_paper(db, "1");
  CHECK(found->upvotes == votes);
  CHECK(found->comment_count == static_cast<int64_t>(comments.size()));
  db.database.check_whole();
  MESSAGE(fmt::format("{}: {} kills, {} acknowledged writes",
                      db.is_postgres() ? "PostgreSQL" : "SQLite", kills(),
                      said['v'].size() + said['c'].size() + said['s'].size()));
}
