#include "offprint/core/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "offprint/core/error.h"

namespace offprint {
namespace {

constexpr size_t kLongestComplaint = 500;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment(const std::vector<std::pair<std::string, std::string>>& more) {
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

// The child's ends of its three streams.
struct Streams {
  int in = -1, out = -1, err = -1;
};

// Between fork and exec in a program of many threads: system calls alone.
[[noreturn]] void become(char* const* arguments, char* const* variables, Streams streams,
                         int64_t memory_mib, pid_t parent) {
  setpgid(0, 0);  // Ctrl-C at the server's terminal is not for it; kill() reaches all it starts
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  const rlimit no_dump{0, 0};
  setrlimit(RLIMIT_CORE, &no_dump);
  if (memory_mib > 0) {
    const rlimit memory{static_cast<rlim_t>(memory_mib) << 20, static_cast<rlim_t>(memory_mib)
                                                                   << 20};
    setrlimit(RLIMIT_AS, &memory);
  }
  setpriority(PRIO_PROCESS, 0, 10);  // pages stay quick
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int s : {SIGINT, SIGTERM, SIGPIPE}) std::signal(s, SIG_DFL);
  dup2(streams.in, STDIN_FILENO), dup2(streams.out, STDOUT_FILENO),
      dup2(streams.err, STDERR_FILENO);
  execve(arguments[0], arguments, variables);
  _exit(127);
}

void close_all(std::initializer_list<int> files) {
  for (const int file : files)
    if (file >= 0) close(file);
}

// A pipe's reading and writing end; nothing of it stays open in other children.
std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {-1, -1};
  return ends;
}

}  // namespace

std::string find_program(const std::string& name) {
  if (name.find('/') != name.npos) return name;
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "/usr/bin:/bin";
  while (!name.empty() && !rest.empty()) {
    const size_t end = std::min(rest.find(':'), rest.size());
    const std::filesystem::path file = std::filesystem::path(rest.substr(0, end)) / name;
    if (access(file.c_str(), X_OK) == 0 && !std::filesystem::is_directory(file))
      return file.string();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  fail("no program '{}' in PATH", name);
}

ChildProcess::ChildProcess(const std::vector<std::string>& command, ChildOptions options)
    : options_(std::move(options)) {
  std::vector<std::string> words = command, variables = environment(options_.environment);
  const auto arguments = pointers(words), entries = pointers(variables);
  const bool talks = options_.talks;
  const auto said = make_pipe();
  const auto told = talks ? make_pipe() : std::array{-1, -1};
  const auto complained = talks ? make_pipe() : std::array{-1, -1};
  const int other =
      talks ? -1 : open(options_.out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const int null = talks ? -1 : open("/dev/null", O_RDONLY | O_CLOEXEC);
  const Streams streams =
      talks ? Streams{told[0], said[1], complained[1]} : Streams{null, other, said[1]};
  int code = errno;
  if (streams.in >= 0 && streams.out >= 0 && streams.err >= 0) {
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) become(arguments.data(), entries.data(), streams, options_.memory_mib, parent);
    code = errno;
  }
  close_all({said[1], told[0], complained[1], other, null});
  pipe_ = said[0], stdin_ = told[1], stderr_ = complained[0];
  if (pid_ < 0) {
    close_all({pipe_, stdin_, stderr_});
    fail("cannot start {}: {}", command.at(0), std::strerror(code));
  }
  for (const int file : {stdin_, stderr_})
    if (file >= 0) fcntl(file, F_SETFL, O_NONBLOCK);
  setpgid(pid_, pid_);  // whoever of the two comes first
}

ChildProcess::~ChildProcess() {
  if (!gone_) {
    kill();
    waitpid(pid_, nullptr, 0);
  }
  close_all({pipe_, stdin_, stderr_});
}

bool ChildProcess::tell(std::string_view text, std::chrono::milliseconds within) {
  const auto end = std::chrono::steady_clock::now() + within;
  // A reader that is gone must not end this program, whatever it does with SIGPIPE elsewhere.
  sigset_t pipe, before, pending;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  bool broken = stdin_ < 0;
  while (!broken && !text.empty()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd ready{stdin_, POLLOUT, 0};
    if (left.count() < 0 || poll(&ready, 1, static_cast<int>(left.count())) <= 0) break;
    const ssize_t wrote = write(stdin_, text.data(), text.size());
    if (wrote > 0) text.remove_prefix(static_cast<size_t>(wrote));
    broken = wrote < 0 && errno != EAGAIN && errno != EINTR;
  }
  if (broken && sigismember(&pending, SIGPIPE) == 0) {
    const timespec now{};
    sigtimedwait(&pipe, nullptr, &now);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return !broken && text.empty();
}

void ChildProcess::tell_end() {
  if (stdin_ >= 0) close(std::exchange(stdin_, -1));
}

void ChildProcess::take_complaints() {
  if (stderr_ < 0) return;
  std::array<char, 1 << 12> buffer;
  for (ssize_t got; (got = read(stderr_, buffer.data(), buffer.size())) > 0;) {
    complaints_.append(buffer.data(), static_cast<size_t>(got));
    if (complaints_.size() > 2 * buffer.size())
      complaints_.erase(0, complaints_.size() - buffer.size());
  }
}

std::string ChildProcess::complaint() {
  take_complaints();
  std::string_view rest = complaints_;
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == '\r')) rest.remove_suffix(1);
  rest.remove_prefix(rest.rfind('\n') == rest.npos ? 0 : rest.rfind('\n') + 1);
  return std::string(rest.substr(0, kLongestComplaint));
}

std::vector<std::string> ChildProcess::lines(int milliseconds) {
  std::vector<std::string> out;
  take_complaints();  // so that it never waits for them to be read
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
       (end = partial_.find('\n')) != partial_.npos || partial_.size() > options_.longest_line;) {
    const size_t length = std::min(end, options_.longest_line);
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

std::string ChildProcess::how_it_ended() const {
  return signal_ != 0 ? fmt::format("by signal {}", signal_) : fmt::format("with {}", exit_code_);
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

}  // namespace offprint
