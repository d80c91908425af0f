#include "benchmarks/interleave.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/table.h"
#include "offprint/core/tensor.h"

namespace offprint::benchmarks {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double status_mib(const std::string& key) {
  std::istringstream status(read_file("/proc/self/status"));
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(key + ":")) return std::stod(line.substr(key.size() + 1)) / 1024.0;
  return kNone;
}

// Sets the peak back to what is held now; some containers forbid it.
bool reset_peak() {
  malloc_trim(0);
  std::ofstream refs("/proc/self/clear_refs");
  return static_cast<bool>(refs << "5" << std::flush);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double median_of(const std::vector<Sample>& samples, double Sample::*member) {
  std::vector<double> values;
  for (const Sample& s : samples) values.push_back(s.*member);
  return median(values);
}

void require_same(const Case& work, const Sample& ours, const Sample& peer) {
  if (std::isnan(ours.check) || std::isnan(peer.check)) return;
  const double off = std::abs(ours.check - peer.check);
  require(off <= 1e-3 * std::max(std::abs(ours.check), std::abs(peer.check)),
          "{}: the peer computes {}, we {}; both must do the same work", work.name, peer.check,
          ours.check);
}

}  // namespace

Sample measure(const std::function<double()>& work) {
  const bool peak_known = reset_peak();
  const double before = status_mib("VmRSS");
  const Stopwatch watch;
  const double check = work();
  const double seconds = watch.seconds();
  return {seconds, peak_known ? status_mib("VmHWM") - before : kNone, check};
}

Peer::Peer(std::string command) : command_(std::move(command)) {
  int to[2], from[2];
  require(pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0, "peer '{}': no pipe", command_);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
  std::string shell = "sh", option = "-c";
  char* arguments[] = {shell.data(), option.data(), command_.data(), nullptr};
  const int code = posix_spawn(&process_, "/bin/sh", &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(to[0]);
  close(from[1]);
  requests_ = to[1];
  answers_ = fdopen(from[0], "r");
  require(code == 0, "peer '{}': cannot start", command_);
  std::signal(SIGPIPE, SIG_IGN);  // a peer that died is an Error of ask(), not our end
}

Peer::~Peer() {
  close(requests_);
  std::fclose(answers_);
  waitpid(process_, nullptr, 0);
}

Sample Peer::ask(const Json& request) {
  const std::string line = json_text(request) + "\n";
  const bool sent =
      ::write(requests_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  char* text = nullptr;
  size_t room = 0;
  const ssize_t got = sent ? getline(&text, &room, answers_) : -1;
  const std::string answer = got > 0 ? std::string(text, static_cast<size_t>(got)) : "";
  std::free(text);
  require(got > 0, "peer '{}': ended without an answer", command_);
  const Json values = parse_json(answer, "peer '" + command_ + "'");
  const auto number = [&](const char* key) {
    return values.contains(key) ? json_get<double>(values, key, "peer") : kNone;
  };
  return {json_get<double>(values, "seconds", "peer"), number("peak_mib"), number("check")};
}

std::vector<double> Outcome::ratios() const {
  std::vector<double> all;
  for (size_t i = 0; i < ours.size(); ++i) all.push_back(peer[i].seconds / ours[i].seconds);
  return all;
}

Outcome interleave(const Case& work, Peer& peer, int repeats) {
  const int before = at::get_num_threads();
  if (work.threads > 0) at::set_num_threads(work.threads);
  Json request = work.request;
  request["threads"] = at::get_num_threads();
  Outcome outcome{work.name, {}, {}};
  require_same(work, measure(work.ours), peer.ask(request));  // warm-up
  for (int i = 0; i < repeats; ++i) {
    if (i % 2 == 0) outcome.ours.push_back(measure(work.ours));
    outcome.peer.push_back(peer.ask(request));
    if (i % 2 == 1) outcome.ours.push_back(measure(work.ours));
  }
  at::set_num_threads(before);
  return outcome;
}

std::string summary(std::string_view name, const Outcome& outcome) {
  const std::vector<double> ratios = outcome.ratios();
  const auto [least, largest] = std::minmax_element(ratios.begin(), ratios.end());
  return fmt::format("{}: ratio {} (min {}, max {}; ours {} s, peer {} s)", name,
                     number_text(median(ratios), 3), number_text(*least, 3),
                     number_text(*largest, 3),
                     number_text(median_of(outcome.ours, &Sample::seconds), 3),
                     number_text(median_of(outcome.peer, &Sample::seconds), 3));
}

namespace {

struct Arguments {
  std::string peer;
  int repeats = 7, threads = 0;
};

Arguments parse(int argc, char** argv) {
  Arguments parsed;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view flag = argv[i];
    require(i + 1 < argc, "{}: a value is missing", flag);
    if (flag == "--peer")
      parsed.peer = argv[i + 1];
    else if (flag == "--repeats")
      parsed.repeats = std::atoi(argv[i + 1]);
    else if (flag == "--threads")
      parsed.threads = std::atoi(argv[i + 1]);
    else
      fail("'{}', expected --peer COMMAND, --repeats N or --threads N", flag);
  }
  require(!parsed.peer.empty(), "--peer COMMAND is missing; ./bench NAME gives it");
  require(parsed.repeats >= 5, "--repeats: {}, expected 5 or more", parsed.repeats);
  return parsed;
}

void print_table(std::string_view name, const std::vector<Outcome>& outcomes) {
  TextTable table{fmt::format("{}, {} threads", name, at::get_num_threads()),
                  {"case", "ours [s]", "peer [s]", "ratio", "ours [MiB]", "peer [MiB]"},
                  {}};
  for (const Outcome& o : outcomes)
    table.rows.push_back({o.name, number_text(median_of(o.ours, &Sample::seconds), 3),
                          number_text(median_of(o.peer, &Sample::seconds), 3),
                          number_text(median(o.ratios()), 3),
                          number_text(median_of(o.ours, &Sample::peak_mib), 3),
                          number_text(median_of(o.peer, &Sample::peak_mib), 3)});
  fmt::print("{}", table.to_terminal());
}

}  // namespace

int exit_code_of(const std::function<int()>& run) {
  try {
    return run();
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}

int compare(int argc, char** argv, std::string_view name, const std::vector<Case>& cases) {
  try {
    const Arguments arguments = parse(argc, argv);
    if (arguments.threads > 0) at::set_num_threads(arguments.threads);
    Peer peer(arguments.peer);
    std::vector<Outcome> outcomes;
    for (const Case& work : cases) {
      outcomes.push_back(interleave(work, peer, arguments.repeats));
      fmt::print(stderr, "{}\n", summary(work.name, outcomes.back()));
    }
    print_table(name, outcomes);
    const auto least = std::min_element(outcomes.begin(), outcomes.end(), [](auto& a, auto& b) {
      return median(a.ratios()) < median(b.ratios());
    });
    fmt::print("{}\n", summary(name, *least));
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "{}: {}\n", name, error.what());
    return 1;
  }
}

}  // namespace offprint::benchmarks
