// What a route may ask: the store with its search, the shelf of run cards, and the clock.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "offprint/feed/meaning.h"
#include "offprint/feed/search.h"
#include "offprint/papers/card_shelf.h"
#include "offprint/store/database.h"
#include "offprint/store/people.h"
#include "offprint/web/rate_limit.h"

namespace offprint::web {

struct SiteOptions {
  std::string database = {};  // location as store::Database takes it; empty: the folder's own file
  bool with_meaning = true;   // else words alone are compared
  std::string api_key = {};   // that clients of /v1 send; empty: what that needs is an account
  bool owner = true;          // the person at this machine needs no account; not behind a proxy
  std::string mail_server = {}, mail_from = {};  // for mails that ask a subscriber; empty: none
};

// Lives as long as the server; used from many threads.
struct ServedModel;

class Site {
 public:
  // Opens the database (made where it is missing: <folder>/offprint.sqlite) and lists the founding
  // papers there. Without the embedding model search compares words alone and says so. Throws Error
  // where the folder cannot be written or the database is damaged.
  explicit Site(const std::filesystem::path& folder, SiteOptions options = {});

  const store::Database& database() const { return *database_; }
  store::Database& database() { return *database_; }
  const papers::CardShelf& shelf() const { return shelf_; }
  const feed::Search& search() const { return *search_; }

  const std::filesystem::path& folder() const { return folder_; }
  const SiteOptions& options() const { return options_; }

  // The person at this machine, an editor without a password; nobody where options say so.
  const std::optional<store::User>& owner() const { return owner_; }
  // Of this process alone; forms are signed with it.
  const std::string& secret() const { return secret_; }
  // Failed logins of a name and from an address (many may share one), new accounts and
  // subscriptions by address, and all that changes something by user.
  RateLimit failed_logins{8, 900}, failed_from{50, 900}, newcomers{30, 3600}, writes{120, 60};

  // Answers /v1; none where the server was started without one. Before the server runs.
  void serve(std::shared_ptr<ServedModel> model) { model_ = std::move(model); }
  ServedModel* model() const { return model_.get(); }
  // Texts to vectors; nullptr without its weights.
  const feed::Encoder* encoder() const { return encoder_ ? &*encoder_ : nullptr; }

  // Embeds papers that lack a vector; stops on request.
  void embed_new(Progress& progress);
  // Tells the store the verdicts on the shelf, where the shelf has changed since the last call.
  void take_verdicts();

 private:
  std::unique_ptr<store::Database> database_;
  std::filesystem::path folder_;
  papers::CardShelf shelf_;
  SiteOptions options_;
  std::optional<store::User> owner_;
  std::string secret_;
  std::mutex looking_;
  std::optional<int64_t> stamp_;  // of the shelf when it was last looked at
  std::shared_ptr<ServedModel> model_;
  std::optional<feed::Encoder> encoder_;
  std::unique_ptr<feed::Meaning> meaning_;
  std::unique_ptr<feed::Search> search_;
};

int64_t now_seconds();  // since 1970 UTC

}  // namespace offprint::web
