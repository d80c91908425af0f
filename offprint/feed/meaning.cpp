#include "offprint/feed/meaning.h"

#include "offprint/core/error.h"
#include "offprint/core/tensor.h"
#include "offprint/data/weights.h"
#include "offprint/models/text_encoder.h"
#include "offprint/store/settings.h"
#include "offprint/store/vectors.h"

namespace offprint::feed {
namespace {

constexpr int64_t kBatch = 32;       // papers embedded at once
constexpr size_t kLoadBatch = 4096;  // vectors taken from the store at once
constexpr const char* kEncoderName = "encoder of the vectors";

}  // namespace

Encoder minilm_encoder() {
  const auto encoder = std::make_shared<const models::TextEncoder>(data::require_weights("minilm"));
  const auto embed = [encoder](std::span<const std::string> texts) {
    const at::NoGradGuard no_grad;
    const Tensor rows = encoder->embed(texts).contiguous();
    const float* values = rows.const_data_ptr<float>();
    return std::vector<float>(values, values + rows.numel());
  };
  const auto tokens = [encoder](const std::string& text) { return encoder->count_tokens(text); };
  return {"all-MiniLM-L6-v2", encoder->width(), embed, tokens};
}

std::string text_of(const store::Paper& paper) {
  std::string text = paper.title;
  if (!paper.summary.empty()) text += ". " + paper.summary;
  if (!paper.abstract.empty()) text += ". " + paper.abstract;
  return text;
}

Meaning::Meaning(store::Database& database, Encoder encoder, std::filesystem::path index)
    : database_(database),
      encoder_(std::move(encoder)),
      index_(std::move(index)),
      neighbours_(encoder_.width) {
  const auto known = store::setting(database_, kEncoderName);
  if (known && *known != encoder_.name) store::forget_vectors(database_);
  if (!known || *known != encoder_.name) store::set_setting(database_, kEncoderName, encoder_.name);
  const int64_t loaded = index_.empty() ? -1 : neighbours_.load(index_, encoder_.name);
  take_from_store(std::max<int64_t>(loaded, 0));
}

void Meaning::take_from_store(int64_t after) {
  std::vector<int64_t> keys;
  std::vector<std::string> vectors;
  const auto flush = [&] {
    neighbours_.add(keys, vectors);
    keys.clear();
    vectors.clear();
  };
  stamp_ = store::each_vector(database_, after, [&](int64_t key, std::string_view bytes) {
    keys.push_back(key);
    vectors.emplace_back(bytes);
    if (keys.size() == kLoadBatch) flush();
  });
  flush();
}

int64_t Meaning::embed_new(Progress& progress, int64_t most) {
  const std::scoped_lock lock(embedding_);
  int64_t done = 0, last = 0;
  while (done < most && !progress.stop_requested()) {
    const auto papers =
        store::papers_without_vector(database_, last, std::min(kBatch, most - done));
    if (papers.empty()) break;
    if (done == 0) progress.start("embedding papers");  // nothing new, nothing said
    std::vector<std::string> texts;
    for (const store::Paper& paper : papers) texts.push_back(text_of(paper));
    const std::vector<float> rows = encoder_.embed(texts);
    const auto width = static_cast<size_t>(encoder_.width);
    std::vector<store::PaperVector> vectors;
    for (size_t i = 0; i < papers.size(); ++i)
      vectors.push_back({papers[i].key, pack_vector(std::span(rows).subspan(i * width, width))});
    store::put_vectors(database_, vectors);
    take_from_store(stamp_);
    last = papers.back().key;
    done += static_cast<int64_t>(papers.size());
    progress.at(done);
  }
  return done;
}

void Meaning::save() const {
  if (!index_.empty()) neighbours_.save(index_, stamp_, encoder_.name);
}

std::vector<Neighbour> Meaning::nearest(const std::string& text, int64_t count) const {
  return neighbours_.nearest(encoder_.embed(std::span(&text, 1)), count);
}

std::vector<Neighbour> Meaning::similar(int64_t key, int64_t count) const {
  const std::string bytes = store::vector_of(database_, key);
  if (bytes.empty()) return {};
  std::vector<Neighbour> found = neighbours_.nearest(unpack_vector(bytes), count + 1);
  std::erase_if(found, [&](const Neighbour& neighbour) { return neighbour.key == key; });
  if (static_cast<int64_t>(found.size()) > count) found.pop_back();
  return found;
}

}  // namespace offprint::feed
