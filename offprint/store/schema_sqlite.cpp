#include <array>

#include "offprint/store/schema.h"

namespace offprint::store {
namespace {

// Times are seconds since 1970 UTC. Lists of names are lines, links are JSON.
// Votes and comments that a paper brought from elsewhere are kept apart, so that an import can
// renew them without touching those made here; upvotes and comment_count are the sums.
constexpr const char* kPapers = R"sql(
CREATE TABLE papers(
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  slug TEXT UNIQUE,
  title TEXT NOT NULL,
  authors TEXT NOT NULL,
  author_count INTEGER NOT NULL,
  organisation TEXT NOT NULL,
  summary TEXT NOT NULL,
  abstract TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  listed_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  categories TEXT NOT NULL,
  topic TEXT NOT NULL,
  links TEXT NOT NULL,
  submitter TEXT NOT NULL,
  withdrawn INTEGER NOT NULL,
  runs INTEGER NOT NULL DEFAULT 0,
  votes_elsewhere INTEGER NOT NULL,
  comments_elsewhere INTEGER NOT NULL,
  upvotes INTEGER NOT NULL,
  comment_count INTEGER NOT NULL,
  holds INTEGER NOT NULL DEFAULT 0,
  fails INTEGER NOT NULL DEFAULT 0,
  verdicts_at INTEGER NOT NULL DEFAULT 0);
CREATE INDEX papers_listed ON papers(listed_at, published_at, key);
CREATE INDEX papers_voted ON papers(upvotes, listed_at, published_at, key);
CREATE INDEX papers_topic ON papers(topic, listed_at, published_at, key) WHERE topic <> '';
CREATE INDEX papers_active ON papers(listed_at)
  WHERE upvotes > 0 OR comment_count > 0 OR verdicts_at > 0;
CREATE VIRTUAL TABLE paper_words USING fts5(title, authors, summary, abstract,
  content='papers', content_rowid='key', tokenize='porter unicode61 remove_diacritics 2');
INSERT INTO paper_words(paper_words, rank) VALUES('rank', 'bm25(3.0, 2.0, 1.0, 1.0)');
CREATE TRIGGER papers_added AFTER INSERT ON papers BEGIN
  INSERT INTO paper_words(rowid, title, authors, summary, abstract)
    VALUES(new.key, new.title, new.authors, new.summary, new.abstract);
END;
CREATE TRIGGER papers_changed AFTER UPDATE OF title, authors, summary, abstract ON papers BEGIN
  INSERT INTO paper_words(paper_words, rowid, title, authors, summary, abstract)
    VALUES('delete', old.key, old.title, old.authors, old.summary, old.abstract);
  INSERT INTO paper_words(rowid, title, authors, summary, abstract)
    VALUES(new.key, new.title, new.authors, new.summary, new.abstract);
END;
CREATE TRIGGER papers_gone AFTER DELETE ON papers BEGIN
  INSERT INTO paper_words(paper_words, rowid, title, authors, summary, abstract)
    VALUES('delete', old.key, old.title, old.authors, old.summary, old.abstract);
END;
)sql";

// The meaning of a paper as a vector, in the feed's own bytes. Stamps rise with every vector that
// is written, so that an index on disk knows what it lacks. A new text needs a new vector.
constexpr const char* kVectors = R"sql(
CREATE TABLE vectors(
  paper INTEGER PRIMARY KEY REFERENCES papers(key) ON DELETE CASCADE,
  stamp INTEGER NOT NULL UNIQUE,
  bytes BLOB NOT NULL);
CREATE TRIGGER papers_reworded AFTER UPDATE OF title, summary, abstract ON papers BEGIN
  DELETE FROM vectors WHERE paper = old.key;
END;
CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL);
)sql";

// Names are compared without ASCII case. Of sessions and e-mail links only hashes are kept: who
// reads the file cannot use them.
constexpr const char* kPeople = R"sql(
CREATE TABLE users(
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  folded_name TEXT NOT NULL UNIQUE,
  password TEXT NOT NULL,
  role TEXT NOT NULL CHECK(role IN ('reader', 'member', 'editor')),
  created_at INTEGER NOT NULL);
CREATE TABLE sessions(
  token_hash TEXT PRIMARY KEY,
  user INTEGER NOT NULL REFERENCES users(key) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions(user);
CREATE INDEX sessions_expiry ON sessions(expires_at);
CREATE TABLE votes(
  paper INTEGER NOT NULL REFERENCES papers(key) ON DELETE CASCADE,
  user INTEGER NOT NULL REFERENCES users(key) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  PRIMARY KEY(paper, user)) WITHOUT ROWID;
CREATE INDEX votes_user ON votes(user);
CREATE TABLE comments(
  key INTEGER PRIMARY KEY,
  paper INTEGER NOT NULL REFERENCES papers(key) ON DELETE CASCADE,
  user INTEGER REFERENCES users(key) ON DELETE SET NULL,
  text TEXT NOT NULL,
  at INTEGER NOT NULL,
  edited_at INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX comments_paper ON comments(paper, at);
CREATE INDEX comments_user ON comments(user);
CREATE INDEX comments_at ON comments(at);
CREATE TABLE subscriptions(
  key INTEGER PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  confirm_hash TEXT NOT NULL UNIQUE,
  leave_token TEXT NOT NULL UNIQUE,
  asked_at INTEGER NOT NULL,
  confirmed_at INTEGER NOT NULL DEFAULT 0);
CREATE TABLE deliveries(
  subscription INTEGER NOT NULL REFERENCES subscriptions(key) ON DELETE CASCADE,
  period TEXT NOT NULL,
  state TEXT NOT NULL CHECK(state IN ('sending', 'sent', 'failed')),
  at INTEGER NOT NULL,
  error TEXT NOT NULL DEFAULT '',
  PRIMARY KEY(subscription, period)) WITHOUT ROWID;
)sql";

// A job waits (queued), is claimed by one worker (running) and ends once. beat_at: when its worker
// last said that it lives.
constexpr const char* kJobs = R"sql(
CREATE TABLE jobs(
  key INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  slug TEXT NOT NULL,
  options TEXT NOT NULL,
  scale TEXT NOT NULL,
  seed TEXT NOT NULL,
  revision TEXT NOT NULL,
  user INTEGER REFERENCES users(key) ON DELETE SET NULL,
  state TEXT NOT NULL CHECK(state IN ('queued', 'running', 'done', 'failed', 'stopped')),
  worker TEXT NOT NULL DEFAULT '',
  stop INTEGER NOT NULL DEFAULT 0,
  queued_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL DEFAULT 0,
  ended_at INTEGER NOT NULL DEFAULT 0,
  beat_at INTEGER NOT NULL DEFAULT 0,
  progress TEXT NOT NULL DEFAULT '',
  card TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '');
CREATE INDEX jobs_state ON jobs(state, key);
CREATE INDEX jobs_slug ON jobs(slug, key);
CREATE INDEX jobs_user ON jobs(user);
)sql";

// A statement that fires triggers opens a savepoint, at which FTS5 writes what it has gathered: a
// segment on the disk for every paper. The words are indexed by statements of their own instead
// (papers.cpp), and gather up to 64 MiB.
constexpr const char* kWordsByHand = R"sql(
DROP TRIGGER papers_added;
DROP TRIGGER papers_changed;
INSERT INTO paper_words(paper_words, rank) VALUES('hashsize', 67108864);
)sql";

constexpr auto kSteps =
    std::to_array<const char*>({kPapers, kVectors, kPeople, kJobs, kWordsByHand});

}  // namespace

std::span<const char* const> sqlite_steps() { return kSteps; }

}  // namespace offprint::store
