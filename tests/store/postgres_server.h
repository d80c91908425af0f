// A PostgreSQL server of the test's own, where Debian's package has put its programs: a cluster in
// a folder that vanishes, reached through a socket in it. It ends with the process, however that
// ends.
#pragma once
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "offprint/store/postgres.h"
#include "tests/data/scratch.h"

namespace offprint::store {

class PostgresServer {
 public:
  // Nothing, and one line that says what is missing, where there is none to be started.
  static PostgresServer* the() {
    static const std::string programs = folder_of_programs();
    static std::optional<PostgresServer> server;
    if (programs.empty() || server) return server ? &*server : nullptr;
    return &server.emplace(programs);
  }

  explicit PostgresServer(std::string programs) : programs_(std::move(programs)) {
    if (const passwd* nobody = getpwnam("nobody"); geteuid() == 0 && nobody != nullptr) {
      user_ = nobody->pw_uid, group_ = nobody->pw_gid;  // the server refuses to be root
      REQUIRE(chown(scratch_.folder.c_str(), user_, group_) == 0);
    }
    const std::string data = (scratch_ / "data").string();
    int status = 0;
    waitpid(spawn({programs_ + "/initdb", "-D", data, "-A", "trust", "-U", "offprint", "-E", "UTF8",
                   "--no-locale", "--no-sync"}),
            &status, 0);
    REQUIRE_MESSAGE(status == 0, "initdb failed: ", log());
    start();
  }
  ~PostgresServer() { stop(); }

  // The processes of a server that is killed write nothing more: what is there is what it had
  // written. (What survives a power cut, fsync, is PostgreSQL's own business.)
  void start() {
    const std::string folder = scratch_.folder.string();
    server_ = spawn({programs_ + "/postgres", "-D", folder + "/data", "-k", folder, "-h", "", "-F",
                     "-c", "shared_buffers=32MB", "-c", "max_wal_size=256MB"});
    for (int i = 0; i < 600; ++i) {
      try {
        open_postgres(url("postgres"), Access::read);
        return;
      } catch (const Error&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
    }
    FAIL("PostgreSQL does not start: ", log());
  }
  void stop() {
    kill(server_, SIGQUIT);
    waitpid(server_, nullptr, 0);
  }

  std::string url(const std::string& database) const {
    return "postgresql://offprint@/" + database + "?host=" + scratch_.folder.string();
  }
  void run_script(const std::string& sql) const {
    open_postgres(url("postgres"), Access::write)->run_script(sql);
  }
  std::string new_database() {
    const std::string name = "test" + std::to_string(++made_);
    run_script("CREATE DATABASE " + name);
    return name;
  }

 private:
  // OFFPRINT_POSTGRES=none goes without: ./test --asan, which looks at our own reading of files.
  static std::string folder_of_programs() {
    const char* wanted = getenv("OFFPRINT_POSTGRES");
    if (wanted != nullptr && std::string_view(wanted) == "none") return "";
    for (int version = 19; version >= 12; --version) {
      const std::string folder = "/usr/lib/postgresql/" + std::to_string(version) + "/bin";
      if (std::filesystem::exists(folder + "/initdb")) return folder;
    }
    puts("PostgreSQL: skipped, no server here; apt-get install postgresql-15 brings one");
    return "";
  }

  pid_t spawn(std::vector<std::string> arguments) const {
    std::vector<char*> words;
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    const std::string log_path = (scratch_ / "log").string();
    const pid_t child = fork();
    if (child != 0) return child;
    if (user_ != 0 && (setgid(group_) != 0 || setuid(user_) != 0)) _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    const int file = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file < 0 || dup2(file, 1) < 0 || dup2(file, 2) < 0 || chdir("/") != 0) _exit(126);
    execv(words[0], words.data());
    _exit(127);
  }
  std::string log() const {
    const auto path = scratch_ / "log";
    return std::filesystem::exists(path) ? read_file(path) : "no log";
  }

  data::Scratch scratch_;
  std::string programs_;
  uid_t user_ = 0;
  gid_t group_ = 0;
  pid_t server_ = 0;
  int made_ = 0;
};

}  // namespace offprint::store
