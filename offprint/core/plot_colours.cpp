#include "offprint/core/plot_colours.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace offprint {
namespace {

// Okabe & Ito 2008, "Color universal design": eight colours that stay apart under every common
// colour vision. Ordered so that the first ones have the most contrast with white.
constexpr auto kPalette = std::to_array<const char*>(
    {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442"});

// Nine anchors of viridis (Smith & van der Walt 2015), interpolated in sRGB.
using Rgb = std::array<int, 3>;
constexpr auto kViridis = std::to_array<Rgb>({{68, 1, 84},
                                              {71, 44, 122},
                                              {59, 81, 139},
                                              {44, 113, 142},
                                              {33, 144, 141},
                                              {39, 173, 129},
                                              {92, 200, 99},
                                              {170, 220, 50},
                                              {253, 231, 37}});

}  // namespace

// On dark paper blue changes place with sky blue and black turns white, for contrast.
std::string_view plot_style() {
  return R"(
.offprint-plot{--paper:var(--plot-paper,#fff);--ink:var(--plot-ink,#1c1c1c);--soft:var(--plot-soft,#5c5c5c);--rule:var(--plot-rule,#e2e2e2);--s0:#0072b2;--s1:#d55e00;--s2:#009e73;--s3:#cc79a7;--s4:#e69f00;--s5:#56b4e9;--s6:#000;--s7:#b8a900;max-width:100%;height:auto}
@media(prefers-color-scheme:dark){.offprint-plot{--paper:var(--plot-paper,#15171b);--ink:var(--plot-ink,#ececec);--soft:var(--plot-soft,#a9adb5);--rule:var(--plot-rule,#30343b);--s0:#56b4e9;--s1:#ef7f2e;--s2:#1fbf91;--s3:#d992b9;--s4:#e69f00;--s5:#3f8fd0;--s6:#fff;--s7:#f0e442}}
.offprint-plot text{font:11.5px ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--soft);font-variant-numeric:tabular-nums}
.offprint-plot .title{font-size:14px;font-weight:600;fill:var(--ink)}
.offprint-plot .entry,.offprint-plot .value{fill:var(--ink)}
.offprint-plot .middle{text-anchor:middle}.offprint-plot .end{text-anchor:end}
.offprint-plot .paper{fill:var(--paper)}
.offprint-plot .grid{stroke:var(--rule)}.offprint-plot .axis{stroke:var(--soft)}
.offprint-plot .mark{stroke:var(--soft);stroke-dasharray:2 3}
.offprint-plot .s0{--s:var(--s0)}.offprint-plot .s1{--s:var(--s1)}.offprint-plot .s2{--s:var(--s2)}.offprint-plot .s3{--s:var(--s3)}.offprint-plot .s4{--s:var(--s4)}.offprint-plot .s5{--s:var(--s5)}.offprint-plot .s6{--s:var(--s6)}.offprint-plot .s7{--s:var(--s7)}
.offprint-plot .series{fill:var(--s);stroke:none}
.offprint-plot .line{fill:none;stroke:var(--s);stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
.offprint-plot .dashed{stroke-dasharray:6 4}
.offprint-plot .band{fill-opacity:.18}
.offprint-plot .error{fill:none;stroke:var(--ink);stroke-width:1.2}
.offprint-plot .none{fill:var(--rule)}
)";
}

std::string series_attributes(size_t series) {
  const size_t i = series % kPalette.size();
  return fmt::format("class=\"series s{}\" fill=\"{}\" stroke=\"{}\"", i, kPalette[i], kPalette[i]);
}

std::string shade_colour(double share) {
  const double at = std::clamp(share, 0.0, 1.0) * (kViridis.size() - 1);
  const size_t i = std::min(static_cast<size_t>(at), kViridis.size() - 2);
  const auto mix = [&](size_t channel) {
    const double from = kViridis[i][channel], to = kViridis[i + 1][channel];
    return static_cast<int>(std::lround(from + (to - from) * (at - static_cast<double>(i))));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(0), mix(1), mix(2));
}

std::vector<std::vector<double>> shrunk(const std::vector<std::vector<double>>& values,
                                        size_t columns, size_t rows) {
  if (values.empty() || (values.size() <= rows && values[0].size() <= columns)) return values;
  const size_t height = std::min(rows, values.size()), width = std::min(columns, values[0].size());
  std::vector<std::vector<double>> sums(height, std::vector<double>(width)), counts = sums;
  for (size_t r = 0; r < values.size(); ++r)
    for (size_t c = 0; c < values[r].size(); ++c) {
      if (!std::isfinite(values[r][c])) continue;
      const size_t to_r = r * height / values.size(), to_c = c * width / values[r].size();
      sums[to_r][to_c] += values[r][c];
      counts[to_r][to_c] += 1;
    }
  for (size_t r = 0; r < height; ++r)
    for (size_t c = 0; c < width; ++c)
      sums[r][c] =
          counts[r][c] > 0 ? sums[r][c] / counts[r][c] : std::numeric_limits<double>::quiet_NaN();
  return sums;
}

}  // namespace offprint
