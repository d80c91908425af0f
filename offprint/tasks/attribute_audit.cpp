#include "offprint/tasks/attribute_audit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/tasks/record_fields.h"

namespace offprint::tasks {
namespace {

constexpr double kMostlyNumbers = 0.8;

struct Record {
  std::string text;
  std::vector<RecordField> fields;
  const RecordField* find(std::string_view name) const {
    const auto it = std::ranges::find(fields, name, &RecordField::name);
    return it == fields.end() ? nullptr : &*it;
  }
};

std::string last_line(std::string_view prompt) {
  const size_t at = prompt.rfind('\n');
  return std::string(at == prompt.npos ? prompt : prompt.substr(at + 1));
}

Record record_of(std::string text) {
  Record r{std::move(text), {}};
  r.fields = record_fields(r.text);
  return r;
}

struct Written {
  Answer answer;
  Record record;
};

struct Pair {
  Record factual, counterfactual, fresh;
  bool first = false;  // the factual one has the first value
};

// The two values that most records have.
std::vector<std::string> commonest(const std::vector<Written>& all_written,
                                   const std::string& name) {
  std::map<std::string, int64_t> counts;
  for (const Written& written : all_written)
    if (const RecordField* field = written.record.find(name)) ++counts[field->value];
  std::vector<std::pair<std::string, int64_t>> all(counts.begin(), counts.end());
  std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return a.second > b.second; });
  require(!all.empty(), "audit: no record has '{}'; the first: {}", name,
          json_text(all_written.front().record.text));
  require(all.size() > 1, "audit: '{}' is '{}' in all records, expected two values: --values a,b",
          name, all.front().first);
  return {all[0].first, all[1].first};
}

// Values of an attribute under the first and the second value of what was changed.
struct Sides {
  std::vector<std::string> first, second;
  double changed = 0;
};
Sides sides_of(const std::vector<Pair>& pairs, const std::string& name, bool fresh) {
  Sides s;
  int64_t changed = 0;
  for (const Pair& pair : pairs) {
    const RecordField *a = pair.factual.find(name),
                      *b = (fresh ? pair.fresh : pair.counterfactual).find(name);
    if (!a || !b) continue;
    s.first.push_back((pair.first ? a : b)->value);
    s.second.push_back((pair.first ? b : a)->value);
    changed += a->value != b->value;
  }
  s.changed =
      s.first.empty() ? 0 : static_cast<double>(changed) / static_cast<double>(s.first.size());
  return s;
}

bool numbers_in(const Sides& s) {
  int64_t count = 0;
  for (const auto* side : {&s.first, &s.second})
    for (const std::string& value : *side) count += field_number(value).has_value();
  return static_cast<double>(count) >= kMostlyNumbers * static_cast<double>(2 * s.first.size());
}

// (pairs,2): numbers, or whether it is that value.
Tensor as_numbers(const Sides& s, bool number, const std::string& value) {
  std::vector<double> flat;
  const auto worth = [&](const std::string& text) {
    return number ? field_number(text).value_or(std::nan("")) : text == value ? 1.0 : 0.0;
  };
  for (size_t i = 0; i < s.first.size(); ++i) {
    const double a = worth(s.first[i]), b = worth(s.second[i]);
    if (std::isnan(a) || std::isnan(b)) continue;
    flat.push_back(a), flat.push_back(b);
  }
  return at::tensor(flat, at::kDouble).view({-1, 2});
}

MeanError difference(const Tensor& sides) {
  return mean_with_error(sides.select(1, 1) - sides.select(1, 0));
}

std::string most_moved(const Sides& s) {
  std::map<std::string, double> moved;
  for (const std::string& value : s.first) moved[value] -= 1;
  for (const std::string& value : s.second) moved[value] += 1;
  std::string best;
  double most = -1;
  for (const auto& [value, by] : moved)
    if (std::abs(by) > most) best = value, most = std::abs(by);
  return best;
}

AttributeEffect effect_on(const std::vector<Pair>& pairs, const std::string& name, bool fresh) {
  const Sides sides = sides_of(pairs, name, false);
  AttributeEffect e;
  e.attribute = name, e.pairs = std::ssize(sides.first), e.changed = sides.changed;
  e.number = numbers_in(sides);
  if (!e.number) e.value = most_moved(sides);
  const Tensor values = as_numbers(sides, e.number, e.value);
  e.before = values.select(1, 0).mean().item<double>();
  e.after = values.select(1, 1).mean().item<double>();
  const MeanError d = difference(values);
  e.standard_error = d.standard_error;
  e.z = d.standard_error > 0 ? d.mean / d.standard_error : 0;
  e.changed_fresh = e.fresh_error = std::nan("");
  if (!fresh) return e;
  const Sides other = sides_of(pairs, name, true);
  e.changed_fresh = other.changed;
  const Tensor drawn = as_numbers(other, e.number, e.value);
  if (drawn.size(0) > 1) e.fresh_error = difference(drawn).standard_error;
  return e;
}

struct Writer {
  const LanguageModel& model;
  std::string_view prompt;
  const AttributeAuditOptions& options;
  Rng rng;
  std::string begun;  // the prompt's last line
  uint64_t seed_of(const char* what, int64_t i) const {
    return rng.split(what).split(static_cast<uint64_t>(i)).state().key;
  }
};

std::vector<Written> write_records(const Writer& w, Progress& progress) {
  const std::vector<int64_t> tokens = w.model.encode(w.prompt);
  std::vector<Written> all;
  progress.start("writing records", w.options.people);
  for (int64_t i = 0; i < w.options.people; ++i) {
    progress.throw_if_stopped();
    const Intervention nothing{tokens, {}, {}, 0};
    // The prompt is read once: all others go on from the first one's cache.
    Answer said = replay(w.model, i == 0 ? Answer{} : all[0].answer, nothing, w.options.answer,
                         w.seed_of("people", i), progress);
    if (i > 0) said.state = {};  // a cache is megabytes
    Record record = record_of(w.begun + said.text);
    all.push_back({std::move(said), std::move(record)});
    progress.at(i + 1);
  }
  return all;
}

Intervention change(const Writer& w, const Answer& said, const RecordField& field,
                    const std::string& to) {
  if (field.at >= w.begun.size())
    return replace_span_in_answer(w.model, said, field.at - w.begun.size(), field.value.size(), to);
  return replace_span_in_prompt(w.model, said, w.prompt.size() - w.begun.size() + field.at,
                                field.value.size(), to);
}

// Every record that has one of the values, with the other one.
std::vector<Pair> change_records(const Writer& w, const std::vector<Written>& all,
                                 const std::vector<std::string>& values, Progress& progress) {
  std::vector<Pair> pairs;
  progress.start("writing them with the other " + w.options.attribute, w.options.people);
  for (int64_t i = 0; i < w.options.people; ++i) {
    progress.throw_if_stopped();
    progress.at(i + 1);
    const auto& [said, record] = all[static_cast<size_t>(i)];
    const RecordField* field = record.find(w.options.attribute);
    if (!field || std::ranges::find(values, field->value) == values.end()) continue;
    const bool first = field->value == values[0];
    const Intervention changed = change(w, said, *field, values[first ? 1 : 0]);
    const auto again = [&](uint64_t seed) {
      const Answer now = replay(w.model, all[0].answer, changed, w.options.answer, seed, progress);
      return record_of(last_line(w.model.decode(now.prompt)) + now.text);
    };
    pairs.push_back({record, again(said.seed),
                     w.options.fresh ? again(w.seed_of("fresh", i)) : Record{}, first});
  }
  return pairs;
}

// What stands before the attribute was written before it was changed.
std::vector<std::string> names_after(const std::vector<Pair>& pairs, const std::string& attribute) {
  std::vector<std::string> names;
  for (const Pair& pair : pairs) {
    bool after = false;
    for (const RecordField& field : pair.factual.fields) {
      if (after && field.name != attribute && std::ranges::find(names, field.name) == names.end())
        names.push_back(field.name);
      after |= field.name == attribute;
    }
  }
  return names;
}

std::string percent(double share) {
  return std::isnan(share) ? "" : number_text(100 * share, 3) + " %";
}

}  // namespace

AttributeAudit audit_attribute(const LanguageModel& model, std::string_view prompt,
                               const AttributeAuditOptions& o, uint64_t seed, Progress& progress) {
  require(o.people >= 2, "--people: {}, expected at least 2", o.people);
  require(o.values.empty() || o.values.size() == 2, "--values: {} values, expected two",
          o.values.size());
  const Writer writer{model, prompt, o, Rng(seed), last_line(prompt)};
  const std::vector<Written> all = write_records(writer, progress);
  const std::vector<std::string> values = o.values.empty() ? commonest(all, o.attribute) : o.values;
  AttributeAudit audit{o.attribute, values[0], values[1], o.people, 0, {}, {}, {}};
  const std::vector<Pair> pairs = change_records(writer, all, values, progress);
  audit.usable = std::ssize(pairs);
  require(audit.usable >= 2, "audit: {} of {} records have '{}' as {} or {}, expected at least 2",
          audit.usable, o.people, o.attribute, values[0], values[1]);
  for (const std::string& name : names_after(pairs, o.attribute)) {
    const int64_t both = std::ssize(sides_of(pairs, name, false).first);
    // A name that only few records have is a slip of the model's pen.
    if (both >= 2 && both * 4 >= audit.usable)
      audit.effects.push_back(effect_on(pairs, name, o.fresh));
  }
  const auto changed = std::ranges::find_if(pairs, [&](const Pair& pair) {
    return std::ranges::any_of(audit.effects, [&](const AttributeEffect& e) {
      const RecordField *before = pair.factual.find(e.attribute),
                        *after = pair.counterfactual.find(e.attribute);
      return before && after && before->value != after->value;
    });
  });
  const Pair& shown = changed == pairs.end() ? pairs.front() : *changed;
  audit.factual = shown.factual.text, audit.counterfactual = shown.counterfactual.text;
  return audit;
}

TextTable effects_table(const AttributeAudit& a) {
  TextTable table{
      fmt::format("{}: {} or {}, {} records", a.attribute, a.first, a.second, a.usable),
      {"attribute", "records", "changed", "with fresh luck", a.first, a.second, "difference", "z"},
      {}};
  for (const AttributeEffect& e : a.effects) {
    const auto said = [&](double x) { return e.number ? number_text(x) : percent(x); };
    const double d = e.after - e.before, half = 1.96 * e.standard_error;
    table.rows.push_back({e.number ? e.attribute : fmt::format("{} = {}", e.attribute, e.value),
                          std::to_string(e.pairs), percent(e.changed), percent(e.changed_fresh),
                          said(e.before), said(e.after),
                          fmt::format("{} [{}, {}]", said(d), said(d - half), said(d + half)),
                          number_text(e.z, 3)});
  }
  return table;
}

Plot effects_plot(const AttributeAudit& a) {
  Plot plot;
  plot.title = fmt::format("What changes when {} becomes {}", a.first, a.second);
  plot.y_label = "records that change [%]";
  Plot::Bars same, fresh;
  same.label = "same luck", fresh.label = "fresh luck";
  for (const AttributeEffect& e : a.effects) {
    plot.categories.push_back(e.attribute);
    same.values.push_back(100 * e.changed);
    if (!std::isnan(e.changed_fresh)) fresh.values.push_back(100 * e.changed_fresh);
  }
  plot.bars.push_back(std::move(same));
  if (!fresh.values.empty()) plot.bars.push_back(std::move(fresh));
  return plot;
}

Json to_json(const AttributeAudit& a) {
  Json effects = Json::array();
  for (const AttributeEffect& e : a.effects)
    effects.push_back({{"attribute", e.attribute},
                       {"value", e.number ? Json() : Json(e.value)},
                       {"records", e.pairs},
                       {"changed", e.changed},
                       {"changed_fresh", e.changed_fresh},
                       {"first", e.before},
                       {"second", e.after},
                       {"difference", e.after - e.before},
                       {"standard_error", e.standard_error},
                       {"fresh_standard_error", e.fresh_error},
                       {"z", e.z}});
  return {{"attribute", a.attribute},
          {"values", {a.first, a.second}},
          {"people", a.people},
          {"usable", a.usable},
          {"effects", effects},
          {"factual", a.factual},
          {"counterfactual", a.counterfactual}};
}

}  // namespace offprint::tasks
