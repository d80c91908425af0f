#include "offprint/data/csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/text_file.h"
#include "offprint/data/timestamp.h"

namespace offprint::data {
namespace {

constexpr size_t kMaxColumns = 65536;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

bool ends_line(char c) { return c == '\n' || c == '\r'; }

// Walks over cells and lines; knows nothing of what cells mean.
class Cells {
 public:
  Cells(std::string_view text, int64_t line, char delimiter, const std::string& source)
      : at_(text.data()),
        end_(text.data() + text.size()),
        delimiter_(delimiter),
        source_(source),
        line_(line) {}

  const char* at() const { return at_; }
  const char* end() const { return end_; }
  int64_t line() const { return line_; }
  bool done() const { return at_ == end_; }
  bool at_cell_end() const { return at_ == end_ || *at_ == delimiter_ || ends_line(*at_); }
  bool at_blank_line() const { return at_ != end_ && ends_line(*at_); }
  bool ends_cell(const char* p) const { return p == end_ || *p == delimiter_ || ends_line(*p); }
  void jump(const char* to) { at_ = to; }

  // The cell that begins here, up to its delimiter or line end. Valid until the next call.
  std::string_view cell() {
    if (at_ != end_ && *at_ == '"') return quoted_cell();
    const char* const begin = at_;
    while (!at_cell_end()) ++at_;
    return {begin, static_cast<size_t>(at_ - begin)};
  }
  // Steps over the delimiter; false at the end of a line.
  bool next_cell() {
    if (at_ == end_ || *at_ != delimiter_) return false;
    ++at_;
    return true;
  }
  void next_line() {
    if (at_ == end_) return;
    at_ += *at_ == '\r' && end_ - at_ > 1 && at_[1] == '\n' ? 2 : 1;
    ++line_;
  }

 private:
  std::string_view quoted_cell() {
    const int64_t opened = line_;
    scratch_.clear();
    for (++at_;; ++at_) {
      const char* const begin = at_;
      while (at_ != end_ && *at_ != '"') {
        line_ += *at_ == '\n' || (*at_ == '\r' && (end_ - at_ < 2 || at_[1] != '\n'));
        ++at_;
      }
      scratch_.append(begin, at_);
      require(at_ != end_, "{}: line {}: a quote is never closed", source_, opened);
      ++at_;
      if (at_ == end_ || *at_ != '"') break;
      scratch_ += '"';  // two quotes are one
    }
    require(at_cell_end(), "{}: line {}: text after a closing quote, expected '{}' or a new line",
            source_, line_, delimiter_ == '\t' ? "tab" : std::string(1, delimiter_));
    return scratch_;
  }

  const char *at_, *end_;
  char delimiter_;
  const std::string& source_;
  int64_t line_;
  std::string scratch_;
};

// The first of tab ; , | that parts every one of the first lines into the same number of cells, at
// least two; else the one met most often in the first line. Comma last but one: where ";" fits as
// well, commas are decimal.
char detect_delimiter(std::string_view text) {
  constexpr std::string_view kCandidates = "\t;,|";
  constexpr size_t kLines = 20;
  std::vector<std::array<int64_t, kCandidates.size()>> counts(1);
  bool quoted_text = false;
  for (const char c : text.substr(0, size_t{1} << 20)) {
    if (c == '"') quoted_text = !quoted_text;
    if (quoted_text) continue;
    if (ends_line(c)) {
      if (counts.size() == kLines) break;
      if (counts.back() != decltype(counts)::value_type{}) counts.emplace_back();
    }
    const size_t candidate = kCandidates.find(c);
    if (candidate != kCandidates.npos) ++counts.back()[candidate];
  }
  if (counts.size() > 1) counts.pop_back();  // cut short, or nothing after the last line end
  for (size_t i = 0; i < kCandidates.size(); ++i)
    if (counts[0][i] > 0 &&
        std::ranges::all_of(counts, [&](const auto& line) { return line[i] == counts[0][i]; }))
      return kCandidates[i];
  const auto most = std::ranges::max_element(counts[0]);
  return *most == 0 ? ',' : kCandidates[static_cast<size_t>(most - counts[0].begin())];
}

class Parser {
 public:
  Parser(std::string_view text, const std::string& source, const CsvOptions& options)
      : text_(text), options_(options), delimiter_(options.delimiter) {
    table_.source = source;
    while (!text_.empty() && ends_line(text_.back())) text_.remove_suffix(1);
    require(!text_.empty(), "{}: is empty, expected rows", source);
    if (delimiter_ == 0) delimiter_ = detect_delimiter(text_);
    decimal_ = delimiter_ == ';' || delimiter_ == '\t' ? ',' : '.';
  }

  Table parse() {
    read_names();
    for (const std::string& name : options_.text) table_.column(name);  // a wrong name is an error
    guess_kinds();
    // Each pass reads the columns not read yet as their present kind; a column that is not what it
    // was taken for waits for the next pass. Kinds only fall, number to time to text: three passes.
    while (std::ranges::any_of(states_, [](State s) { return s == State::reading; })) {
      read_rows();
      for (State& state : states_) state = state == State::refused ? State::reading : State::done;
    }
    return std::move(table_);
  }

 private:
  enum class State : char { reading, refused, done };

  const std::string& source() const { return table_.source; }

  void read_names() {
    Cells cells(text_, 1, delimiter_, source());
    while (cells.at_blank_line()) cells.next_line();
    std::vector<std::string> names;
    bool numbers = true, any = false;
    do {
      const std::string cell(trimmed(cells.cell()));
      double ignored = 0;
      const bool missing = is_missing(cell);
      any |= !missing;
      numbers &= missing || parse_number(cell, decimal_, ignored);
      names.push_back(cell);
      require(names.size() <= kMaxColumns, "{}: more than {} columns", source(), kMaxColumns);
    } while (cells.next_cell());
    cells.next_line();
    const bool header = options_.header.value_or(!(numbers && any));
    if (header) {
      body_ = static_cast<size_t>(cells.at() - text_.data());
      first_line_ = cells.line();
    }
    require(body_ < text_.size(), "{}: no rows after the header", source());
    set_names(std::move(names), header);
  }

  void set_names(std::vector<std::string> names, bool header) {
    std::unordered_set<std::string> seen;
    for (size_t i = 0; i < names.size(); ++i) {
      std::string& name = names[i];
      if (!header || name.empty()) name = fmt::format("column {}", i + 1);
      const bool control =
          std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
      require(is_utf8(name) && (!control || name.find_first_of("\n\r\t") != name.npos),
              "{}: no text file: the name of column {} is not UTF-8 text", source(), i + 1);
      require(seen.insert(name).second, "{}: two columns are named {}", source(), in_quotes(name));
      table_.columns.push_back({.name = std::move(name)});
    }
    states_.assign(table_.columns.size(), State::reading);
  }

  // By the first row alone: a column of times or text need not be refused as numbers first.
  void guess_kinds() {
    Cells cells(text_.substr(body_), first_line_, delimiter_, source());
    for (Column& column : table_.columns) {
      const std::string_view cell = trimmed(cells.cell());
      double ignored = 0;
      if (std::ranges::find(options_.text, column.name) != options_.text.end())
        column.kind = ColumnKind::text;
      else if (!is_missing(cell) && !parse_number(cell, decimal_, ignored))
        column.kind = parse_time(cell) ? ColumnKind::time : ColumnKind::text;
      if (!cells.next_cell()) break;
    }
    const auto first_row = static_cast<size_t>(cells.at() - (text_.data() + body_));
    const size_t bytes_a_row = std::max(table_.columns.size() * 2, first_row);
    likely_rows_ = (text_.size() - body_) / bytes_a_row + 1;
  }

  void read_rows() {
    for (size_t i = 0; i < states_.size(); ++i)
      if (states_[i] == State::reading && table_.columns[i].kind != ColumnKind::text)
        table_.columns[i].numbers.reserve(likely_rows_);
    Cells cells(text_.substr(body_), first_line_, delimiter_, source());
    table_.line_shifts.clear();
    int64_t row = 0;
    for (; !cells.done(); ++row) {
      // An empty line is a missing value where there is one column, and nothing elsewhere.
      while (table_.columns.size() > 1 && cells.at_blank_line()) cells.next_line();
      line_ = cells.line();
      if (table_.line_shifts.empty() || table_.line_shifts.back().second != line_ - row)
        table_.line_shifts.emplace_back(row, line_ - row);
      read_row(cells);
    }
    table_.rows = row;
  }

  void read_row(Cells& cells) {
    const size_t width = table_.columns.size();
    size_t read = 0;
    bool more = true;
    while (more && read < width) {
      read_cell(cells, read);
      ++read;
      more = cells.next_cell();
    }
    if (more || read < width) {
      for (; more; ++read) {
        cells.cell();
        more = cells.next_cell();
      }
      fail("{}: line {}: {} cells, expected {}", source(), line_, read, width);
    }
    cells.next_line();
  }

  void read_cell(Cells& cells, size_t index) {
    Column& column = table_.columns[index];
    if (states_[index] != State::reading) {
      cells.cell();
      return;
    }
    if (column.kind == ColumnKind::number) {  // the fast way: most cells of most files
      double value = 0;
      const auto [next, error] = std::from_chars(cells.at(), cells.end(), value);
      if (error == std::errc() && cells.ends_cell(next) && !(std::abs(value) >= kMaxWhole)) {
        column.numbers.push_back(value);
        cells.jump(next);
        return;
      }
    }
    const std::string_view raw = cells.cell();
    if (column.kind == ColumnKind::text) {
      require(is_utf8(raw), "{}: line {}, column '{}': not UTF-8 text", source(), line_,
              column.name);
      column.texts.emplace_back(raw);
    } else if (!store(column, trimmed(raw))) {
      states_[index] = State::refused;
      const bool was_number = column.kind == ColumnKind::number;
      column.kind = was_number && parse_time(trimmed(raw)) ? ColumnKind::time : ColumnKind::text;
      column.numbers = {};
    }
  }

  bool store(Column& column, std::string_view cell) const {
    double value = kMissing;
    if (!is_missing(cell)) {
      if (column.kind == ColumnKind::time) {
        const auto time = parse_time(cell);
        if (!time) return false;
        value = *time;
      } else {
        if (!parse_number(cell, decimal_, value)) return false;
        const bool whole = cell.find_first_not_of("+-0123456789") == cell.npos;
        if (whole && std::abs(value) >= kMaxWhole) return false;
      }
    }
    column.numbers.push_back(value);
    return true;
  }

  std::string_view text_;
  const CsvOptions& options_;
  char delimiter_, decimal_ = '.';
  Table table_;
  std::vector<State> states_;
  size_t body_ = 0, likely_rows_ = 0;
  int64_t first_line_ = 1, line_ = 1;
};

}  // namespace

Table parse_csv(std::string_view text, const std::string& source, const CsvOptions& options) {
  return Parser(text, source, options).parse();
}

Table read_csv(const std::filesystem::path& path, const CsvOptions& options) {
  const Contents contents(path);
  return parse_csv(text_of(contents, path.string()), path.string(), options);
}

namespace {

std::string csv_cell(std::string_view text, char delimiter, bool alone) {
  const bool blank_around =
      !text.empty() && (text.front() == ' ' || text.back() == ' ');  // readers trim
  const bool special = text.find_first_of("\"\n\r\t") != text.npos ||
                       text.find(delimiter) != text.npos || blank_around;
  if (!special && !(alone && text.empty())) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string csv_text(const Table& table, char delimiter) {
  const bool alone = table.columns.size() == 1;  // an empty line would vanish at the end
  std::string out;
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    const size_t length =
        column.kind == ColumnKind::text ? column.texts.size() : column.numbers.size();
    require(length == static_cast<size_t>(table.rows),
            "write_csv: column '{}' has {} rows, expected {}", column.name, length, table.rows);
    if (c > 0) out += delimiter;
    out += csv_cell(column.name, delimiter, alone);
  }
  out += '\n';
  for (size_t row = 0; row < static_cast<size_t>(table.rows); ++row) {
    for (size_t c = 0; c < table.columns.size(); ++c) {
      const Column& column = table.columns[c];
      if (c > 0) out += delimiter;
      out += csv_cell(column.kind == ColumnKind::text ? column.texts[row]
                                                      : cell_text(column.numbers[row], column.kind),
                      delimiter, alone);
    }
    out += '\n';
  }
  return out;
}

void write_csv(const std::filesystem::path& path, const Table& table, char delimiter) {
  write_file(path, csv_text(table, delimiter));
}

}  // namespace offprint::data
