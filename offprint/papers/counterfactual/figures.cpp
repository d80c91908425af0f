#include "offprint/papers/counterfactual/figures.h"

#include <map>

#include "offprint/papers/statistics.h"

namespace offprint::papers::counterfactual {
namespace {

struct Distances {
  std::vector<double> counterfactual, interventional;
};
Distances distances(const StoryRun& run) {
  Distances d;
  for (const StoryPair& pair : run.pairs)
    d.counterfactual.push_back(pair.counterfactual),
        d.interventional.push_back(pair.interventional);
  return d;
}

std::string percent(int64_t part, int64_t whole) {
  return whole == 0
             ? ""
             : number_text(100 * static_cast<double>(part) / static_cast<double>(whole), 3) + " %";
}

}  // namespace

Figure sweep_figure(const std::vector<StoryRun>& runs, const std::string& sweep, const Rng& rng) {
  Plot plot;
  plot.title = "Distance to the story over " + sweep;
  plot.x_label = sweep, plot.y_label = "edit distance [share of tokens]";
  plot.log_x = sweep == "top-k";
  for (const bool word : {false, true})
    for (const bool same : {true, false}) {
      Plot::Line line;
      line.label = fmt::format("{}, {} luck", word ? "a word of the question" : "a token",
                               same ? "same" : "fresh");
      line.dashed = !word;
      for (const StoryRun& run : runs) {
        if (run.setting.sweep != sweep || run.setting.word != word) continue;
        const Distances d = distances(run);
        const Estimate e =
            mean_over_seeds(same ? d.counterfactual : d.interventional, rng.split(sweep));
        line.x.push_back(run.setting.value), line.y.push_back(e.value);
        line.low.push_back(e.interval.low), line.high.push_back(e.interval.high);
      }
      if (!line.x.empty()) plot.lines.push_back(std::move(line));
    }
  return {
      "How far the text is from the story after the change, with the same luck and with fresh "
      "luck. Bands are 95 % intervals over stories.",
      plot};
}

Figure position_figure(const std::vector<StoryRun>& runs) {
  std::map<int64_t, Distances> by_position;
  for (const StoryRun& run : runs) {
    if (run.setting.word) continue;
    for (const StoryPair& pair : run.pairs) {
      by_position[pair.position].counterfactual.push_back(pair.counterfactual);
      by_position[pair.position].interventional.push_back(pair.interventional);
    }
  }
  Plot plot;
  plot.title = "Distance to the story over the position of the changed token";
  plot.x_label = "position [tokens]", plot.y_label = "edit distance [share of tokens]";
  Plot::Line same, fresh;
  same.label = "same luck", fresh.label = "fresh luck";
  for (const auto& [position, d] : by_position) {
    same.x.push_back(static_cast<double>(position)), same.y.push_back(mean(d.counterfactual));
    fresh.x.push_back(static_cast<double>(position)), fresh.y.push_back(mean(d.interventional));
  }
  plot.lines = {same, fresh};
  return {"All settings together: where in the story the token was changed.", plot};
}

TextTable distance_table(const std::vector<StoryRun>& runs, const Rng& rng) {
  TextTable table{"Edit distance to the story after one token is changed",
                  {"setting", "pairs", "same luck", "fresh luck", "difference, 95 % interval"},
                  {}};
  for (const StoryRun& run : runs) {
    const Distances d = distances(run);
    const Estimate e = paired_difference(d.interventional, d.counterfactual, rng.split("pairs"));
    table.rows.push_back(
        {run.setting.name(), std::to_string(run.pairs.size()), number_text(mean(d.counterfactual)),
         number_text(mean(d.interventional)),
         fmt::format("{} [{}, {}]", number_text(e.value, 3), number_text(e.interval.low, 3),
                     number_text(e.interval.high, 3))});
  }
  return table;
}

TextTable stability_table(const std::vector<StoryRun>& runs) {
  TextTable table{
      "Steps that break counterfactual stability",
      {"setting", "replayed", "of steps", "along the story", "by inversion", "of steps"},
      {}};
  for (const StoryRun& run : runs)
    table.rows.push_back({run.setting.name(), std::to_string(run.replayed.broken),
                          std::to_string(run.replayed.steps), std::to_string(run.along.broken),
                          percent(run.inverted.broken, run.inverted.steps),
                          std::to_string(run.inverted.steps)});
  return table;
}

TextTable example_table(const StoryRun& run) {
  return {"One story",
          {"", "text"},
          {{"told", run.factual},
           {"one token changed, same luck", run.counterfactual},
           {"one token changed, fresh luck", run.interventional}}};
}

TextTable cost_table(const TokenCost& c) {
  const auto ms = [](double seconds) { return number_text(1000 * seconds, 3); };
  return {"A token, medians [ms]",
          {"model", "softmax and truncation", "draw by Gumbel-max", "draw by inversion"},
          {{ms(c.model), ms(c.distribution), ms(c.gumbel), ms(c.inverse)}}};
}

}  // namespace offprint::papers::counterfactual
