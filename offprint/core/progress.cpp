#include "offprint/core/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/json.h"
#include "offprint/core/table.h"
#include "offprint/core/utf8.h"

namespace offprint {

void Progress::start(std::string task, int64_t total) {
  now_ = {std::move(task), 0, total, {}, {}};
  if (sink_) sink_(now_);
}

void Progress::at(int64_t step, std::vector<std::pair<std::string, double>> values) {
  now_.step = step;
  now_.values = std::move(values);
  if (sink_) sink_(now_);
}

void Progress::say(std::string message) {
  now_.message = std::move(message);
  if (sink_) sink_(now_);
  now_.message.clear();
}

void Progress::throw_if_stopped() const {
  if (stop_requested()) throw Stopped();
}

namespace {

constexpr double kBarPause = 0.1, kLinePause = 10.0;  // seconds between redraws, between lines

bool finished(const ProgressUpdate& u) { return u.total > 0 && u.step >= u.total; }

std::string values_text(const ProgressUpdate& u) {
  std::string text;
  for (const auto& [name, value] : u.values)
    text += fmt::format("  {} {}", name, number_text(value));
  return text;
}

std::string duration_text(double seconds) {
  const auto s = static_cast<int64_t>(std::lround(std::min(seconds, 1e9)));
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

// Eighth blocks draw the fraction finer than a character.
std::string bar_text(double fraction, int cells) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * cells * 8);
  std::string bar;
  for (int i = 0; i < eighths / 8; ++i) bar += "█";
  bar += kEighths[eighths % 8];
  for (int i = (eighths + 7) / 8; i < cells; ++i) bar += " ";
  return bar;
}

// What all styles share: where to write, when the task began and when it last wrote.
struct Terminal {
  std::ostream& out;
  std::function<double()> clock;
  int width;
  double began = 0, wrote = -1e9;
  std::string task;
  int64_t last_step = 0;
  bool open_line = false;  // a bar stands on the last line, without its newline

  Terminal(std::ostream& o, std::function<double()> c, int w)
      : out(o), clock(std::move(c)), width(w) {}
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() { close_line(); }

  void close_line() {
    if (open_line) out << '\n' << std::flush;
    open_line = false;
  }

  // True once a task: at its first update, also when one of the same name begins anew.
  bool entered(const ProgressUpdate& u) {
    const bool begins = u.task != task || u.step < last_step;
    last_step = u.step;
    if (!begins) return false;
    task = u.task;
    began = clock();
    return true;
  }
  bool due(double pause) {
    if (clock() - wrote < pause) return false;
    wrote = clock();
    return true;
  }
};

std::string status_line(const ProgressUpdate& u, double elapsed, int width) {
  if (u.total <= 0)
    return shorten_to_width(
        fmt::format("{}  {}{}  {}", u.task, u.step, values_text(u), duration_text(elapsed)), width);
  const double fraction = static_cast<double>(u.step) / static_cast<double>(u.total);
  std::string time = duration_text(elapsed);
  if (u.step > 0 && !finished(u)) time += " of about " + duration_text(elapsed / fraction);
  return shorten_to_width(
      fmt::format("{} ▕{}▏ {:3.0f} %  {}{}", shorten_to_width(u.task, width / 3),
                  bar_text(fraction, std::max(8, width / 6)), 100 * fraction, time, values_text(u)),
      width);
}

void draw_bar(Terminal& t, const ProgressUpdate& u) {
  constexpr const char* kEraseLine = "\r\x1b[K";
  const bool first = t.entered(u);
  if (!u.message.empty()) {
    t.out << (t.open_line ? kEraseLine : "") << u.message << '\n';
    t.open_line = false;
  }
  if (u.task.empty()) return;
  if (!t.due(kBarPause) && !first && u.message.empty() && !finished(u)) return;
  if (first) t.close_line();
  t.out << (t.open_line ? kEraseLine : "") << status_line(u, t.clock() - t.began, t.width - 1);
  t.open_line = true;
  if (finished(u) && u.message.empty()) t.close_line();
  t.out << std::flush;
}

void print_lines(Terminal& t, const ProgressUpdate& u) {
  const bool first = t.entered(u);
  if (!u.message.empty()) {
    t.out << u.message << '\n' << std::flush;
    return;
  }
  if (!t.due(kLinePause) && !first && !finished(u)) return;
  t.out << u.task;
  if (u.step > 0) t.out << ": " << u.step;
  if (u.step > 0 && u.total > 0) t.out << " of " << u.total;
  t.out << values_text(u) << '\n' << std::flush;
}

void print_json(Terminal& t, const ProgressUpdate& u) {
  const bool first = t.entered(u);
  if (!t.due(kBarPause) && !first && u.message.empty() && !finished(u)) return;
  Json line = {{"task", u.task}, {"step", u.step}, {"total", u.total}};
  if (!u.message.empty()) line["message"] = u.message;
  for (const auto& [name, value] : u.values) line["values"][name] = value;
  t.out << line.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n' << std::flush;
}

int terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
  return size.ws_col;
}

}  // namespace

Progress::Sink progress_to(std::ostream& out, ProgressStyle style,
                           std::function<double()> clock_seconds, int width) {
  auto terminal = std::make_shared<Terminal>(out, std::move(clock_seconds), width);
  return [terminal, style](const ProgressUpdate& update) {
    switch (style) {
      case ProgressStyle::bar:
        return draw_bar(*terminal, update);
      case ProgressStyle::lines:
        return print_lines(*terminal, update);
      case ProgressStyle::json:
        return print_json(*terminal, update);
    }
  };
}

Progress::Sink terminal_progress(ProgressStyle style) {
  return progress_to(
      std::cerr, style, [watch = Stopwatch()] { return watch.seconds(); }, terminal_width());
}

ProgressStyle default_progress_style() {
  return isatty(STDERR_FILENO) ? ProgressStyle::bar : ProgressStyle::lines;
}

}  // namespace offprint
