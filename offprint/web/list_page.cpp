#include "offprint/web/list_page.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ctime>

#include "offprint/core/error.h"
#include "offprint/feed/atom.h"
#include "offprint/feed/query.h"
#include "offprint/store/papers.h"
#include "offprint/store/words.h"
#include "offprint/web/card_view.h"
#include "offprint/web/forms.h"
#include "offprint/web/math_view.h"

namespace offprint::web {
namespace {

constexpr int64_t kPerPage = 50, kPerDay = 100, kFound = 20, kMostFoundPages = 50;
constexpr size_t kLongestFilter = 100;

std::string plural(int64_t n, const char* word) {
  return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
}

Html paper_card(const store::Paper& paper) {
  return paper_card(paper, text_with_math(paper.title), text_with_math(paper.summary));
}

Html papers_list(const std::vector<store::Paper>& papers) {
  Html items;
  for (const store::Paper& paper : papers) items += paper_card(paper);
  return element("ol", {{"class", "papers"}}, items);
}

std::string path_of(const feed::Period& period) {
  const char* span = period.span == feed::Span::day    ? "date"
                     : period.span == feed::Span::week ? "week"
                                                       : "month";
  return fmt::format("/{}/{}", span, feed::period_text(period));
}

std::string heading_of(const feed::Period& period) {
  const std::tm first = fmt::gmtime(period.begins_at());
  if (period.span == feed::Span::day)
    return fmt::format("{:%A}, {} {:%B %Y}", first, first.tm_mday, first);
  if (period.span == feed::Span::month) return fmt::format("{:%B %Y}", first);
  return "Week " + feed::period_text(period);
}

Html neighbours(const feed::ListPage& list) {
  Html links;
  if (list.previous)
    links += element("a", {{"href", path_of(*list.previous)}, {"rel", "prev"}}, "← earlier");
  if (list.next) links += element("a", {{"href", path_of(*list.next)}, {"rel", "next"}}, "later →");
  return element("span", {{"class", "small"}}, links);
}

std::string sort_name_of(store::Order order) { return std::string(feed::sort_name(order)); }

Html sorting(const std::string& path, store::Order now) {
  Html links;
  for (const auto& [order, name] :
       {std::pair{store::Order::newest, "newest"}, std::pair{store::Order::votes, "most votes"},
        std::pair{store::Order::trending, "trending"}}) {
    std::vector<Attribute> attributes = {{"href", path + "?sort=" + sort_name_of(order)}};
    if (order == now) attributes.push_back({"aria-current", "true"});
    links += element("a", attributes, name);
  }
  return element("nav", {{"class", "sorting"}, {"aria-label", "Order"}}, links);
}

Html pager(const std::string& path, int64_t page, bool more) {
  const auto at = [&](int64_t p) {
    return fmt::format("{}{}p={}", path, path.find('?') == path.npos ? '?' : '&', p);
  };
  Html links =
      page > 0 ? element("a", {{"href", at(page - 1)}, {"rel", "prev"}}, "← newer") : plain("span");
  if (more) links += element("a", {{"href", at(page + 1)}, {"rel", "next"}}, "more →");
  return page > 0 || more ? element("nav", {{"class", "pager"}, {"aria-label", "Pages"}}, links)
                          : Html();
}

Html marked(const std::vector<store::Piece>& pieces) {
  Html out;
  for (const store::Piece& piece : pieces)
    out += piece.marked ? plain("mark", piece.text) : Html(piece.text);
  return out;
}

std::string url_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Html filters(const Site& site, const std::string& query) {
  Choices topics = {{"", "any"}};
  for (const store::TopicCount& one : store::topics(site.database()))
    topics.emplace_back(one.topic, fmt::format("{} ({})", one.topic, one.papers));
  const auto choice = [](const char* name, const char* label, const Choices& choices) {
    return Html{element("label", {{"for", name}}, label), select_box(name, choices)};
  };
  return plain(
      "details",
      {plain("summary", "Filters"),
       element(
           "form", {{"class", "run"}, {"method", "get"}, {"action", "/papers"}},
           {hidden_field("q", query), choice("topic", "topic", topics),
            choice("runs", "runs here", {{"", "any"}, {"yes", "yes"}, {"no", "no"}}),
            choice("verdict", "verdicts",
                   {{"", "any"}, {"holds", "all hold"}, {"fails", "some fail"}}),
            element("label", {{"for", "year"}}, "year"),
            element(
                "input",
                {{"id", "year"}, {"name", "year"}, {"placeholder", "2020-2023"}, {"size", "9"}}),
            submit_button("Filter")})});
}

}  // namespace

std::string with_filters(const std::string& query,
                         const std::map<std::string, std::string>& fields) {
  std::string text = query;
  for (const char* name : {"topic", "runs", "verdict", "year"}) {
    const auto found = fields.find(name);
    if (found == fields.end() || found->second.empty()) continue;
    std::string value = found->second.substr(0, kLongestFilter);
    std::erase(value, '"');
    text += (text.empty() ? "" : " ") + fmt::format("{}:\"{}\"", name, value);
  }
  return text;
}

std::string topic_path(std::string_view topic) {
  std::string path;
  for (const char c : topic)
    path += std::isalnum(static_cast<unsigned char>(c))
                ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
                : '-';
  return path;
}

std::string author_line(const store::Paper& paper) {
  if (!paper.organisation.empty()) return paper.organisation;
  constexpr size_t kShown = 5;
  std::string names;
  for (size_t i = 0; i < paper.authors.size() && i < kShown; ++i)
    names += (i > 0 ? ", " : "") + paper.authors[i];
  const auto shown = static_cast<int64_t>(std::min(kShown, paper.authors.size()));
  return paper.author_count > shown
             ? fmt::format("{} and {} more", names, paper.author_count - shown)
             : names;
}

Html date_text(int64_t seconds) {
  const std::tm day = fmt::gmtime(seconds);
  return element("time", {{"datetime", fmt::format("{:%F}", day)}},
                 fmt::format("{} {:%B %Y}", day.tm_mday, day));
}

Html paper_card(const store::Paper& paper, const Html& title, const Html& summary) {
  Html meta = date_text(paper.published_at);
  if (!paper.topic.empty()) meta += plain("span", paper.topic);
  if (paper.comment_count > 0) meta += plain("span", plural(paper.comment_count, "comment"));
  if (paper.upvotes > 0) meta += plain("span", plural(paper.upvotes, "vote"));
  if (paper.verdicts_at > 0)
    meta += verdicts_view(paper.holds, paper.fails);
  else if (paper.runs)
    meta += element("span", {{"class", "badge runs"}}, "runs here");
  Html card = plain("h2", element("a", {{"href", feed::paper_path(paper)}}, title));
  card += element("p", {{"class", "byline"}}, author_line(paper));
  if (!summary.empty()) card += plain("p", summary);
  card += element("div", {{"class", "meta"}}, meta);
  return plain("li", plain("article", card));
}

Page period_page(const Site& site, feed::Span span, const std::string& period,
                 const std::string& sort, int64_t number) {
  feed::ListRequest request;
  request.now = now_seconds(), request.limit = kPerDay, request.page = number;
  request.sort = feed::parse_sort(sort);
  request.period = period.empty() ? feed::latest_period(site.database(), span)
                                  : feed::parse_period(span, period);
  Page page;
  page.here = "/";
  if (!request.period) {
    page.title = "No papers yet";
    page.main = plain("h1", "No papers yet");
    return page;
  }
  const feed::ListPage list = feed::list_page(site.database(), request);
  const std::string heading = heading_of(*request.period);
  page.title = period.empty() ? "" : heading;
  page.description = "The papers of " + heading + ", each with what it says and what holds up.";
  page.main = element("div", {{"class", "day"}}, {plain("h1", heading), neighbours(list)});
  if (list.papers.size() > 1 || number > 0)
    page.main += sorting(path_of(*request.period), request.sort);
  page.main +=
      list.papers.empty() ? plain("p", "No papers were listed then.") : papers_list(list.papers);
  page.main +=
      pager(path_of(*request.period) + "?sort=" + sort_name_of(request.sort), number, list.more);
  return page;
}

Page trending_page(const Site& site, int64_t number) {
  feed::ListRequest request;
  request.now = now_seconds(), request.sort = store::Order::trending;
  request.page = number, request.limit = kPerPage;
  const feed::ListPage list = feed::list_page(site.database(), request);
  Page page;
  page.title = "Trending", page.here = "/trending";
  page.main = {plain("h1", "Trending"),
               plain("details",
                     {plain("summary", "How this is ranked"), plain("p", feed::kTrendingFormula)}),
               papers_list(list.papers), pager("/trending", number, list.more)};
  return page;
}

Page search_page(const Site& site, const std::string& text, int64_t number) {
  require(number >= 0 && number < kMostFoundPages, "p: {}, expected 0 to {}", number,
          kMostFoundPages - 1);
  const feed::Query query = feed::parse_query(text);
  feed::SearchRequest request;
  request.offset = number * kFound, request.limit = kFound;
  const feed::SearchPage found = site.search().find(query, request);
  Page page;
  page.query = text;
  page.title = text.empty() ? "Newest papers" : "“" + text + "”";
  page.main = element("h1", {{"class", text.empty() ? "" : "hidden"}},
                      text.empty() ? "Newest papers" : "Papers for " + text);
  page.main += filters(site, text);
  if (!site.search().knows_meaning())
    page.main +=
        element("p", {{"class", "small"}}, "Words alone are compared: " + site.search().why_not());
  Html items;
  bool by_meaning = false;
  for (size_t i = 0; i < found.papers.size(); ++i) {
    const store::Paper& paper = found.papers[i];
    const bool near =
        found.found[i] == feed::Found::meaning || found.found[i] == feed::Found::some_words;
    if (near && !by_meaning && !text.empty())
      items += element(
          "li", {{"class", "small"}},
          i == 0 ? "No paper has all these words; these are near in meaning." : "Near in meaning");
    by_meaning = by_meaning || near;
    const auto marks = store::mark_words(site.database(), paper.key, query.terms());
    items +=
        marks ? paper_card(paper, marked(marks->title), marked(marks->summary)) : paper_card(paper);
  }
  page.main += found.papers.empty() ? plain("p", "Nothing was found.")
                                    : element("ol", {{"class", "papers"}}, items);
  page.main += pager("/papers?q=" + url_text(text), number, found.more);
  return page;
}

}  // namespace offprint::web
