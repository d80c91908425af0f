#include "offprint/tasks/graph_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "offprint/core/markup.h"
#include "offprint/core/utf8.h"

namespace offprint::tasks {
namespace {

using kernels::has;
using kernels::members;

constexpr double kColumn = 150, kRow = 64, kHalfWidth = 52, kHalfHeight = 17, kMargin = 20;

struct Place {
  double x = 0, y = 0;
};

// A column a variable: one right of its rightmost parent; rows by the mean row of the parents.
std::vector<Place> places_of(const kernels::CausalGraph& g) {
  std::vector<int> depth(static_cast<size_t>(g.size()));
  std::vector<std::vector<int>> columns;
  for (const int i : kernels::causal_order(g)) {
    const auto at = static_cast<size_t>(i);
    for (const int p : members(g.parents[at]))
      depth[at] = std::max(depth[at], depth[static_cast<size_t>(p)] + 1);
    if (columns.size() <= static_cast<size_t>(depth[at]))
      columns.resize(static_cast<size_t>(depth[at]) + 1);
    columns[static_cast<size_t>(depth[at])].push_back(i);
  }
  std::vector<Place> out(depth.size());
  size_t tallest = 0;
  for (const auto& column : columns) tallest = std::max(tallest, column.size());
  for (size_t c = 0; c < columns.size(); ++c) {
    std::vector<int>& column = columns[c];
    const auto wish = [&](int i) {
      const auto parents = members(g.parents[static_cast<size_t>(i)]);
      double sum = 0;
      for (const int p : parents) sum += out[static_cast<size_t>(p)].y;
      return parents.empty() ? 0.0 : sum / static_cast<double>(parents.size());
    };
    std::ranges::stable_sort(column, {}, wish);
    const double top =
        kMargin + kHalfHeight + 0.5 * kRow * static_cast<double>(tallest - column.size());
    for (size_t r = 0; r < column.size(); ++r)
      out[static_cast<size_t>(column[r])] = {
          kMargin + kHalfWidth + kColumn * static_cast<double>(c),
          top + kRow * static_cast<double>(r) + (c % 2 == 1 ? 0.2 * kRow : 0)};
  }
  return out;
}

std::string edge_svg(Place from, Place to) {
  // From border to border of the two boxes, along the line between their centres.
  const double dx = to.x - from.x, dy = to.y - from.y;
  const double reach = std::min(std::abs(dx) > 0 ? kHalfWidth / std::abs(dx) : 1e9,
                                std::abs(dy) > 0 ? kHalfHeight / std::abs(dy) : 1e9);
  const double length = std::hypot(dx, dy), head = 6 / length;
  const Place a{from.x + reach * dx, from.y + reach * dy};
  const Place b{to.x - (reach + head) * dx, to.y - (reach + head) * dy};
  const double ux = dx / length, uy = dy / length;
  return fmt::format(
      "<path class=\"edge\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/><path class=\"head\" "
      "d=\"M{:.1f} {:.1f}l{:.1f} {:.1f}l{:.1f} {:.1f}z\"/>\n",
      a.x, a.y, b.x, b.y, b.x + 6 * ux, b.y + 6 * uy, -8 * ux - 4 * uy, -8 * uy + 4 * ux, 8 * uy,
      -8 * ux);
}

}  // namespace

std::string graph_svg(const kernels::CausalGraph& g, int outcome, kernels::NodeSet moving,
                      kernels::NodeSet kept) {
  const std::vector<Place> places = places_of(g);
  double width = 0, height = 0;
  for (const Place& p : places) {
    width = std::max(width, p.x + kHalfWidth + kMargin);
    height = std::max(height, p.y + kHalfHeight + kMargin);
  }
  std::string words;
  for (int i = 0; i < g.size(); ++i)
    for (const int p : members(g.parents[static_cast<size_t>(i)]))
      words += fmt::format("{}{} to {}", words.empty() ? "" : ", ", g.names[static_cast<size_t>(p)],
                           g.names[static_cast<size_t>(i)]);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" role=\"img\"><title>Causal graph</title><desc>Arrows: {2}</desc>\n",
      width, height, escape_markup(words.empty() ? "none" : words));
  svg +=
      "<style>.edge{fill:none;stroke:#555}.head{fill:#555}.box{fill:#fff;stroke:#222}"
      ".kept{fill:#cfe8f7}.moving{stroke:#d55e00;stroke-dasharray:5 3;stroke-width:2}"
      ".outcome{stroke-width:3}text{font:13px sans-serif;fill:#111;text-anchor:middle}"
      "@media(prefers-color-scheme:dark){.edge{stroke:#aaa}.head{fill:#aaa}"
      ".box{fill:#222;stroke:#ddd}.kept{fill:#1c4a66}text{fill:#eee}}</style>\n";
  for (int i = 0; i < g.size(); ++i)
    for (const int p : members(g.parents[static_cast<size_t>(i)]))
      svg += edge_svg(places[static_cast<size_t>(p)], places[static_cast<size_t>(i)]);
  for (int i = 0; i < g.size(); ++i) {
    const Place& at = places[static_cast<size_t>(i)];
    svg += fmt::format(
        "<rect class=\"box{}{}{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" "
        "rx=\"{}\"/><text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
        i == outcome ? " outcome" : "", has(moving, i) ? " moving" : "",
        has(kept, i) ? " kept" : "", at.x - kHalfWidth, at.y - kHalfHeight, 2 * kHalfWidth,
        2 * kHalfHeight, i == outcome ? 0 : 15, at.x, at.y + 4.5,
        escape_markup(shorten_to_width(g.names[static_cast<size_t>(i)], 14)));
  }
  return svg + "</svg>\n";
}

}  // namespace offprint::tasks
