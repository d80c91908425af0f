#include "offprint/core/plot.h"

#include <cmath>
#include <limits>

#include "offprint/core/plot_axis.h"

namespace offprint {
namespace {

// JSON has no NaN and no infinity: a gap in a line is null.
Json numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double v : values) list.push_back(std::isfinite(v) ? Json(v) : Json(nullptr));
  return list;
}

std::vector<double> numbers_from(const Json& list) {
  require(list.is_array(), "plot: numbers are {}, expected a list", json_kind(list));
  std::vector<double> values;
  for (const Json& v : list) {
    require(v.is_number() || v.is_null(), "plot: a number is {}", json_kind(v));
    values.push_back(v.is_null() ? std::numeric_limits<double>::quiet_NaN() : v.get<double>());
  }
  return values;
}

std::vector<double> numbers_of(const Json& object, const char* key) {
  return object.contains(key) ? numbers_from(object[key]) : std::vector<double>();
}

std::string text_of(const Json& object, const char* key) {
  return object.contains(key) ? json_get<std::string>(object, key, "plot") : "";
}

bool flag_of(const Json& object, const char* key) {
  return object.contains(key) && json_get<bool>(object, key, "plot");
}

Json line_json(const Plot::Line& line) {
  Json json = {{"label", line.label}, {"x", numbers(line.x)}, {"y", numbers(line.y)}};
  if (!line.low.empty()) json["low"] = numbers(line.low);
  if (!line.high.empty()) json["high"] = numbers(line.high);
  if (line.dashed) json["dashed"] = true;
  if (line.points) json["points"] = true;
  return json;
}

Json bars_json(const Plot::Bars& bars) {
  Json json = {{"label", bars.label}, {"values", numbers(bars.values)}};
  if (!bars.low.empty()) json["low"] = numbers(bars.low);
  if (!bars.high.empty()) json["high"] = numbers(bars.high);
  return json;
}

}  // namespace

// Lists that are empty are left out: most plots have one kind of content.
Json to_json(const Plot& plot) {
  Json json = {{"title", plot.title}, {"x_label", plot.x_label}, {"y_label", plot.y_label}};
  if (plot.log_x) json["log_x"] = true;
  if (plot.log_y) json["log_y"] = true;
  for (const Plot::Line& line : plot.lines) json["lines"].push_back(line_json(line));
  if (!plot.categories.empty()) json["categories"] = plot.categories;
  for (const Plot::Bars& bars : plot.bars) json["bars"].push_back(bars_json(bars));
  for (const Plot::HeatMap& map : plot.heat_map) {
    Json rows = Json::array();
    for (const auto& row : map.values) rows.push_back(numbers(row));
    json["heat_map"].push_back({{"label", map.label}, {"values", rows}});
  }
  for (const Plot::Mark& mark : plot.marks)
    json["marks"].push_back(
        {{"label", mark.label}, {"value", mark.value}, {"vertical", mark.vertical}});
  return json;
}

Plot plot_from_json(const Json& json) {
  require(json.is_object(), "plot: {}, expected an object", json_kind(json));
  Plot plot{
      .title = text_of(json, "title"),
      .x_label = text_of(json, "x_label"),
      .y_label = text_of(json, "y_label"),
      .log_x = flag_of(json, "log_x"),
      .log_y = flag_of(json, "log_y"),
  };
  const auto each = [&](const char* key) {
    Json list = json.value(key, Json::array());
    require(list.is_array(), "plot: '{}' is {}, expected a list", key, json_kind(list));
    return list;
  };
  for (const Json& line : each("lines"))
    plot.lines.push_back({text_of(line, "label"), numbers_of(line, "x"), numbers_of(line, "y"),
                          numbers_of(line, "low"), numbers_of(line, "high"),
                          flag_of(line, "dashed"), flag_of(line, "points")});
  if (json.contains("categories"))
    plot.categories = json_get<std::vector<std::string>>(json, "categories", "plot");
  for (const Json& bars : each("bars"))
    plot.bars.push_back({text_of(bars, "label"), numbers_of(bars, "values"),
                         numbers_of(bars, "low"), numbers_of(bars, "high")});
  for (const Json& map : each("heat_map")) {
    Plot::HeatMap heat{{}, text_of(map, "label")};
    for (const Json& row : json_member(map, "values", "plot"))
      heat.values.push_back(numbers_from(row));
    plot.heat_map.push_back(std::move(heat));
  }
  for (const Json& mark : each("marks"))
    plot.marks.push_back({text_of(mark, "label"), json_get<double>(mark, "value", "plot"),
                          flag_of(mark, "vertical")});
  require_consistent(plot);
  return plot;
}

}  // namespace offprint
