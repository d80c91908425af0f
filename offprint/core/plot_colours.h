// Colours of SVG figures, light and dark, and the style sheet that carries them.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace offprint {

// What stands in the <style> element: the same for every figure, so that a page's content policy
// can name it by its hash. A page that holds the figure may set --plot-paper, --plot-ink and the
// like.
std::string_view plot_style();

// Attributes of a group drawn in the colour of series i: a class for browsers, and plain colours
// for programs that know no custom properties.
std::string series_attributes(size_t series);

// "#31688e": a perceptually even scale from dark (0) to bright (1), safe for colour-blind readers.
std::string shade_colour(double share);

// The map averaged down to at most `columns` x `rows` cells; cells without a value do not count.
std::vector<std::vector<double>> shrunk(const std::vector<std::vector<double>>& values,
                                        size_t columns, size_t rows);

}  // namespace offprint
