#include "offprint/feed/query.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/feed/calendar.h"

using namespace offprint;
using namespace offprint::feed;

namespace {
std::vector<std::string> texts(const std::vector<store::Term>& terms) {
  std::vector<std::string> found;
  for (const store::Term& term : terms) found.push_back(term.text);
  return found;
}
using Texts = std::vector<std::string>;
}  // namespace

TEST_CASE("query: words, phrases and filters are told apart") {
  const Query q = parse_query(
      "  state \"long range\" author:gu author:\"Tri Dao\" year:2020-2023 runs:yes topic:\"a b\" "
      "S4D-LegS verdict:fails ");
  CHECK(texts(q.words) == Texts{"state", "S4D-LegS"});
  CHECK(texts(q.phrases) == Texts{"long range"});
  CHECK(q.authors == Texts{"gu", "Tri Dao"});
  CHECK(q.filter.published_from == parse_period(Span::day, "2020-01-01").begins_at());
  CHECK(q.filter.published_until == parse_period(Span::day, "2024-01-01").begins_at());
  CHECK(q.filter.runs == true);
  CHECK(q.filter.topic == "a b");
  CHECK(q.filter.verdict == store::PaperFilter::Verdict::some_fail);
  CHECK(q.plain_text() == "state S4D-LegS long range");
  CHECK(!q.open);
}

TEST_CASE("query: the last word is open while nothing stands behind it") {
  CHECK(parse_query("state spac").open);
  CHECK(!parse_query("state space ").open);
  CHECK(!parse_query("state space.").open);
  CHECK(!parse_query("spac \"state\"").open);
  CHECK(!parse_query("spac year:2020").open);
}

TEST_CASE("query: odd input has a reading") {
  CHECK(parse_query("").empty());
  CHECK(parse_query(" ? !! \"\" \"--\" ").empty());
  CHECK(parse_query("author:").words.size() == 1);
  CHECK(texts(parse_query("http://x note:this").words) == Texts{"http://x", "note:this"});
  CHECK(texts(parse_query("\"never closed").phrases) == Texts{"never closed"});
  CHECK(texts(parse_query("a\"b c\"d").words) == Texts{"a", "d"});
  CHECK(texts(parse_query("“state space” x").phrases) == Texts{"state space"});
  CHECK(texts(parse_query("caf\xff x\x01y").words) == Texts{"caf", "x", "y"});
  CHECK(parse_query(std::string(100000, 'a')).words[0].text.size() == 1000);
  std::string many;
  for (int i = 0; i < 400; ++i) many += "a ";
  CHECK(parse_query(many).words.size() == 32);
}

TEST_CASE("query: a filter's bad value is said with what was expected") {
  const auto message = [](std::string_view text) -> std::string {
    try {
      parse_query(text);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message("year:abc") == "year 'abc', expected year:2023 or year:2020-2023");
  CHECK(message("year:2023-2020") == "year '2023-2020', expected year:2023 or year:2020-2023");
  CHECK(message("year:-1") == "year '-1', expected year:2023 or year:2020-2023");
  CHECK(message("year:9999") != "");
  CHECK(message("runs:maybe") == "runs 'maybe', expected runs:yes or runs:no");
  CHECK(message("verdict:x") == "verdict 'x', expected verdict:holds or verdict:fails");
}
