#include "offprint/cli/infer_verb.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "offprint/cli/option_flags.h"
#include "offprint/core/error.h"
#include "offprint/core/plot.h"
#include "offprint/core/suggest.h"
#include "offprint/data/csv.h"
#include "offprint/tasks/stream_memory.h"

namespace offprint::cli {
namespace {

struct Given {
  std::filesystem::path data, out;
  std::string method = "hippo", column, time;
  tasks::StreamMemoryOptions options;
  bool json = false;
};

void print(std::ostream& out, const Given& given, const tasks::StreamMemory& memory) {
  out << fmt::format("'{}', {} rows: the last {} in {} coefficients of {}{}\n\n", memory.column,
                     memory.rows, memory.past.size(0), memory.options.order, memory.options.basis,
                     memory.interpolated == 0
                         ? ""
                         : fmt::format(", {} missing values interpolated", memory.interpolated))
      << tasks::summary_table(memory).to_terminal() << '\n';
  if (given.out.empty())
    out << to_terminal(tasks::reconstruction_plot(memory)) << '\n'
        << to_terminal(tasks::lag_error_plot(memory));
  else
    out << "coefficients, reconstruction, error by lag and plots in " << given.out.string() << '\n';
}

void infer(const Given& given, Context& context) {
  require(given.method == "hippo", "infer: unknown method '{}'{}, expected hippo", given.method,
          did_you_mean(given.method, std::vector<std::string>{"hippo"}));
  const data::Table table = data::read_csv(given.data);
  table.numbers(given.column);  // says what is wrong with it before the series is made
  const data::Series series = data::series_from_table(table, {given.column}, given.time);
  Progress progress = context.progress();
  const tasks::StreamMemory memory =
      tasks::remember_stream(series, given.column, given.options, progress);
  if (!given.out.empty()) tasks::write_stream_memory(memory, given.out);
  if (given.json)
    context.out << json_text(tasks::to_json(memory), 2) << '\n';
  else
    print(context.out, given, memory);
}

}  // namespace

void add_infer_verb(CLI::App& program, Context& context) {
  const auto given = std::make_shared<Given>();
  CLI::App* verb = program.add_subcommand("infer", "hidden states of a series as it runs by");
  verb->add_option("--data", given->data, "table (CSV): a row a step")->required();
  verb->add_option("--column", given->column, "the column that is the stream")->required();
  verb->add_option("--time", given->time, "the column of times; default: the only one, or none");
  verb->add_option("--method", given->method, "see below")->capture_default_str();
  verb->add_option("--out", given->out, "folder for coefficients, reconstruction and plots");
  verb->add_flag("--json", given->json, "print JSON");
  add_option_flags(*verb, option_fields(given->options));
  verb->footer(
      "Methods:\n"
      "  hippo        N coefficients that hold the past of a stream (paper hippo)\n"
      "Example: offprint infer --method hippo --data stream.csv --column load --basis fout "
      "--window 720 --order 64");
  verb->callback([&context, given] { infer(*given, context); });
}

}  // namespace offprint::cli
