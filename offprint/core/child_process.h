// A program that runs beside this one: what it says line by line, what it is told, its end, and how
// it is ended.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offprint {

// Where `name` is in the folders of PATH, or itself where it has a slash. Throws Error "no program
// 'wether' in PATH".
std::string find_program(const std::string& name);

struct ChildOptions {
  std::vector<std::pair<std::string, std::string>> environment = {};  // added to this program's
  // False: it reads nothing, its lines are those of stderr, and stdout goes to the file `out`.
  // True: tell() writes to its stdin, its lines are those of stdout, and its last complaint is
  // kept.
  bool talks = false;
  std::filesystem::path out = "/dev/null";
  int64_t memory_mib = 0;         // of address space, 0: no limit; what it asks beyond fails
  size_t longest_line = 1 << 16;  // bytes; longer lines come in pieces
};

// Used by one thread, which must not end before it: the child dies with the thread that started it.
class ChildProcess {
 public:
  // Starts command[0], a path, at low priority. Throws Error where the system has no room for it. A
  // path that is no program ends with exit code 127.
  explicit ChildProcess(const std::vector<std::string>& command, ChildOptions options = {});
  ~ChildProcess();  // kills it and what it started, if it lives
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Whole lines that came, waiting up to `milliseconds` for the first.
  std::vector<std::string> lines(int milliseconds);
  bool ended();  // it is gone, and every line was taken

  // Writes all of `text` to its stdin; false where it does not read, or not within the time.
  bool tell(std::string_view text, std::chrono::milliseconds within);
  void tell_end();  // closes its stdin
  // Where it talks: the last line on its stderr so far, at most 500 bytes.
  std::string complaint();

  void interrupt();  // as Ctrl-C does
  void kill();
  int64_t memory_mib() const;  // resident now; 0 once it ended

  int exit_code() const { return exit_code_; }  // once ended; -1 if a signal ended it
  int signal() const { return signal_; }        // that ended it; else 0
  std::string how_it_ended() const;             // "with 3", "by signal 9"

 private:
  void look();
  void take_complaints();
  ChildOptions options_;
  pid_t pid_ = -1;
  int pipe_ = -1, stdin_ = -1, stderr_ = -1;
  bool gone_ = false, drained_ = false;
  std::string partial_, complaints_;
  int exit_code_ = -1, signal_ = 0;
};

}  // namespace offprint
