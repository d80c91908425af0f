#include <algorithm>

#include "offprint/store/paper_condition.h"
#include "offprint/store/paper_row.h"
#include "offprint/store/word_index.h"

namespace offprint::store {
namespace {

constexpr char kOpen = '\x01', kClose = '\x02';

bool names_a_word(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
  });
}

// A string of FTS5's query language: whatever is in it is text. A zero byte would end it.
std::string as_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c == '\0' ? ' ' : c;
  }
  return out + '"';
}

// "" where nothing names a word.
std::string match_expression(std::span<const Term> terms, bool all,
                             std::span<const std::string> authors) {
  std::string words, names;
  for (const Term& term : terms) {
    if (!names_a_word(term.text)) continue;
    if (!words.empty()) words += all ? " AND " : " OR ";
    words += as_string(term.text) + (term.prefix ? " *" : "");
  }
  for (const std::string& author : authors) {
    if (!names_a_word(author)) continue;
    if (!names.empty()) names += " AND ";
    names += "authors : " + as_string(author);
  }
  if (words.empty() || names.empty()) return words + names;
  return "(" + words + ") AND " + names;
}

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  for (bool marked = false; !text.empty(); marked = !marked) {
    const size_t end = std::min(text.find(marked ? kClose : kOpen), text.size());
    if (end > 0) pieces.push_back({std::string(text.substr(0, end)), marked});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pieces;
}

class SqliteWords final : public WordIndex {
 public:
  void add(Connection& connection, const Paper& p) const override {
    connection.run(
        "INSERT INTO paper_words(rowid, title, authors, summary, abstract) VALUES($1, $2, $3, $4, "
        "$5)",
        {p.key, p.title, join_lines(p.authors), p.summary, p.abstract});
  }

  void remove(Connection& connection, const Paper& p) const override {
    connection.run(
        "INSERT INTO paper_words(paper_words, rowid, title, authors, summary, abstract) "
        "VALUES('delete', $1, $2, $3, $4, $5)",
        {p.key, p.title, join_lines(p.authors), p.summary, p.abstract});
  }

  std::vector<Scored> find(Connection& connection, const WordSearch& search) const override {
    const std::string match = match_expression(search.terms, search.all, search.authors);
    std::vector<Scored> found;
    if (match.empty()) return found;
    const std::string sql =
        search.filter.empty()
            ? "SELECT rowid, rank FROM paper_words WHERE paper_words MATCH $6 ORDER BY rank LIMIT "
              "$7"
            : "SELECT w.rowid, w.rank FROM paper_words AS w JOIN papers AS p ON p.key = w.rowid "
              "WHERE w.paper_words MATCH $6" +
                  condition(search.filter) + " ORDER BY w.rank LIMIT $7";
    const auto filter = condition_arguments(search.filter);
    std::vector<Value> arguments(filter.begin(), filter.end());
    arguments.insert(arguments.end(), {match, search.limit});
    // FTS5's rank is better when smaller.
    connection.run(sql, arguments, [&](const Row& row) {
      found.push_back({row.integer(0), -row.real(1)});
    });
    return found;
  }

  int64_t count(Connection& connection, const Term& term, int64_t most) const override {
    const std::string match = match_expression({&term, 1}, true, {});
    if (match.empty()) return 0;
    return connection.number(
        "SELECT count(*) FROM (SELECT 1 FROM paper_words WHERE paper_words MATCH $1 LIMIT $2)",
        {match, most});
  }

  std::optional<Marked> mark(Connection& connection, int64_t key,
                             std::span<const Term> terms) const override {
    const std::string match = match_expression(terms, false, {});
    std::optional<Marked> marked;
    if (match.empty()) return marked;
    connection.run(
        "SELECT highlight(paper_words, 0, char(1), char(2)), highlight(paper_words, 1, char(1), "
        "char(2)), highlight(paper_words, 2, char(1), char(2)), highlight(paper_words, 3, char(1), "
        "char(2)) FROM paper_words WHERE paper_words MATCH $1 AND rowid = $2",
        {match, key}, [&](const Row& row) {
          marked = Marked{pieces_of(row.text(0)), pieces_of(row.text(1)), pieces_of(row.text(2)),
                          pieces_of(row.text(3))};
        });
    return marked;
  }
};

}  // namespace

const WordIndex& sqlite_words() {
  static const SqliteWords words;
  return words;
}

}  // namespace offprint::store
