// Our forecasting methods beside statsforecast's local models on the oil temperature of ETTh1 and
// ETTh2, all four horizons of the literature: the same windows for all, evenly spaced over the test
// rows, error in standardised units, seconds for fitting and all windows. Local models see the 720
// rows before a window and are fitted to each; ours learn from the first twelve months.
//   forecast_peers --peer COMMAND [--windows N]
// The ratio is the MSE of statsforecast's best model over our ridge's, a set and horizon at a time.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "benchmarks/interleave.h"
#include "benchmarks/scratch_folder.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/table.h"
#include "offprint/data/npy.h"
#include "offprint/papers/forecast_study.h"

using namespace offprint;
namespace fs = std::filesystem;

namespace {

constexpr int64_t kHistory = 720, kSeason = 24;
const std::vector<int64_t> kHorizons = {96, 192, 336, 720};

struct Windows {
  data::Series series;
  tasks::SeriesSplit split;
  tasks::Standardizer scale;
  Tensor history, future;  // (W,720) standardised
};

Windows windows_of(data::Series series, int64_t count) {
  const tasks::SeriesSplit split = tasks::split_by_months(series, 12, 4, 4);
  const tasks::Standardizer scale = tasks::standardizer_of(series.values.slice(0, 0, split.train));
  const Tensor z = tasks::standardized(scale, series.values).select(1, 0);
  const int64_t first = split.train + split.validation, last = split.rows() - kHorizons.back();
  std::vector<Tensor> before, after;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t at = first + (count == 1 ? 0 : i * (last - first) / (count - 1));
    before.push_back(z.slice(0, at - kHistory, at));
    after.push_back(z.slice(0, at, at + kHorizons.back()));
  }
  return {std::move(series), split, scale, at::stack(before), at::stack(after)};
}

struct Result {
  std::string method;
  double mse = 0, mae = 0, seconds = 0;
};

Result judged(const std::string& method, const Tensor& said, const Windows& w, int64_t horizon,
              double seconds) {
  const Tensor gap = said.narrow(1, 0, horizon) - w.future.narrow(1, 0, horizon);
  return {method, gap.square().mean().item<double>(), gap.abs().mean().item<double>(), seconds};
}

Result ours(const std::string& method, const Windows& w, int64_t horizon) {
  const bool local = method == "theta" || method == "seasonal-naive";
  tasks::ForecastShape shape{.lookback = local ? kHistory : 336, .horizon = horizon};
  shape.season = kSeason;
  Progress silent;
  const Stopwatch watch;
  const auto fitted = tasks::fit_forecaster(w.series, w.split, method, shape, {}, Rng(1), silent);
  const Tensor seen = w.history.slice(1, kHistory - shape.lookback).unsqueeze(2);
  const Tensor said = fitted.forecaster->predict(seen).squeeze(2);
  return judged(method, said, w, horizon, watch.seconds());
}

// Every model once over all windows, as far as the longest horizon.
std::map<std::string, std::pair<Tensor, double>> theirs(const Windows& w, benchmarks::Peer& peer,
                                                        const fs::path& folder) {
  data::write_npy(folder / "histories.npy", w.history);
  std::map<std::string, std::pair<Tensor, double>> said;
  for (const char* model : {"SeasonalNaive", "AutoTheta", "AutoETS", "AutoARIMA"}) {
    fmt::print(stderr, "{}: statsforecast's {}, {} windows\n", w.series.source, model,
               w.history.size(0));
    const Json request = {{"model", model},
                          {"histories", (folder / "histories.npy").string()},
                          {"season", kSeason},
                          {"steps", kHorizons.back()},
                          {"out", (folder / "said.npy").string()}};
    const double seconds = peer.ask(request).seconds;
    said[model] = {data::read_npy(folder / "said.npy"), seconds};
  }
  return said;
}

std::vector<std::string> row(const std::string& set, int64_t horizon, const std::string& whose,
                             const Result& r) {
  return {set,
          std::to_string(horizon),
          fmt::format("{} ({})", r.method, whose),
          number_text(r.mse),
          number_text(r.mae),
          number_text(r.seconds, 3)};
}

int run(int argc, char** argv) {
  std::string command;
  int64_t count = 8;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view flag = argv[i];
    if (flag == "--peer") command = argv[i + 1];
    if (flag == "--windows") count = std::stoll(argv[i + 1]);
  }
  require(!command.empty() && count >= 1, "usage: forecast_peers --peer COMMAND [--windows N]");
  benchmarks::Peer peer(command);
  const benchmarks::ScratchFolder folder;
  TextTable table{fmt::format("Oil temperature, {} windows", count),
                  {"set", "horizon", "method", "MSE", "MAE", "seconds"},
                  {}};
  std::vector<double> ratios;
  double our_seconds = 0, peer_seconds = 0;
  for (const char* set : {"ETTh1", "ETTh2"}) {
    auto series = papers::find_ett(set, "", {"OT"});
    require(series.has_value(), "{}", papers::ett_missing(set));
    const Windows w = windows_of(std::move(*series), count);
    const auto said = theirs(w, peer, folder.path);
    for (const int64_t horizon : kHorizons) {
      double best = 1e300, ridge = 0;
      for (const auto& [model, answer] : said) {
        const Result r = judged(model, answer.first, w, horizon, answer.second);
        best = std::min(best, r.mse);
        table.rows.push_back(row(set, horizon, "statsforecast", r));
      }
      for (const char* method : {"seasonal-naive", "theta", "ar", "arima", "nlinear", "ridge"}) {
        const Result r = ours(method, w, horizon);
        if (r.method == "ridge") ridge = r.mse, our_seconds += r.seconds;
        table.rows.push_back(row(set, horizon, "ours", r));
      }
      ratios.push_back(best / ridge);
    }
    for (const auto& [model, answer] : said) peer_seconds += answer.second;
  }
  fmt::print("{}\n", table.to_terminal());
  std::ranges::sort(ratios);
  fmt::print(
      "forecast-peers: ratio {:.3g} (min {:.3g}, max {:.3g}; ours {:.3g} s, peer {:.3g} s)\n",
      ratios[ratios.size() / 2], ratios.front(), ratios.back(), our_seconds, peer_seconds);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
