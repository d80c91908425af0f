// A figure of lines, bands, points, bars or a heat map, drawn as SVG or in a terminal.
// SVG reads in light and dark (colours through CSS custom properties with prefers-color-scheme),
// uses the colour-blind safe palette of Okabe and Ito, has a <title> and <desc> for readers who do
// not see it.
#pragma once
#include <string>
#include <vector>

#include "offprint/core/json.h"

namespace offprint {

// Members have defaults so that designated initialisers may leave any of them out.
struct Plot {
  struct Line {
    std::string label = {};
    std::vector<double> x = {}, y = {};
    std::vector<double> low = {}, high = {};  // both empty, or a band around y of the same length
    bool dashed = false;
    bool points = false;  // markers only: a scatter
  };
  struct Bars {
    std::string label = {};
    std::vector<double> values = {};          // one a category
    std::vector<double> low = {}, high = {};  // error bars, or empty
  };
  struct HeatMap {
    std::vector<std::vector<double>> values = {};  // rows from the top
    std::string label = {};                        // of the colour scale, with unit
  };
  struct Mark {  // a reference line across the figure: "our bar", "paper"
    std::string label = {};
    double value = 0;
    bool vertical = false;
  };

  std::string title = {}, x_label = {}, y_label = {};  // with units: "lag [steps]"
  bool log_x = false, log_y = false;
  std::vector<Line> lines = {};
  std::vector<std::string> categories = {};  // of the bars
  std::vector<Bars> bars = {};
  std::vector<HeatMap> heat_map = {};  // none or one
  std::vector<Mark> marks = {};
};

std::string to_svg(const Plot& plot, int width = 640, int height = 360);
std::string to_terminal(const Plot& plot, int columns = 72,
                        int rows = 18);  // Unicode braille and blocks
Json to_json(const Plot& plot);          // the numbers behind it
Plot plot_from_json(const Json& json);

}  // namespace offprint
