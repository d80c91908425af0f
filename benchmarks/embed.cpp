// Embeddings by MiniLM-L6-v2: ours, from text to vectors, against PyTorch's modules in float32, as
// sentence-transformers runs them. Cranfield's abstracts (every seventh) in bulk and its queries
// one at a time. Says our precision, the least cosine between both sides' vectors (fails below
// 0.9999) and how long one query takes.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "benchmarks/interleave.h"
#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/catalog.h"
#include "offprint/data/weights.h"
#include "offprint/models/text_encoder.h"

using namespace offprint;
namespace fs = std::filesystem;

namespace {

using Texts = std::vector<std::string>;

// The text after ".W" of each record of a file of the collection.
Texts read_records(const fs::path& path) {
  std::string file = "\n" + read_file(path);
  std::erase(file, '\r');
  Texts texts;
  for (size_t at = file.find("\n.I "); at != file.npos;) {
    const size_t next = file.find("\n.I ", at + 1), text = file.find("\n.W\n", at);
    require(text < next, "{}: record {} has no text", path.string(), texts.size() + 1);
    texts.push_back(file.substr(text + 4, std::min(next, file.size()) - text - 4));
    std::ranges::replace(texts.back(), '\n', ' ');
    at = next;
  }
  return texts;
}

// A work of both sides: texts as a file for the peer, which leaves its vectors beside it.
struct Work {
  Texts texts;
  bool one_by_one;
  fs::path file;

  fs::path peer_vectors() const { return file.string() + ".f32"; }
};

Work make_work(const char* name, Texts texts, bool one_by_one) {
  Work work{std::move(texts), one_by_one, fs::temp_directory_path() / name};
  write_json(work.file, Json(work.texts));
  return work;
}

Tensor embed(const models::TextEncoder& encoder, const Work& work) {
  if (!work.one_by_one) return encoder.embed(work.texts);
  std::vector<Tensor> rows;
  for (const std::string& text : work.texts) rows.push_back(encoder.embed(text));
  return at::stack(rows);
}

double least_cosine(const models::TextEncoder& encoder, const Work& work) {
  std::string bytes = read_file(work.peer_vectors());
  const Tensor ours = embed(encoder, work);
  require(bytes.size() == ours.nbytes(), "embed: the peer left {} bytes of vectors, expected {}",
          bytes.size(), ours.nbytes());
  return (ours * at::from_blob(bytes.data(), ours.sizes(), at::kFloat))
      .sum(-1)
      .min()
      .item<double>();
}

std::string latency(const models::TextEncoder& encoder, const Texts& queries) {
  std::vector<double> seconds;
  for (int round = 0; round < 4; ++round)
    for (const std::string& query : queries) {
      const Stopwatch watch;
      encoder.embed(query);
      seconds.push_back(watch.seconds());
    }
  std::ranges::sort(seconds);
  const size_t n = seconds.size();
  return fmt::format("one query: p50 {:.2f} ms, p99 {:.2f} ms", 1e3 * seconds[n / 2],
                     1e3 * seconds[n * 99 / 100]);
}

benchmarks::Case make_case(const char* name, const models::TextEncoder& encoder, const Work& work) {
  return {name, [&] { return embed(encoder, work).sum(0).norm().item<double>(); },
          Json{{"texts", work.file.string()},
               {"vectors", work.peer_vectors().string()},
               {"one_by_one", work.one_by_one}}};
}

int run(int argc, char** argv) {
  const models::BertPrecision precision = models::fastest_bert_precision();
  const models::TextEncoder encoder(data::require_weights("minilm"), precision);
  Texts abstracts;
  const fs::path cranfield = data::require_set("cranfield");
  const Texts all = read_records(cranfield / "cran.all.1400");
  for (size_t i = 0; i < all.size(); i += 7) abstracts.push_back(all[i]);
  Texts queries = read_records(cranfield / "cran.qry");
  const Work bulk = make_work("offprint_embed_abstracts.json", std::move(abstracts), false);
  queries.resize(std::min<size_t>(queries.size(), 50));
  const Work single = make_work("offprint_embed_queries.json", std::move(queries), true);
  const std::vector<benchmarks::Case> cases{make_case("abstracts", encoder, bulk),
                                            make_case("queries one by one", encoder, single)};
  const int code = benchmarks::compare(argc, argv, "embed", cases);
  const double cosine = std::min(least_cosine(encoder, bulk), least_cosine(encoder, single));
  fmt::print(stderr, "{} abstracts, products in {}, least cosine {:.6f}; {}\n", bulk.texts.size(),
             precision == models::BertPrecision::bfloat16 ? "bfloat16" : "float32", cosine,
             latency(encoder, single.texts));
  return code != 0 || cosine >= 0.9999 ? code : 1;
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
