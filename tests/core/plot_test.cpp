#include "offprint/core/plot.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <regex>
#include <sstream>

#include "offprint/core/error.h"
#include "offprint/core/plot_colours.h"
#include "offprint/core/plot_frame.h"
#include "offprint/core/rng.h"
#include "offprint/core/utf8.h"

using namespace offprint;

namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();
const double kInfinity = std::numeric_limits<double>::infinity();

size_t count(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
  return n;
}

// Every <tag> is closed in order; what a browser's XML reader would refuse first.
bool balanced(const std::string& svg) {
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-z]+)[^<>]*?(/?)>");
  for (std::sregex_iterator it(svg.begin(), svg.end(), tag), end; it != end; ++it) {
    const auto& m = *it;
    if (m[1] == "/") {
      if (open.empty() || open.back() != m[2]) return false;
      open.pop_back();
    } else if (m[3] != "/") {
      open.push_back(m[2]);
    }
  }
  return open.empty();
}

Plot losses() {
  Plot plot{.title = "Loss", .x_label = "step", .y_label = "loss [nats]"};
  plot.lines = {{.label = "train", .x = {1, 2, 3, 4}, .y = {4, 3, 2, 1}},
                {.label = "valid",
                 .x = {1, 2, 3, 4},
                 .y = {5, 4, 3, 3},
                 .low = {4, 3, 2, 2},
                 .high = {6, 5, 4, 4},
                 .dashed = true}};
  plot.marks = {{"our bar", 2.5, false}};
  return plot;
}

Plot of_every_kind(Rng& rng) {
  Plot plot{.title = "random", .x_label = "x", .y_label = "y", .log_x = rng.uniform() < 0.3};
  plot.log_y = rng.uniform() < 0.3;
  const double size = std::pow(10, 12 * rng.uniform() - 6);
  for (int64_t l = rng.integer(4); l >= 0; --l) {
    Plot::Line line{.label = "line " + std::to_string(l), .points = rng.uniform() < 0.3};
    for (int64_t i = rng.integer(60); i >= 0; --i) {
      line.x.push_back(static_cast<double>(i) - 3);
      line.y.push_back(rng.uniform() < 0.1 ? kNaN : size * rng.normal());
      line.low.push_back(line.y.back() - size);
      line.high.push_back(rng.uniform() < 0.02 ? kInfinity : line.y.back() + size);
    }
    plot.lines.push_back(line);
  }
  plot.marks = {{"a mark", size, false}, {"another", size * 1.01, false}, {"v", 2, true}};
  return plot;
}

}  // namespace

TEST_CASE("to_svg: every point of a random plot lies inside the figure, and the file is sound") {
  Rng rng(8);
  for (int i = 0; i < 100; ++i) {
    const std::string svg = to_svg(of_every_kind(rng), 500, 300);
    CHECK(balanced(svg));
    CHECK(svg.find("nan") == svg.npos);
    CHECK(svg.find("inf") == svg.npos);
    const std::regex absolute("[ML](-?[0-9.]+) (-?[0-9.]+)");
    for (std::sregex_iterator it(svg.begin(), svg.end(), absolute), end; it != end; ++it) {
      const double x = std::stod((*it)[1]), y = std::stod((*it)[2]);
      CHECK((x >= -0.5 && x <= 500.5 && y >= -0.5 && y <= 300.5));
    }
  }
}

TEST_CASE("to_svg: a value stands where the axis says") {
  Plot plot{.title = "", .x_label = "", .y_label = ""};
  plot.lines = {{.label = "", .x = {0, 10}, .y = {0, 10}}};
  const Frame frame = lay_out(plot, 640, 360);
  const std::string svg = to_svg(plot);
  const std::string start = fmt::format("M{:.1f} {:.1f}L{:.1f} {:.1f}", frame.x_at(0),
                                        frame.y_at(0), frame.x_at(10), frame.y_at(10));
  CHECK(svg.find(start) != svg.npos);
  CHECK(frame.x_at(5) == doctest::Approx((frame.x_at(0) + frame.x_at(10)) / 2));
  CHECK(frame.y_at(10) < frame.y_at(0));
}

TEST_CASE("to_svg: labels are escaped, and named in a title and a description") {
  Plot plot = losses();
  plot.title = "<script>alert(1)</script> & \"more\"";
  plot.lines[0].label = "<b>\x01";
  plot.marks[0].label = "'x' < y";
  const std::string svg = to_svg(plot);
  CHECK(balanced(svg));
  CHECK(svg.find("<script>") == svg.npos);
  CHECK(svg.find("<b>") == svg.npos);
  CHECK(svg.find('\x01') == svg.npos);
  CHECK(count(svg, "<title>") == 1);
  CHECK(svg.find("valid: 4 points, x from 1 to 4, y from 3 to 5, last 3.") != svg.npos);
}

TEST_CASE("to_svg: legend and labels of marks stand outside the frame of the data") {
  const Frame frame = lay_out(losses(), 640, 360);
  REQUIRE(frame.legend.size() == 2);
  for (const LegendEntry& entry : frame.legend) CHECK(entry.label.y < frame.top);
  CHECK(frame.marks[0].x > frame.right);
  CHECK(frame.marks[0].x + text_width("our bar", kTextSize) <= 640);
  CHECK(frame.y_label.y < frame.top);
  CHECK(frame.x_label.y > frame.bottom);
  CHECK(frame.x_label.y < 360);
}

TEST_CASE("to_svg: marks that nearly coincide get labels that do not overlap") {
  Plot plot = losses();
  plot.marks = {{"a", 2.50, false}, {"b", 2.51, false}, {"c", 2.52, false}};
  const Frame frame = lay_out(plot, 640, 360);
  std::vector<double> y = {frame.marks[0].y, frame.marks[1].y, frame.marks[2].y};
  std::sort(y.begin(), y.end());
  CHECK(y[1] - y[0] >= kTextSize);
  CHECK(y[2] - y[1] >= kTextSize);
}

TEST_CASE("to_svg: NaN, infinity and values a log axis lacks break a line in two") {
  Plot plot;
  plot.lines = {{.label = "", .x = {1, 2, 3, 4, 5}, .y = {1, 2, kNaN, 4, 5}}};
  CHECK(count(to_svg(plot), "class=\"line\"") == 2);
  plot.lines[0].y[2] = kInfinity;
  CHECK(count(to_svg(plot), "class=\"line\"") == 2);
  plot.lines[0].y[2] = -3;
  CHECK(count(to_svg(plot), "class=\"line\"") == 1);
  plot.log_y = true;
  CHECK(count(to_svg(plot), "class=\"line\"") == 2);
}

TEST_CASE("to_svg: a million points make a small file that keeps each extreme") {
  Plot plot;
  Plot::Line line{.label = "long"};
  for (int i = 0; i < 1'000'000; ++i) {
    line.x.push_back(i);
    line.y.push_back(i == 543'210 ? 1.0 : 0.0);
  }
  plot.lines = {line};
  const std::string svg = to_svg(plot);
  CHECK(svg.size() < 100'000);
  const Frame frame = lay_out(plot, 640, 360);
  CHECK(svg.find(fmt::format(" {:.1f}L", frame.y_at(1))) != svg.npos);
}

TEST_CASE("to_svg: bars stand on zero, have error bars or their values, and wrapped names") {
  Plot plot{.y_label = "accuracy [%]"};
  plot.categories = {"first one", "second"};
  plot.bars = {{"", {-2, 4}, {}, {}}};
  const std::string svg = to_svg(plot);
  CHECK(count(svg, "class=\"bar\"") == 2);
  CHECK(svg.find(">−2</text>") != svg.npos);
  plot.bars = {{"a", {2, kNaN}, {1, 1}, {3, 3}}, {"b", {3, 4}, {2, 3}, {4, 5}}};
  const std::string pairs = to_svg(plot);
  CHECK(count(pairs, "class=\"error\"") == 3);
  CHECK(count(pairs, "class=\"bar\"") == 3 + 2);  // and two in the legend
}

TEST_CASE("to_svg: a heat map has its colour scale, and cells without a value are marked") {
  Plot plot{.x_label = "t", .y_label = "n"};
  plot.heat_map = {{{{0, 1}, {2, kNaN}}, "value [V]"}};
  const std::string svg = to_svg(plot);
  CHECK(svg.find("class=\"none\"") != svg.npos);
  CHECK(svg.find(">value [V]</text>") != svg.npos);
  CHECK(svg.find("fill=\"" + shade_colour(63.5 / 64) + "\" d=") !=
        svg.npos);  // the brightest shade, of the largest value
  plot.heat_map[0].values.assign(2000, std::vector<double>(2000, 1.0));
  CHECK(to_svg(plot).size() < 200'000);
}

TEST_CASE("to_svg: light and dark, and nothing at all, are drawn") {
  const std::string svg = to_svg(Plot());
  CHECK(svg.find("prefers-color-scheme:dark") != svg.npos);
  CHECK(svg.find(">no data</text>") != svg.npos);
  Plot heat;
  heat.heat_map = {{{}, ""}};
  CHECK(balanced(to_svg(heat)));
  Plot hollow = losses();
  hollow.lines.pop_back();
  hollow.lines[0].y.assign(4, kNaN);
  hollow.marks.clear();
  CHECK(to_svg(hollow).find(">no data</text>") != std::string::npos);
  CHECK_THROWS_AS(to_svg(Plot(), 10, 10), Error);
}

TEST_CASE("to_terminal: no line is wider than asked, for any plot") {
  Rng rng(3);
  for (int i = 0; i < 100; ++i) {
    const int columns = 24 + static_cast<int>(rng.integer(80));
    std::istringstream lines(to_terminal(of_every_kind(rng), columns, 10));
    for (std::string line; std::getline(lines, line);) CHECK(display_width(line) <= columns);
  }
}

TEST_CASE("to_terminal: a rising line goes from the lower left to the upper right") {
  Plot plot;
  plot.lines = {{.label = "", .x = {0, 1}, .y = {0, 1}}};
  CHECK(to_terminal(plot, 24, 4) ==
        "1 ┤                 ⣀⠤⠔⠂\n"
        "  │           ⣀⡠⠤⠒⠊⠉\n"
        "  │     ⢀⣀⠤⠔⠒⠉\n"
        "0 ┤⢀⡠⠤⠒⠉⠁\n"
        "  └┬──────────────────┬─\n"
        "   0                  1\n");
}

TEST_CASE("to_terminal: bars have eighths of a column and grow both ways from zero") {
  Plot plot;
  plot.categories = {"a", "b"};
  plot.bars = {{"", {10, 5}, {}, {}}};
  const std::string text = to_terminal(plot, 24, 4);
  CHECK(text.find("a ▕██████") == 0);
  CHECK(count(text, "█") > 10);
  plot.bars[0].values = {-10, 10};
  std::istringstream lines(to_terminal(plot, 40, 4));
  std::string below, above;
  std::getline(lines, below);
  std::getline(lines, above);
  CHECK(count(below, "█") == doctest::Approx(static_cast<double>(count(above, "█"))).epsilon(0.2));
  CHECK(display_width(below.substr(0, below.rfind("█"))) <
        display_width(above.substr(0, above.find("█"))) + 1);
}

TEST_CASE("to_terminal: a heat map is dark where it is low and full where it is high") {
  Plot plot;
  plot.heat_map = {{{{0, 1}, {1, kNaN}}, "v"}};
  CHECK(to_terminal(plot, 24, 4) == "│    ████│\n│████····│\nv: 0  ░▒▓█ 1\n");
  CHECK(to_terminal(Plot(), 24, 4) == "no data\n");
}

TEST_CASE("plot JSON: a plot comes back as it was, gaps as null") {
  Plot plot = losses();
  plot.log_y = true;
  plot.lines[0].y[1] = kNaN;
  plot.heat_map = {};
  const Json json = to_json(plot);
  CHECK(json["lines"][0]["y"][1].is_null());
  const Plot back = plot_from_json(parse_json(json_text(json), "t"));
  CHECK(json_text(to_json(back)) == json_text(json));
  CHECK(std::isnan(back.lines[0].y[1]));
  CHECK(to_svg(back) == to_svg(plot));
}

TEST_CASE("plot JSON: broken plots are errors") {
  for (const char* text :
       {"3", R"({"lines": 3})", R"({"lines": [{"x": [1], "y": [1, 2]}]})",
        R"({"lines": [{"x": "a", "y": []}]})", R"({"title": 3})", R"({"marks": [{"label": "a"}]})",
        R"({"heat_map": [{"values": [[1, 2], [1]]}]})", R"({"lines": [{"x": [true], "y": [1]}]})"})
    CHECK_THROWS_AS(plot_from_json(parse_json(text, "t")), Error);
}
