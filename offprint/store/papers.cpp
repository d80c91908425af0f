#include "offprint/store/papers.h"

#include <algorithm>

#include "offprint/core/error.h"
#include "offprint/store/connection.h"
#include "offprint/store/paper_row.h"
#include "offprint/store/word_index.h"

namespace offprint::store {
namespace {

const std::string kSelect = fmt::format("SELECT {} FROM papers ", kPaperColumns);

std::vector<Paper> select(const Database& database, const std::string& sql,
                          std::span<const Value> arguments) {
  std::vector<Paper> papers;
  database.read([&](Connection& connection) {
    connection.run(sql, arguments, [&](const Row& row) { papers.push_back(read_paper(row)); });
  });
  return papers;
}

std::optional<Paper> by_id(Connection& connection, std::string_view id) {
  static const std::string sql = kSelect + "WHERE id=$1";
  std::optional<Paper> found;
  connection.run(sql, {id}, [&](const Row& row) { found = read_paper(row); });
  return found;
}

// Text is SQLite's C string in places (the tokenizer): a zero byte would hide what follows it.
std::string without_zeros(std::string text) {
  std::ranges::replace(text, '\0', ' ');
  return text;
}

// The paper as it stands after `next` came in.
Paper merge(const Paper& old, const Paper& next) {
  Paper p = next;
  const auto keep = [](auto& value, const auto& kept) {
    if (value.empty()) value = kept;
  };
  keep(p.title, old.title), keep(p.slug, old.slug), keep(p.organisation, old.organisation),
      keep(p.summary, old.summary);
  keep(p.abstract, old.abstract), keep(p.topic, old.topic), keep(p.submitter, old.submitter);
  keep(p.categories, old.categories);
  if (p.authors.empty()) p.authors = old.authors, p.author_count = old.author_count;
  for (const Link& link : old.links)
    if (std::ranges::find(p.links, link) == p.links.end()) p.links.push_back(link);
  // In one order, whoever came first, so that an import can repeat itself.
  std::ranges::sort(p.links, {}, [](const Link& link) { return std::tie(link.kind, link.url); });
  if (p.published_at == 0) p.published_at = old.published_at;
  if (p.version == 0) p.version = old.version;
  p.listed_at = old.listed_at;
  p.votes_elsewhere = std::max(p.votes_elsewhere, old.votes_elsewhere);
  p.comments_elsewhere = std::max(p.comments_elsewhere, old.comments_elsewhere);
  p.upvotes = old.upvotes + p.votes_elsewhere - old.votes_elsewhere;
  p.comment_count = old.comment_count + p.comments_elsewhere - old.comments_elsewhere;
  p.key = old.key, p.runs = old.runs;
  p.holds = old.holds, p.fails = old.fails, p.verdicts_at = old.verdicts_at;
  return p;
}

// Sources date the same version differently, some to the day: a version's number says more.
bool is_older(const Paper& a, const Paper& b) {
  if (a.version > 0 && b.version > 0 && a.version != b.version) return a.version < b.version;
  return std::tie(a.updated_at, a.version) < std::tie(b.updated_at, b.version);
}

// The columns of a paper that come with it, in the order of the statements below.
void store(Connection& connection, const std::string& sql, const Paper& p) {
  const std::string authors = join_lines(p.authors), links = links_text(p.links),
                    categories = join_lines(p.categories);
  const Value slug = p.slug.empty() ? Value(nullptr) : Value(p.slug);
  const int64_t withdrawn = p.withdrawn ? 1 : 0;
  connection.run(sql, {p.id,
                       slug,
                       p.title,
                       authors,
                       p.author_count,
                       p.organisation,
                       p.summary,
                       p.abstract,
                       p.published_at,
                       p.listed_at,
                       p.updated_at,
                       p.version,
                       categories,
                       p.topic,
                       links,
                       p.submitter,
                       withdrawn,
                       p.votes_elsewhere,
                       p.comments_elsewhere,
                       p.upvotes,
                       p.comment_count});
}

void insert(Connection& connection, const Paper& paper) {
  static const std::string sql =
      "INSERT INTO papers(id, slug, title, authors, author_count, organisation, summary, abstract, "
      "published_at, listed_at, updated_at, version, categories, topic, links, submitter, "
      "withdrawn, votes_elsewhere, comments_elsewhere, upvotes, comment_count) VALUES($1, $2, $3, "
      "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
  store(connection, sql, paper);
}

void update(Connection& connection, const Paper& paper, bool words_changed) {
  static const std::string rest =
      "author_count=$5, organisation=$6, published_at=$9, listed_at=$10, updated_at=$11, "
      "version=$12, categories=$13, topic=$14, links=$15, submitter=$16, withdrawn=$17, "
      "votes_elsewhere=$18, comments_elsewhere=$19, upvotes=$20, comment_count=$21 WHERE id=$1";
  // Naming the words would take the paper's vector from it.
  static const std::string all =
      "UPDATE papers SET slug=$2, title=$3, authors=$4, summary=$7, "
      "abstract=$8, " +
      rest;
  static const std::string numbers = "UPDATE papers SET slug=$2, " + rest;
  store(connection, words_changed ? all : numbers, paper);
}

Paper checked(const Paper& paper) {
  require(!paper.id.empty(), "store: a paper without id ('{}')", paper.title);
  require(!paper.title.empty() || paper.withdrawn, "store: paper {} has no title", paper.id);
  Paper p = paper;
  p.title = without_zeros(p.title), p.abstract = without_zeros(p.abstract);
  p.summary = without_zeros(p.summary);
  for (std::string& name : p.authors) {
    name = without_zeros(name);
    std::ranges::replace(name, '\n', ' ');
  }
  std::erase(p.authors, "");
  p.author_count = std::max(p.author_count, static_cast<int64_t>(p.authors.size()));
  std::ranges::sort(p.links, {}, [](const Link& link) { return std::tie(link.kind, link.url); });
  return p;
}

void require_free_slug(Connection& connection, const Paper& p) {
  if (p.slug.empty()) return;
  connection.run(
      "SELECT id FROM papers WHERE slug=$1 AND id<>$2", {p.slug, p.id}, [&](const Row& row) {
        fail("store: slug '{}' of paper {} belongs to paper {}", p.slug, p.id, row.text(0));
      });
}

void put(Connection& connection, const Paper& paper, PutCount& count) {
  const WordIndex& words = word_index(connection.dialect());
  Paper next = checked(paper);
  const std::optional<Paper> old = by_id(connection, next.id);
  if (!old && next.title.empty()) {  // withdrawn, and never seen
    ++count.unchanged;
    return;
  }
  if (!old) {
    require_free_slug(connection, next);
    next.upvotes = next.votes_elsewhere, next.comment_count = next.comments_elsewhere;
    insert(connection, next);
    // Not RETURNING: to SQLite that is a trigger too.
    next.key = connection.number("SELECT key FROM papers WHERE id = $1", {next.id});
    words.add(connection, next);
    ++count.added;
    return;
  }
  const Paper merged = is_older(next, *old) ? *old : merge(*old, next);
  if (merged == *old) {
    ++count.unchanged;
    return;
  }
  if (merged.slug != old->slug) require_free_slug(connection, merged);
  const bool words_changed =
      std::tie(merged.title, merged.authors, merged.summary, merged.abstract) !=
      std::tie(old->title, old->authors, old->summary, old->abstract);
  if (words_changed) words.remove(connection, *old);
  update(connection, merged, words_changed);
  if (words_changed) words.add(connection, merged);
  ++count.changed;
}

}  // namespace

PutCount put_papers(Database& database, std::span<const Paper> papers) {
  PutCount count;
  database.write([&](Connection& connection) {
    for (const Paper& paper : papers) put(connection, paper, count);
  });
  return count;
}

std::optional<Paper> find_paper(const Database& database, std::string_view id_or_slug) {
  static const std::string by_slug = kSelect + "WHERE slug=$1";
  std::optional<Paper> found;
  database.read([&](Connection& connection) {
    found = by_id(connection, id_or_slug);
    if (!found)
      connection.run(by_slug, {id_or_slug}, [&](const Row& row) { found = read_paper(row); });
  });
  return found;
}

std::vector<Paper> papers_of(const Database& database, std::span<const int64_t> keys) {
  static const std::string by_key = kSelect + "WHERE key=$1";
  std::vector<Paper> papers;
  database.read([&](Connection& connection) {
    for (const int64_t key : keys)
      connection.run(by_key, {key}, [&](const Row& row) { papers.push_back(read_paper(row)); });
  });
  return papers;
}

int64_t count_papers(const Database& database) {
  int64_t count = 0;
  database.read(
      [&](Connection& connection) { count = connection.number("SELECT count(*) FROM papers"); });
  return count;
}

std::optional<int64_t> listed_before(const Database& database, int64_t time) {
  std::optional<int64_t> found;
  database.read([&](Connection& connection) {
    connection.run(
        "SELECT listed_at FROM papers WHERE listed_at < $1 ORDER BY listed_at DESC LIMIT 1", {time},
        [&](const Row& row) { found = row.integer(0); });
  });
  return found;
}

std::optional<int64_t> listed_from(const Database& database, int64_t time) {
  std::optional<int64_t> found;
  database.read([&](Connection& connection) {
    connection.run("SELECT listed_at FROM papers WHERE listed_at >= $1 ORDER BY listed_at LIMIT 1",
                   {time}, [&](const Row& row) { found = row.integer(0); });
  });
  return found;
}

std::vector<TopicCount> topics(const Database& database) {
  std::vector<TopicCount> found;
  database.read([&](Connection& connection) {
    connection.run(
        "SELECT topic, count(*) FROM papers WHERE topic <> '' GROUP BY topic ORDER BY count(*) "
        "DESC, topic",
        {}, [&](const Row& row) {
          found.push_back({std::string(row.text(0)), row.integer(1)});
        });
  });
  return found;
}

void each_paper(const Database& database, const std::function<void(const Paper&)>& use) {
  static const std::string sql = kSelect + "WHERE key > $1 ORDER BY key LIMIT 1000";
  for (int64_t last = 0;;) {
    const Value after[] = {last};
    const std::vector<Paper> papers = select(database, sql, after);
    if (papers.empty()) return;
    for (const Paper& paper : papers) use(paper);
    last = papers.back().key;
  }
}

void set_running(Database& database, std::span<const std::string> slugs) {
  database.write([&](Connection& connection) {
    connection.run("UPDATE papers SET runs=0 WHERE runs=1");
    for (const std::string& slug : slugs)
      connection.run("UPDATE papers SET runs=1 WHERE slug=$1", {slug});
  });
}

void set_verdicts(Database& database, std::string_view id_or_slug, int64_t holds, int64_t fails,
                  int64_t at) {
  database.write([&](Connection& connection) {
    const int64_t changed = connection.run(
        "UPDATE papers SET holds=$1, fails=$2, verdicts_at=$3 WHERE id=$4 OR slug=$4",
        {holds, fails, at, id_or_slug});
    require(changed > 0, "store: no paper '{}', expected an id or slug", id_or_slug);
  });
}

}  // namespace offprint::store
