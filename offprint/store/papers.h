// Papers in the store: put, found, listed. Safe from any thread.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/store/database.h"
#include "offprint/store/paper.h"
#include "offprint/store/paper_filter.h"

namespace offprint::store {

struct PutCount {
  int64_t added = 0, changed = 0, unchanged = 0;
};

// All or none, in one transaction. A paper that is there already is changed only by a version at
// least as new (version where both say one, then updated_at); what the new one leaves empty keeps
// its value, and so does the time it was listed. A withdrawn paper needs no title: it marks the one
// that is there. Throws Error on an empty id or title, and on a slug that another paper has.
PutCount put_papers(Database& database, std::span<const Paper> papers);

std::optional<Paper> find_paper(const Database& database, std::string_view id_or_slug);
// In the order of the keys; keys of no paper are passed over.
std::vector<Paper> papers_of(const Database& database, std::span<const int64_t> keys);
int64_t count_papers(const Database& database);

// newest: entered the list last, then published last. votes: most upvotes, then newest. trending:
//   (1 + votes + 2 comments + 3 fresh verdicts) / (hours since listed + 2)^1.5
// where verdicts are fresh for a week, as of `now`.
enum class Order { newest, votes, trending };

struct PaperList {
  int64_t from = INT64_MIN, until = INT64_MAX;  // listed_at in [from, until)
  PaperFilter filter = {};
  Order order = Order::newest;
  int64_t now = 0;
  int64_t offset = 0, limit = 50;
};
std::vector<Paper> list_papers(const Database& database, const PaperList& list);

// When the last paper before / the first paper at or after `time` entered the list.
std::optional<int64_t> listed_before(const Database& database, int64_t time);
std::optional<int64_t> listed_from(const Database& database, int64_t time);

struct TopicCount {
  std::string topic;
  int64_t papers = 0;
};
std::vector<TopicCount> topics(const Database& database);  // most papers first

// Calls `use` on every paper in the order of keys, a thousand in memory at a time.
void each_paper(const Database& database, const std::function<void(const Paper&)>& use);

// From now on exactly the papers of these slugs run here.
void set_running(Database& database, std::span<const std::string> slugs);
// The verdicts of the paper's latest run. Throws Error where there is no such paper.
void set_verdicts(Database& database, std::string_view id_or_slug, int64_t holds, int64_t fails,
                  int64_t at);

}  // namespace offprint::store
