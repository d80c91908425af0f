#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "offprint/core/utf8.h"
#include "offprint/store/paper_condition.h"
#include "offprint/store/paper_row.h"
#include "offprint/store/stems.h"
#include "offprint/store/word_index.h"

namespace offprint::store {
namespace {

// A vector of words counts to 16383 and holds a megabyte; what a paper says after that is not
// found.
constexpr size_t kMostPositions = 16383, kMostBytes = 900000, kLongestWord = 1000;
// BM25 (k1 = 1.2) gives a word that stands once 1, in a title (x 3) 1.57, in authors (x 2) 1.38;
// ts_rank wants them below 1: abstract, summary, authors, title. It divides by 1 + log(length).
constexpr const char* kWeights = "'{0.64, 0.64, 0.88, 1}'";
constexpr int64_t kMostCounted = 20000;

// As a lexeme of PostgreSQL's languages of vectors and queries: whatever is in it is text.
std::string lexeme(std::string_view word) {
  std::string out = "'";
  for (size_t at = 0; at < word.size();) {
    const size_t bytes = decode_utf8(word, at).bytes;
    if (at + bytes > kLongestWord) break;
    if (word[at] == '\'' || word[at] == '\\') out += word[at];
    out += word.substr(at, bytes);
    at += bytes;
  }
  return out + "'";
}

// Word -> where it stands, "1A,17"; a gap between columns keeps phrases inside one.
std::string vector_of_words(const Paper& p) {
  std::map<std::string, std::string> places;
  size_t position = 0, bytes = 0;
  const auto add = [&](std::string_view text, const char* weight) {
    for (const Stem& stem : stems_of(text)) {
      if (++position > kMostPositions || bytes > kMostBytes) return;
      std::string& found = places[lexeme(stem.text)];
      bytes += found.empty() ? std::min(stem.text.size(), kLongestWord) + 8 : 2;
      found += fmt::format("{}{}{}", found.empty() ? "" : ",", position, weight);
    }
    ++position;
  };
  add(p.title, "A"), add(join_lines(p.authors), "B"), add(p.summary, ""), add(p.abstract, "");
  std::string vector;
  for (const auto& [word, where] : places) vector += word + ":" + where + " ";
  return vector;
}

// The term as a query, "'state' <-> 'spac':*B"; "" where it names no word. `weight`: "B" for
// authors.
std::string query_of(const Term& term, const char* weight = "") {
  const std::vector<Stem> stems = stems_of(term.text);
  std::string query;
  for (size_t i = 0; i < stems.size(); ++i) {
    const bool open = term.prefix && i + 1 == stems.size();
    query += (i == 0 ? "" : " <-> ") + lexeme(stems[i].text);
    if (open || *weight != '\0') query += std::string(":") + (open ? "*" : "") + weight;
  }
  return query;
}

std::string joined(const std::vector<std::string>& queries, const char* by) {
  std::string all;
  for (const std::string& query : queries) all += (all.empty() ? "(" : by) + ("(" + query + ")");
  return all.empty() ? all : all + ")";
}

void add_query(std::vector<std::string>& queries, std::string query) {
  if (!query.empty()) queries.push_back(std::move(query));
}

// Of a large table the server's own estimate.
double papers_in(Connection& connection) {
  const int64_t about = connection.number(
      "SELECT reltuples::bigint FROM pg_class WHERE oid = 'paper_words'::regclass");
  if (about >= kMostCounted) return static_cast<double>(about);
  return static_cast<double>(connection.number("SELECT count(*) FROM paper_words"));
}

int64_t papers_with(Connection& connection, const std::string& query, int64_t most) {
  return connection.number(
      "SELECT count(*) FROM (SELECT 1 FROM paper_words WHERE words @@ $1::tsquery LIMIT $2) AS "
      "found",
      {query, most});
}

// What finding each query in a paper is worth: rare words say more.
std::vector<double> worths(Connection& connection, const std::vector<std::string>& queries) {
  if (queries.size() == 1) return {1.0};
  const double all = papers_in(connection);
  std::vector<double> found;
  for (const std::string& query : queries) {
    const auto with = static_cast<double>(papers_with(connection, query, kMostCounted));
    found.push_back(std::log(1 + std::max(all - with, 0.0) / (with + 0.5)));
  }
  return found;
}

struct Span {
  size_t first, last;  // words of a text
};

// Where the terms stand in the text, in order, those that overlap as one.
std::vector<Span> places_of(const std::vector<std::vector<Stem>>& phrases,
                            std::span<const Term> terms, const std::vector<Stem>& text) {
  std::vector<Span> spans;
  for (size_t at = 0; at < text.size(); ++at)
    for (size_t t = 0; t < phrases.size(); ++t) {
      const std::vector<Stem>& phrase = phrases[t];
      if (phrase.empty() || at + phrase.size() > text.size()) continue;
      bool stands = true;
      for (size_t i = 0; i < phrase.size() && stands; ++i) {
        const bool open = terms[t].prefix && i + 1 == phrase.size();
        const std::string& word = text[at + i].text;
        stands = open ? word.starts_with(phrase[i].text) : word == phrase[i].text;
      }
      if (!stands) continue;
      const size_t last = at + phrase.size() - 1;
      if (!spans.empty() && at <= spans.back().last)
        spans.back().last = std::max(spans.back().last, last);
      else
        spans.push_back({at, last});
    }
  return spans;
}

class PostgresWords final : public WordIndex {
 public:
  void add(Connection& connection, const Paper& p) const override {
    connection.run(
        "INSERT INTO paper_words(paper, words) VALUES($1, $2::tsvector) ON CONFLICT(paper) DO "
        "UPDATE SET words = excluded.words",
        {p.key, vector_of_words(p)});
  }

  // What is added next takes its place.
  void remove(Connection&, const Paper&) const override {}

  std::vector<Scored> find(Connection& connection, const WordSearch& search) const override {
    std::vector<std::string> words, names, parts;
    for (const Term& term : search.terms) add_query(words, query_of(term));
    for (const std::string& author : search.authors) add_query(names, query_of({author}, "B"));
    add_query(parts, joined(words, search.all ? " & " : " | "));
    add_query(parts, joined(names, " & "));
    std::vector<Scored> found;
    if (parts.empty()) return found;
    const std::string match = joined(parts, " & ");
    words.insert(words.end(), names.begin(), names.end());
    const std::vector<double> worth = worths(connection, words);

    const auto filter = condition_arguments(search.filter);
    std::vector<Value> arguments(filter.begin(), filter.end());
    arguments.insert(arguments.end(), {match, search.limit});
    std::string score;
    for (size_t i = 0; i < words.size(); ++i) {
      const size_t number = arguments.size() + 1;
      score += fmt::format("{}${} * ts_rank({}, w.words, ${}::tsquery, 1)", i == 0 ? "" : " + ",
                           number, kWeights, number + 1);
      arguments.insert(arguments.end(), {worth[i], words[i]});
    }
    const std::string sql = fmt::format(
        "SELECT w.paper, {} AS score FROM paper_words AS w {}WHERE w.words @@ "
        "$6::tsquery{} ORDER BY score DESC, w.paper LIMIT $7",
        score, search.filter.empty() ? "" : "JOIN papers AS p ON p.key = w.paper ",
        condition(search.filter));
    connection.run(sql, arguments, [&](const Row& row) {
      found.push_back({row.integer(0), row.real(1)});
    });
    return found;
  }

  int64_t count(Connection& connection, const Term& term, int64_t most) const override {
    const std::string query = query_of(term);
    return query.empty() ? 0 : papers_with(connection, query, most);
  }

  std::optional<Marked> mark(Connection& connection, int64_t key,
                             std::span<const Term> terms) const override {
    std::vector<std::vector<Stem>> phrases;
    for (const Term& term : terms) phrases.push_back(stems_of(term.text));
    bool any = false;
    const auto pieces_of = [&](std::string_view text) {
      std::vector<Piece> pieces;
      const std::vector<Stem> stems = stems_of(text);
      size_t end = 0;
      const auto add_until = [&](size_t until, bool marked) {
        if (until > end) pieces.push_back({std::string(text.substr(end, until - end)), marked});
        end = until;
      };
      for (const Span& span : places_of(phrases, terms, stems)) {
        add_until(stems[span.first].begin, false);
        add_until(stems[span.last].end, true);
        any = true;
      }
      add_until(text.size(), false);
      return pieces;
    };
    Marked marked;
    connection.run("SELECT title, authors, summary, abstract FROM papers WHERE key = $1", {key},
                   [&](const Row& row) {
                     marked = {pieces_of(row.text(0)), pieces_of(row.text(1)),
                               pieces_of(row.text(2)), pieces_of(row.text(3))};
                   });
    return any ? std::optional(marked) : std::nullopt;
  }
};

}  // namespace

const WordIndex& postgres_words() {
  static const PostgresWords words;
  return words;
}

}  // namespace offprint::store
