// Progress of long work: steps, total, message, values; carries the stop request down to the loop.
// The library reports here and prints nothing; the CLI draws a bar, the web streams the same
// updates.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace offprint {

struct ProgressUpdate {
  std::string task;                                    // "training S4D-LegS, seed 1"
  int64_t step = 0, total = 0;                         // total 0: unknown
  std::string message;                                 // set by say() alone, one line
  std::vector<std::pair<std::string, double>> values;  // {"loss", 0.31}
};

// Used by one thread at a time; the stop flag may be set from any thread or a signal handler.
class Progress {
 public:
  using Sink = std::function<void(const ProgressUpdate&)>;

  Progress() = default;  // silent, never stopped
  explicit Progress(Sink sink, const std::atomic<bool>* stop = nullptr)
      : sink_(std::move(sink)), stop_(stop) {}

  void start(std::string task, int64_t total = 0);
  void at(int64_t step, std::vector<std::pair<std::string, double>> values = {});
  void say(std::string message);  // a line worth keeping: "LegS, seed 1: 96.1 %"

  bool stop_requested() const { return stop_ != nullptr && stop_->load(); }
  void throw_if_stopped() const;  // Stopped

 private:
  Sink sink_;
  const std::atomic<bool>* stop_ = nullptr;
  ProgressUpdate now_;
};

// Sinks for the terminal: a redrawn bar where stderr is a terminal, plain lines (at most one in ten
// seconds and each message) where it is not, JSON lines where a program reads along.
enum class ProgressStyle { bar, lines, json };
Progress::Sink terminal_progress(ProgressStyle style);
ProgressStyle default_progress_style();  // bar on a terminal, lines elsewhere

// The same on any stream (which must outlive the sink), clock (seconds, rising) and line width.
Progress::Sink progress_to(std::ostream& out, ProgressStyle style,
                           std::function<double()> clock_seconds, int width = 80);

}  // namespace offprint
