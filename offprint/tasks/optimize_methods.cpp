#include "offprint/tasks/optimize_methods.h"

#include <array>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/numbers.h"
#include "offprint/data/csv.h"
#include "offprint/data/tabular.h"
#include "offprint/tasks/loss_program.h"

namespace offprint::tasks {
namespace {

struct Fitted {
  nn::LayerOptions layers;
  std::vector<std::string> features;
  Tensor outputs;  // (N,K)
  Minimized result;
};

Fitted fit(const OptimizeRequest& request, Progress& progress) {
  const OptimizeOptions& o = request.options;
  require(!request.data.empty(),
          "optimize: --data is missing, expected a table (CSV): a row a case");
  require(o.outputs >= 1 && o.hidden >= 1, "--outputs, --hidden: {} and {}, expected 1 or more",
          o.outputs, o.hidden);
  require(o.model == "linear" || o.model == "perceptron",
          "--model: '{}', expected linear|perceptron", o.model);
  check(o.sso);
  const data::Table table = data::read_csv(request.data);
  const data::Encoding encoding = data::fit_encoding(table, "", {.without = request.without});
  const Tensor features = data::encode(table, encoding);
  const Tensor X = at::cat({features, at::ones({features.size(0), 1}, at::kDouble)}, 1);
  Fitted out;
  out.features = encoding.names;
  out.features.emplace_back("1");
  out.layers.widths = {X.size(1), o.outputs};
  if (o.model == "perceptron") {
    out.layers.widths = {X.size(1), o.hidden, o.outputs};
    out.layers.activation = nn::Activation::tanh, out.layers.bias = true;
  }
  const nn::ExpensiveLoss loss = program_loss(
      {.command = request.loss_command, .seconds = o.loss_seconds, .smoothness = o.smoothness},
      X.size(0));
  SsoOptions sso = o.sso;
  // Nobody said how smooth it is: find out as it goes.
  if (o.smoothness == 0 && sso.eta == 0 && sso.rule == "smooth" && sso.divergence == "euclid")
    sso.rule = "backtracking";
  const Rng rng = Rng(request.seed).split("optimize");
  const Tensor start = o.model == "linear"
                           ? at::zeros({nn::layered_parameters(out.layers)}, at::kDouble)
                           : nn::start_layers(out.layers, rng.split("start"));
  out.result = minimize(loss, nn::layered_model(X, out.layers), start, sso, rng, progress);
  out.outputs = nn::layered_outputs(X, out.layers, out.result.end.theta);
  return out;
}

void write_outputs(const std::filesystem::path& folder, const Tensor& outputs) {
  data::Table csv;
  csv.rows = outputs.size(0);
  for (int64_t k = 0; k < outputs.size(1); ++k) {
    data::Column column{.name = fmt::format("output {}", k + 1)};
    column.numbers = data::column_of(outputs, k);
    csv.columns.push_back(std::move(column));
  }
  data::write_csv(folder / "outputs.csv", csv);
}

Outcome by_sso(const OptimizeRequest& request, Progress& progress) {
  const Fitted f = fit(request, progress);
  const MinimizeState& end = f.result.end;
  const std::vector<double>& losses = f.result.losses;
  Outcome out;
  out.heading = fmt::format(
      "{} rows, {} parameters of a {} model; loss {} at the first asking, {} at the last",
      f.outputs.size(0), end.theta.numel(), request.options.model, number_text(losses.front()),
      number_text(losses.back()));
  TextTable table{"What was asked", {"gradients", "values", "steps of the model", "stopped"}, {}};
  table.rows = {{fmt::format("{}", end.calls.gradients), fmt::format("{}", end.calls.values),
                 fmt::format("{}", end.model_evaluations), f.result.stopped ? "yes" : "no"}};
  out.tables = {table};
  Plot plot{.title = "Loss by asking", .x_label = "asking", .y_label = "loss of its rows"};
  Plot::Line line{.label = "loss", .y = losses};
  for (size_t i = 0; i < losses.size(); ++i) line.x.push_back(static_cast<double>(i + 1));
  plot.lines = {line};
  if (losses.size() >= 2) out.plots = {plot};
  out.json = {{"method", "sso"},
              {"rows", f.outputs.size(0)},
              {"gradient_calls", end.calls.gradients},
              {"value_calls", end.calls.values},
              {"losses", losses},
              {"stopped", f.result.stopped}};
  const Json model = {{"model", request.options.model},
                      {"features", f.features},
                      {"widths", f.layers.widths},
                      {"parameters", numbers(end.theta)}};
  out.files = "outputs.csv, model.json and a plot";
  out.write = [outputs = f.outputs, model, plot](const std::filesystem::path& folder) {
    write_outputs(folder, outputs);
    write_json(folder / "model.json", model);
    write_file(folder / "losses.svg", to_svg(plot));
  };
  return out;
}

constexpr auto kMethods = std::to_array<OptimizeMethod>({
    {"sso", "a loss that another program knows, with few askings for its gradient",
     "target-surrogates", by_sso},
});

}  // namespace

std::span<const OptimizeMethod> optimize_methods() { return kMethods; }

Outcome optimize(const OptimizeRequest& request, Progress& progress) {
  return run_method("optimize", optimize_methods(), request, progress);
}

}  // namespace offprint::tasks
