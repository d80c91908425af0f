#include "offprint/cli/program.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <csignal>
#include <iostream>
#include <thread>

#include "offprint/cli/audit_verb.h"
#include "offprint/cli/chat_verb.h"
#include "offprint/cli/classify_verb.h"
#include "offprint/cli/compare_verb.h"
#include "offprint/cli/data_verb.h"
#include "offprint/cli/decide_verb.h"
#include "offprint/cli/digest_verb.h"
#include "offprint/cli/forecast_verb.h"
#include "offprint/cli/generate_verb.h"
#include "offprint/cli/import_verb.h"
#include "offprint/cli/infer_verb.h"
#include "offprint/cli/list_verb.h"
#include "offprint/cli/mcp_verb.h"
#include "offprint/cli/optimize_verb.h"
#include "offprint/cli/report_verb.h"
#include "offprint/cli/run_verb.h"
#include "offprint/cli/search_verb.h"
#include "offprint/cli/serve_verb.h"
#include "offprint/cli/show_verb.h"
#include "offprint/cli/simulate_verb.h"
#include "offprint/cli/train_verb.h"
#include "offprint/cli/user_verb.h"
#include "offprint/core/error.h"
#include "offprint/core/memory.h"
#include "offprint/core/suggest.h"
#include "offprint/core/tensor.h"
#include "offprint/papers/run_paper.h"

namespace offprint::cli {
namespace {

constexpr auto kVerbs = std::to_array<Verb>({
    {"serve", add_serve_verb},       {"list", add_list_verb},
    {"show", add_show_verb},         {"search", add_search_verb},
    {"run", add_run_verb},           {"report", add_report_verb},
    {"compare", add_compare_verb},   {"forecast", add_forecast_verb},
    {"classify", add_classify_verb}, {"audit", add_audit_verb},
    {"infer", add_infer_verb},       {"decide", add_decide_verb},
    {"optimize", add_optimize_verb}, {"generate", add_generate_verb},
    {"chat", add_chat_verb},         {"evaluate", add_evaluate_verb},
    {"simulate", add_simulate_verb}, {"train", add_train_verb},
    {"data", add_data_verb},         {"import", add_import_verb},
    {"digest", add_digest_verb},     {"user", add_user_verb},
    {"mcp", add_mcp_verb},
});

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

void know_the_verb(int argc, const char* const* argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::vector<std::string> names;
  for (const Verb& verb : kVerbs) names.emplace_back(verb.name);
  if (std::ranges::find(names, argv[1]) != names.end()) return;
  fail("no verb '{}'{}: offprint --help shows all", argv[1], did_you_mean(argv[1], names));
}

const CLI::App& innermost(const CLI::App& program) {
  const CLI::App* app = &program;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return *app;
}

// CLI11 says which word it did not expect; the reader also wants the one that was meant.
std::string explain(const CLI::ParseError& error, const CLI::App& program) {
  const CLI::App& verb = innermost(program);
  const auto rest = program.remaining(true);
  const std::string where = verb.get_parent() ? verb.get_name() + ": " : "";
  if (dynamic_cast<const CLI::ExtrasError*>(&error) && !rest.empty()) {
    std::vector<std::string> names;
    for (const CLI::Option* option : verb.get_options())
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return fmt::format("{}'{}' was not expected{}: offprint {} --help shows the options", where,
                       rest.front(), did_you_mean(rest.front(), names), verb.get_name());
  }
  const auto below = verb.get_subcommands({});
  if (!below.empty() && !rest.empty()) {
    std::vector<std::string> names;
    for (const CLI::App* app : below) names.push_back(app->get_name());
    return fmt::format("{}no '{}'{}, expected one of {}", where, rest.front(),
                       did_you_mean(rest.front(), names), fmt::join(names, ", "));
  }
  return where + first_line(error.what());
}

int parse_and_call(int argc, const char* const* argv, std::ostream& out, Context& context) {
  CLI::App program("Offprint: the daily-papers page on which every paper runs.", "offprint");
  program.require_subcommand(1);
  program.set_version_flag("--version", "offprint " + papers::source_revision());
  program.footer(
      "offprint VERB --help shows a verb's options and an example.\n"
      "Exit codes: 0 done, 1 your error (one line says what and where), 2 a claim failed.");
  for (const Verb& verb : kVerbs) verb.add(program, context);
  for (CLI::App* verb : program.get_subcommands({})) {
    verb->add_option_function<int>(
            "--threads", [](int threads) { at::set_num_threads(threads); },
            "threads of the computation; default: all processors")
        ->check(CLI::Range(1, 4096))
        ->trigger_on_parse();  // before the verb works
    verb->add_option("--progress", context.progress_style, "how progress shows on stderr")
        ->check(CLI::IsMember({"bar", "lines", "json", "none"}));
  }
  try {
    know_the_verb(argc, argv);
    if (argc < 2) throw CLI::CallForHelp();
    program.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return program.exit(success, out, out);
  } catch (const CLI::ParseError& error) {
    fail("{}", explain(error, program));
  }
  return context.exit_code;
}

std::atomic<bool> stop_requested = false;

void on_interrupt(int) {
  stop_requested = true;
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

std::span<const Verb> verbs() { return kVerbs; }

Progress Context::progress() const {
  if (progress_style == "none") return Progress([](const ProgressUpdate&) {}, stop);
  const ProgressStyle style = progress_style == "bar"     ? ProgressStyle::bar
                              : progress_style == "lines" ? ProgressStyle::lines
                              : progress_style == "json"  ? ProgressStyle::json
                                                          : default_progress_style();
  return Progress(terminal_progress(style), stop);
}

int run_program(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  Context context{.out = out, .stop = &stop_requested};
  try {
    const int code = parse_and_call(argc, argv, out, context);
    out.flush();
    if (out) return code;
    err << "offprint: the output could not be written\n";
    return kUserError;
  } catch (const Stopped&) {
    err << "offprint: stopped\n";
    return kStopped;
  } catch (const Error& error) {
    err << "offprint: " << error.what() << '\n';
    return kUserError;
  } catch (const std::bad_alloc&) {
    err << "offprint: out of memory\n";
    return kUserError;
  } catch (const c10::OutOfMemoryError&) {
    err << "offprint: out of memory on the device\n";
    return kUserError;
  } catch (const std::exception& error) {
    err << "offprint: this should not happen, please report it: " << first_line(error.what())
        << '\n';
    return kOurError;
  }
}

int run_program(int argc, char** argv) {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  keep_freed_memory();
  at::set_num_threads(static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
  return run_program(argc, argv, std::cout, std::cerr);
}

}  // namespace offprint::cli
