#include "offprint/web/site.h"

#include <ctime>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/timestamp.h"
#include "offprint/feed/accounts.h"
#include "offprint/papers/paper.h"
#include "offprint/store/papers.h"
#include "offprint/web/founding.h"

namespace offprint::web {

namespace {

constexpr const char* kOwner = "owner";

// The name is theirs before anybody else can take it.
store::User find_owner(store::Database& database) {
  if (const auto found = store::find_user(database, kOwner)) return *found;
  store::User owner{.name = kOwner, .role = store::Role::editor, .created_at = now_seconds()};
  owner.key = store::add_user(database, owner);
  return owner;
}

}  // namespace

Site::Site(const std::filesystem::path& folder, SiteOptions options)
    : folder_(folder), shelf_(folder), options_(std::move(options)), secret_(feed::random_token()) {
  make_folder(folder);
  database_ = std::make_unique<store::Database>(
      options_.database.empty() ? (folder / "offprint.sqlite").string() : options_.database);
  const store::User owner = find_owner(*database_);
  if (options_.owner) owner_ = owner;
  list_founding(*database_);
  take_verdicts();
  std::string why_not = "search by meaning is off";
  if (options_.with_meaning) try {
      encoder_ = feed::minilm_encoder();
      meaning_ = std::make_unique<feed::Meaning>(*database_, *encoder_, folder / "meaning.index");
    } catch (const Error& error) {
      why_not = error.what();  // words alone are compared; the search page says why
    }
  search_ = std::make_unique<feed::Search>(*database_, meaning_.get(), meaning_ ? "" : why_not);
}

void Site::embed_new(Progress& progress) {
  if (meaning_ && meaning_->embed_new(progress) > 0) meaning_->save();
}

void Site::take_verdicts() {
  const std::lock_guard lock(looking_);
  const int64_t stamp = shelf_.stamp();
  if (stamp_ == stamp) return;
  for (const papers::Paper& paper : papers::catalog()) {
    if (!paper.runs()) continue;
    const auto card = shelf_.best(paper.slug);
    const auto at = card ? data::parse_time(card->started) : std::nullopt;
    if (at)
      store::set_verdicts(*database_, paper.slug, count(*card, papers::Verdict::holds),
                          count(*card, papers::Verdict::fails), static_cast<int64_t>(*at));
  }
  stamp_ = stamp;
}

int64_t now_seconds() { return std::time(nullptr); }

}  // namespace offprint::web
