#include "offprint/models/text_encoder.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/weights.h"

using namespace offprint;
using namespace offprint::models;
namespace fs = std::filesystem;

namespace {

// MiniLM read once a precision, or null and a word about it where it is not installed.
const TextEncoder* minilm(BertPrecision precision) {
  const auto folder = data::find_weights("minilm");
  if (!folder) {
    MESSAGE("skipped: the MiniLM package is not installed; ./start installs it");
    return nullptr;
  }
  static const TextEncoder exact(*folder, BertPrecision::float32);
  static const TextEncoder rounded(*folder, BertPrecision::bfloat16);
  return precision == BertPrecision::float32 ? &exact : &rounded;
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("MiniLM: entries 0, 1, 100 and 383 are those of PyTorch's modules in float32") {
  const TextEncoder* encoder = minilm(BertPrecision::float32);
  if (encoder == nullptr) return;
  // transformers 5.24.0 (BertModel, torch 2.13.0), mean over tokens, normalised, 256 tokens at
  // most.
  const std::vector<std::pair<std::string, std::vector<float>>> cases{
      {"", {-0.118838f, 0.048299f, 0.03595f, -0.015717f}},
      {"Efficiently modeling long sequences with structured state spaces",
       {-0.077235f, -0.03236f, 0.067683f, -0.00229f}},
      {repeated("a wing in a slipstream . ", 100), {-0.045207f, -0.046149f, 0.014896f, 0.026678f}}};
  CHECK(encoder->width() == 384);
  CHECK(encoder->most_tokens() == 256);
  for (const auto& [text, expected] : cases) {
    const Tensor embedding = encoder->embed(text);
    const Tensor some = at::stack({embedding[0], embedding[1], embedding[100], embedding[383]});
    CHECK(max_abs_diff(some, at::tensor(expected)) < 2e-6);
  }
}

TEST_CASE("MiniLM: bfloat16 stays within a cosine of 0.9999 of float32") {
  const TextEncoder *exact = minilm(BertPrecision::float32),
                    *rounded = minilm(BertPrecision::bfloat16);
  if (exact == nullptr) return;
  const std::vector<std::string> texts{"boundary layer", "", "Attention is all you need.",
                                       repeated("heat transfer at hypersonic speed ", 60)};
  const Tensor cosine = (exact->embed(texts) * rounded->embed(texts)).sum(-1);
  CHECK(cosine.min().item<double>() > 0.9999);
}

TEST_CASE("MiniLM: a text's vector does not depend on its batch, and rows keep their order") {
  const TextEncoder* encoder = minilm(BertPrecision::float32);
  if (encoder == nullptr) return;
  std::vector<std::string> texts;
  for (int i = 0; i < 20; ++i)
    texts.push_back(repeated("text " + std::to_string(i) + " ", 1 + (i * 7) % 20 * 4));
  const Tensor together = encoder->embed(texts);
  CHECK(together.sizes() == at::IntArrayRef{20, 384});
  for (int64_t i = 0; i < 20; ++i)
    CHECK(max_abs_diff(together[i], encoder->embed(texts[static_cast<size_t>(i)])) < 1e-5);
  CHECK(max_abs_diff((together * together).sum(-1), at::ones({20})) < 1e-5);
}

TEST_CASE("MiniLM: no texts, bytes that are no UTF-8, and words past the limit") {
  const TextEncoder* encoder = minilm(BertPrecision::float32);
  if (encoder == nullptr) return;
  CHECK(encoder->embed(std::vector<std::string>{}).sizes() == at::IntArrayRef{0, 384});
  CHECK(encoder->embed("wi\xffng \xc3").equal(encoder->embed("wing")));
  // 254 pieces count, so that the last words of 10 000 change nothing.
  const std::string words = repeated("wing ", 10000);
  CHECK(encoder->embed(words).equal(encoder->embed(words + "aircraft")));
  CHECK_FALSE(encoder->embed(words).equal(encoder->embed("aircraft " + words)));
}

TEST_CASE("MiniLM: related texts are nearer than unrelated ones") {
  const TextEncoder* encoder = minilm(fastest_bert_precision());
  if (encoder == nullptr) return;
  const std::vector<std::string> texts{"a neural network for images", "deep learning in vision",
                                       "the price of wheat in medieval France"};
  const Tensor x = encoder->embed(texts);
  CHECK((x[0] * x[1]).sum().item<double>() > (x[0] * x[2]).sum().item<double>() + 0.2);
}

TEST_CASE("text encoder: weights cut short and a missing file are named in one line") {
  const auto folder = data::find_weights("minilm");
  if (!folder) return;
  const fs::path copy = fs::temp_directory_path() / "offprint_text_encoder_test";
  fs::remove_all(copy);
  fs::create_directories(copy);
  for (const char* name : {"config.json", "tokenizer.json"})
    fs::copy_file(*folder / name, copy / name);
  const auto message = [&]() -> std::string {
    try {
      TextEncoder{copy};
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  };
  const std::string weights = (copy / "model.safetensors").string();
  CHECK(message() == "cannot read " + weights + ": No such file or directory");
  const std::string whole = read_file(*folder / "model.safetensors");
  for (const size_t bytes : {size_t{4}, size_t{5000}, whole.size() / 2, whole.size() - 1}) {
    write_file(weights, std::string_view(whole).substr(0, bytes));
    CHECK(message().starts_with(weights + ": "));
    CHECK(message().find('\n') == std::string::npos);
  }
  fs::remove_all(copy);
}
