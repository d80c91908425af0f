#include "offprint/papers/monotone_dbm/digit_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "offprint/core/table.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::monotone_dbm {
namespace {

constexpr int64_t kShown = 8;

Images images_of(const data::LabelledImages& digits, const Tensor& index, int64_t levels) {
  Images out;
  out.levels = levels, out.side = digits.images.size(1);
  const Tensor grey = digits.images.index_select(0, index).flatten(1);
  const Tensor states =
      (grey * levels).floor().clamp(0, static_cast<double>(levels - 1)).to(at::kLong);
  out.states = at::cat({states, digits.labels.index_select(0, index).unsqueeze(1)}, 1);
  return out;
}

// Expected grey in [0,1] of (B,P,levels).
Tensor grey_of(const Tensor& levels) {
  const Tensor scale =
      at::arange(levels.size(-1), levels.options()) / static_cast<double>(levels.size(-1) - 1);
  return at::matmul(levels, scale);
}
Tensor true_grey(const Images& s) {
  return s.states.slice(1, 0, s.pixels()).to(at::kFloat) / static_cast<double>(s.levels - 1);
}

// Holes in a share of the pixels, and no label.
Tensor hide(const Images& s, double share, Rng rng) {
  Tensor states = s.states.clone();
  const Tensor drop = rng.uniform({states.size(0), s.pixels()}) < share;
  states.slice(1, 0, s.pixels()).masked_fill_(drop, -1);
  states.select(1, s.pixels()).fill_(-1);
  return states;
}

Guess ours(const tasks::Completer& completer, const Images& s, const Tensor& states,
           std::vector<double>* iterations = nullptr) {
  const tasks::Completion done = tasks::complete(completer, states);
  if (iterations)
    for (const int64_t n : done.iterations) iterations->push_back(static_cast<double>(n));
  const Tensor p = done.log_marginals.exp();
  const int64_t split = s.pixels() * s.levels;
  return {p.slice(1, 0, split).reshape({-1, s.pixels(), s.levels}), p.slice(1, split)};
}

double accuracy_of(const Guess& guess, const Images& s) {
  return 100 * (guess.classes.argmax(1) == s.states.select(1, s.pixels()))
                   .to(at::kDouble)
                   .mean()
                   .item<double>();
}
double error_of(const Guess& guess, const Images& s, const Tensor& given) {
  const Tensor hidden = (given.slice(1, 0, s.pixels()) < 0).to(at::kDouble);
  const Tensor square = (grey_of(guess.levels) - true_grey(s)).to(at::kDouble).square();
  return ((square * hidden).sum() / hidden.sum()).item<double>();
}

// Images side by side, row by row of pixels.
void add_images(std::vector<std::vector<double>>& grid, const Tensor& greys, int64_t side) {
  const Tensor rows = greys.slice(0, 0, kShown).to(at::kDouble).reshape({-1, side, side});
  for (int64_t y = 0; y < side; ++y) {
    std::vector<double> line;
    for (int64_t i = 0; i < rows.size(0); ++i) {
      for (int64_t x = 0; x < side; ++x) line.push_back(rows[i][y][x].item<double>());
      line.push_back(std::nan(""));
    }
    grid.push_back(std::move(line));
  }
  grid.emplace_back(grid.back().size(), std::nan(""));
}

}  // namespace

DigitRun run_digits(const data::LabelledImages& digits, const Options& o, const Rng& rng,
                    Progress& progress) {
  DigitRun run;
  Rng split = rng.split("split");
  const Tensor order = at::tensor(split.permutation(digits.labels.size(0)), at::kLong);
  const int64_t test = order.size(0) / 5;
  run.test = images_of(digits, order.slice(0, 0, test), o.levels);
  run.train = images_of(digits, order.slice(0, test), o.levels);

  std::vector<int64_t> seen(static_cast<size_t>(run.train.pixels()), o.levels);
  seen.push_back(run.train.classes);
  for (const auto& [name, curvature] : {std::pair{kPublished, 1.0}, {kWider, 2.0}}) {
    tasks::CompleteOptions fill = o.fill;
    fill.model.curvature = curvature;
    run.machines.emplace(
        name, tasks::fit_completer(run.train.states, seen, fill, rng.split("ours"), progress, 1));
    progress.throw_if_stopped();
  }
  const tasks::Completer& wider = run.machines.at(kWider);
  run.least_margin = std::min(run.machines.at(kPublished).least_margin, wider.least_margin);
  run.parameters = nn::parameter_count(nn::parameters_of(run.machines.at(kPublished).model));

  const RivalOptions rivals{run.parameters, o.rival_epochs, o.fill.batch, o.fill.least_hidden,
                            o.fill.most_hidden};
  const Rbm rbm(run.train, rivals, rng.split("rbm"), progress);
  run.rbm_parameters = rbm.parameters();
  const Tensor given = hide(run.test, 0.5, rng.split("holes")), whole = hide(run.test, 0, rng);
  const Guess mine = ours(run.machines.at(kPublished), run.test, given, &run.iterations);
  const Guess mine_wider = ours(wider, run.test, given, &run.iterations);
  const Guess of_rbm = rbm.guess(given);
  const Guess of_net =
      autoencoder_guess(run.train, given, rivals, rng.split("autoencoder"), progress);
  // The classifier is asked twice: with holes, and whole.
  const Guess named = classifier_guess(run.train, at::cat({given, whole}), rivals,
                                       rng.split("classifier"), progress);
  const Guess named_holes{{}, named.classes.slice(0, 0, test)},
      named_whole{{}, named.classes.slice(0, test)};
  run.accuracy = {{kPublished, accuracy_of(mine, run.test)},
                  {kWider, accuracy_of(mine_wider, run.test)},
                  {"RBM", accuracy_of(of_rbm, run.test)},
                  {"classifier", accuracy_of(named_holes, run.test)}};
  run.whole = {
      {kPublished, accuracy_of(ours(run.machines.at(kPublished), run.test, whole), run.test)},
      {kWider, accuracy_of(ours(wider, run.test, whole), run.test)},
      {"RBM", accuracy_of(rbm.guess(whole), run.test)},
      {"classifier", accuracy_of(named_whole, run.test)}};
  run.pixel_error = {{kPublished, error_of(mine, run.test, given)},
                     {kWider, error_of(mine_wider, run.test, given)},
                     {"RBM", error_of(of_rbm, run.test, given)},
                     {"autoencoder", error_of(of_net, run.test, given)}};
  for (const double share : {0.1, 0.3, 0.5, 0.7, 0.9}) {
    const Tensor holes = hide(run.test, share, rng.split("shares"));
    run.shares.push_back(100 * share);
    for (const auto& [name, machine] : run.machines)
      run.accuracy_by_share[name].push_back(accuracy_of(ours(machine, run.test, holes), run.test));
  }
  const Tensor truth = true_grey(run.test);
  const Tensor hidden = given.slice(1, 0, run.test.pixels()) < 0;
  add_images(run.grid, truth, run.test.side);
  add_images(run.grid, truth.masked_fill(hidden, std::nan("")), run.test.side);
  for (const Guess* guess : {&mine, &mine_wider, &of_rbm, &of_net})
    add_images(run.grid, at::where(hidden, grey_of(guess->levels).to(at::kFloat), truth),
               run.test.side);
  return run;
}

std::vector<Figure> digit_figures(const DigitRun& run) {
  Plot grid{.title = "Digits with half their pixels hidden", .x_label = "", .y_label = ""};
  grid.heat_map.push_back({run.grid, "grey"});
  Plot by_share{.title = "One machine, any share hidden",
                .x_label = "pixels hidden [%]",
                .y_label = "accuracy [%]"};
  for (const auto& [name, accuracy] : run.accuracy_by_share)
    by_share.lines.push_back({.label = name, .x = run.shares, .y = accuracy, .points = true});
  return {
      {"Rows from the top: the image, what is seen of it, and the rest as the published machine, "
       "the same with c = 2, the RBM and the autoencoder of as many weights fill it. Blurred "
       "strokes are pixels it is not sure of.",
       grid},
      {"How often the label is right when pixels and label are unknown; every point of a line "
       "is the same machine, which also fills the pixels.",
       by_share}};
}

TextTable digit_table(const std::vector<DigitRun>& runs) {
  TextTable table{
      "Digits 8 x 8, a fifth kept for the test, half the pixels hidden; means over seeds",
      {"method", "parameters", "accuracy [%]", "all pixels seen [%]",
       "squared error of a hidden pixel"},
      {}};
  const auto mean_of = [&](std::map<std::string, double> DigitRun::*member,
                           const std::string& name) {
    std::vector<double> values;
    for (const DigitRun& run : runs)
      if (const auto found = (run.*member).find(name); found != (run.*member).end())
        values.push_back(found->second);
    return values.empty() ? std::string("–") : number_text(mean(values));
  };
  for (const std::string name : {kPublished, kWider, "RBM", "classifier", "autoencoder"})
    table.rows.push_back({name,
                          name == "RBM" ? fmt::format("{}", runs[0].rbm_parameters)
                          : runs[0].machines.contains(name) ? fmt::format("{}", runs[0].parameters)
                                                            : "as many",
                          mean_of(&DigitRun::accuracy, name), mean_of(&DigitRun::whole, name),
                          mean_of(&DigitRun::pixel_error, name)});
  return table;
}

}  // namespace offprint::papers::monotone_dbm
