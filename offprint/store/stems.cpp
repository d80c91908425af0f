#include "offprint/store/stems.h"

#include <sqlite3.h>

#include <array>
#include <memory>

#include "offprint/core/error.h"

namespace offprint::store {
namespace {

// As in the table paper_words of schema_sqlite.cpp.
constexpr const char* kCutter = "porter";
constexpr std::array<const char*, 3> kOptions = {"unicode61", "remove_diacritics", "2"};

struct Close {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

// FTS5 hands its functions out through a pointer that a statement fills in.
fts5_api* api_of(sqlite3* db) {
  fts5_api* api = nullptr;
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &made, nullptr) != SQLITE_OK) return nullptr;
  const std::unique_ptr<sqlite3_stmt, Finalize> statement(made);
  sqlite3_bind_pointer(made, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
  sqlite3_step(made);
  return api;
}

class Cutter {
 public:
  Cutter() {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(":memory:", &opened);
    db_.reset(opened);
    void* context = nullptr;
    fts5_api* api = code == SQLITE_OK ? api_of(opened) : nullptr;
    std::array<const char*, 3> options = kOptions;
    require(api != nullptr && api->xFindTokenizer(api, kCutter, &context, &calls_) == SQLITE_OK &&
                calls_.xCreate(context, options.data(), static_cast<int>(options.size()),
                               &tokenizer_) == SQLITE_OK,
            "store: this SQLite has no full-text search, expected one built with FTS5");
  }
  Cutter(const Cutter&) = delete;
  Cutter& operator=(const Cutter&) = delete;
  ~Cutter() { calls_.xDelete(tokenizer_); }

  std::vector<Stem> cut(std::string_view text) const {
    std::vector<Stem> stems;
    const auto take = [](void* into, int, const char* word, int size, int begin, int end) {
      static_cast<std::vector<Stem>*>(into)->push_back(
          {std::string(word, static_cast<size_t>(size)), static_cast<size_t>(begin),
           static_cast<size_t>(end)});
      return SQLITE_OK;
    };
    const int code = calls_.xTokenize(tokenizer_, &stems, FTS5_TOKENIZE_DOCUMENT, text.data(),
                                      static_cast<int>(text.size()), take);
    require(code == SQLITE_OK, "store: a text of {} bytes cannot be cut into words", text.size());
    return stems;
  }

 private:
  std::unique_ptr<sqlite3, Close> db_;
  fts5_tokenizer calls_ = {};
  Fts5Tokenizer* tokenizer_ = nullptr;
};

}  // namespace

std::vector<Stem> stems_of(std::string_view text) {
  // One a thread: it holds what it folds, and to make one takes as long as to cut an abstract.
  static thread_local const Cutter cutter;
  return cutter.cut(text);
}

}  // namespace offprint::store
