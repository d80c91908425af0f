#include "offprint/web/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "offprint/core/error.h"

namespace offprint::web {
namespace {

constexpr size_t kLongestLine = 1 << 16;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment(const ChildProcess::Environment& more) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    bool replaced = false;
    for (const auto& [name, value] : more) replaced = replaced || text.starts_with(name + "=");
    if (!replaced) out.emplace_back(text);
  }
  for (const auto& [name, value] : more) out.push_back(name + "=" + value);
  return out;
}

// Between fork and exec in a program of many threads: system calls alone.
[[noreturn]] void become(char* const* arguments, char* const* variables, int null, int out,
                         int pipe, pid_t parent) {
  setpgid(0, 0);  // Ctrl-C at the server's terminal is not for it; kill() reaches all it starts
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  const rlimit no_dump{0, 0};
  setrlimit(RLIMIT_CORE, &no_dump);
  setpriority(PRIO_PROCESS, 0, 10);  // pages stay quick
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int s : {SIGINT, SIGTERM, SIGPIPE}) std::signal(s, SIG_DFL);
  dup2(null, STDIN_FILENO), dup2(out, STDOUT_FILENO), dup2(pipe, STDERR_FILENO);
  execve(arguments[0], arguments, variables);
  _exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command, const Environment& more,
                           const std::filesystem::path& out) {
  std::vector<std::string> words = command, variables = environment(more);
  const auto arguments = pointers(words), entries = pointers(variables);
  std::array<int, 2> ends{};
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  require(null >= 0, "cannot open /dev/null: {}", std::strerror(errno));
  const int file = open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0 || pipe2(ends.data(), O_CLOEXEC) != 0) {
    const int code = errno;
    close(null);
    if (file >= 0) close(file);
    fail("cannot start {}: {}", command.at(0), std::strerror(code));
  }
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) become(arguments.data(), entries.data(), null, file, ends[1], parent);
  const int code = errno;
  close(null), close(file), close(ends[1]);
  pipe_ = ends[0];
  if (pid_ < 0) {
    close(pipe_);
    fail("cannot start {}: {}", command.at(0), std::strerror(code));
  }
  setpgid(pid_, pid_);  // whoever of the two comes first
}

ChildProcess::~ChildProcess() {
  if (!gone_) {
    kill();
    waitpid(pid_, nullptr, 0);
  }
  close(pipe_);
}

std::vector<std::string> ChildProcess::lines(int milliseconds) {
  std::vector<std::string> out;
  pollfd ready{pipe_, POLLIN, 0};
  if (drained_ || poll(&ready, 1, milliseconds) <= 0) {
    look();
    // Something that the child left behind may hold the pipe for ever.
    drained_ = drained_ || gone_;
    return out;
  }
  std::array<char, 1 << 14> buffer;
  const ssize_t got = read(pipe_, buffer.data(), buffer.size());
  if (got > 0) partial_.append(buffer.data(), static_cast<size_t>(got));
  if (got == 0) drained_ = true;
  for (size_t end;
       (end = partial_.find('\n')) != partial_.npos || partial_.size() > kLongestLine;) {
    const size_t length = std::min(end, kLongestLine);
    out.push_back(partial_.substr(0, length));
    partial_.erase(0, length + (end == length ? 1 : 0));
  }
  if (drained_ && !partial_.empty()) out.push_back(std::exchange(partial_, ""));
  look();
  return out;
}

void ChildProcess::look() {
  int status = 0;
  if (gone_ || waitpid(pid_, &status, WNOHANG) != pid_) return;
  gone_ = true;
  if (WIFEXITED(status)) exit_code_ = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) signal_ = WTERMSIG(status);
}

bool ChildProcess::ended() {
  look();
  return gone_ && drained_;
}

void ChildProcess::interrupt() {
  if (!gone_) ::kill(pid_, SIGINT);
}

void ChildProcess::kill() {
  if (gone_) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // before it made its group
}

int64_t ChildProcess::memory_mib() const {
  if (gone_) return 0;
  const std::string path = fmt::format("/proc/{}/statm", pid_);
  std::FILE* file = std::fopen(path.c_str(), "r");
  if (file == nullptr) return 0;
  long pages = 0;
  const bool read = std::fscanf(file, "%*s %ld", &pages) == 1;
  std::fclose(file);
  return read ? int64_t{pages} * sysconf(_SC_PAGESIZE) / (1 << 20) : 0;
}

}  // namespace offprint::web
