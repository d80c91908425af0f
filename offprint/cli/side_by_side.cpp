#include "offprint/cli/side_by_side.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "offprint/core/utf8.h"
#include "offprint/core/word_diff.h"

namespace offprint::cli {
namespace {

struct Line {
  std::string text;
  int width = 0;
};

struct Marks {
  std::string before, after;
  bool wide = false;  // they take columns
};

// Fills lines of `width` columns; a run of words that are not shared has marks around it, and in
// colours around its part of each line.
std::vector<Line> lines_of(const std::vector<DiffWord>& words, int width, const Marks& marks) {
  std::vector<Line> lines(1);
  const auto put = [&](std::string_view text) {
    lines.back().text += text, lines.back().width += display_width(text);
  };
  for (size_t i = 0; i < words.size(); ++i) {
    const bool begins = !words[i].shared && (i == 0 || words[i - 1].shared);
    const bool ends = !words[i].shared && (i + 1 == words.size() || words[i + 1].shared);
    std::string_view word = words[i].text;
    std::string blanks;
    while (!word.empty() &&
           (word[0] == ' ' || word[0] == '\n' || word[0] == '\t' || word[0] == '\r')) {
      if (word[0] == '\n')
        lines.emplace_back(), blanks.clear();
      else
        blanks += ' ';
      word.remove_prefix(1);
    }
    std::string body(word);
    if (marks.wide && begins) body = marks.before + body;
    if (marks.wide && ends) body += marks.after;
    if (lines.back().width > 0 &&
        lines.back().width + static_cast<int>(blanks.size()) + display_width(body) > width)
      lines.emplace_back(), blanks.clear();
    put(blanks);
    const bool coloured = !marks.wide && !words[i].shared;
    if (coloured) lines.back().text += marks.before;
    put(body);
    if (coloured) lines.back().text += marks.after;
  }
  return lines;
}

}  // namespace

std::string side_by_side(std::string_view left_title, std::string_view left,
                         std::string_view right_title, std::string_view right,
                         const SideBySide& how) {
  const WordDiff diff = word_diff(left, right);
  const int width = std::max(20, (how.width - 3) / 2);
  const Marks gone = how.colours ? Marks{"\x1b[31m", "\x1b[0m", false} : Marks{"[-", "-]", true};
  const Marks come = how.colours ? Marks{"\x1b[32m", "\x1b[0m", false} : Marks{"{+", "+}", true};
  std::vector<Line> a = lines_of(diff.a, width, gone), b = lines_of(diff.b, width, come);
  a.insert(a.begin(), {std::string(left_title), display_width(left_title)});
  b.insert(b.begin(), {std::string(right_title), display_width(right_title)});
  std::string text;
  for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const Line l = i < a.size() ? a[i] : Line{}, r = i < b.size() ? b[i] : Line{};
    std::string line = l.text + std::string(static_cast<size_t>(std::max(0, width - l.width)), ' ');
    line += " | " + r.text;
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

SideBySide terminal_side_by_side() {
  SideBySide how;
  how.colours = isatty(STDOUT_FILENO) && std::getenv("NO_COLOR") == nullptr;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) how.width = size.ws_col;
  return how;
}

}  // namespace offprint::cli
