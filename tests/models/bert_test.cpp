#include "offprint/models/bert.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <numbers>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/json.h"
#include "offprint/core/rng.h"

using namespace offprint;
using namespace offprint::models;
namespace fs = std::filesystem;

namespace {

using Row = std::vector<double>;
using Rows = std::vector<Row>;

const BertOptions kTiny{.vocabulary = 11,
                        .width = 6,
                        .layers = 2,
                        .heads = 2,
                        .inner = 5,
                        .positions = 7,
                        .types = 2,
                        .epsilon = 1e-12};

data::Safetensors tiny_file(uint64_t seed = 1) {
  Rng rng(seed);
  data::Safetensors file{.tensors = {}, .metadata = {}, .source = "tiny"};
  const auto add = [&](const std::string& name, std::vector<int64_t> sizes) {
    file.tensors.emplace_back(name, rng.normal(sizes) * 0.7);
  };
  const auto pair = [&](const std::string& name, int64_t outputs, int64_t inputs) {
    add(name + ".weight", inputs == 0 ? std::vector{outputs} : std::vector{outputs, inputs});
    add(name + ".bias", {outputs});
  };
  const int64_t D = kTiny.width, inner = kTiny.inner;
  add("embeddings.word_embeddings.weight", {kTiny.vocabulary, D});
  add("embeddings.position_embeddings.weight", {kTiny.positions, D});
  add("embeddings.token_type_embeddings.weight", {kTiny.types, D});
  pair("embeddings.LayerNorm", D, 0);
  for (int i = 0; i < 2; ++i) {
    const std::string layer = fmt::format("encoder.layer.{}.", i);
    for (const char* part : {"query", "key", "value"}) pair(layer + "attention.self." + part, D, D);
    pair(layer + "attention.output.dense", D, D);
    pair(layer + "attention.output.LayerNorm", D, 0);
    pair(layer + "intermediate.dense", inner, D);
    pair(layer + "output.dense", D, inner);
    pair(layer + "output.LayerNorm", D, 0);
  }
  return file;
}

// The paper's equations number by number, in double.
struct SlowBert {
  data::Safetensors file;

  double at(const std::string& name, int64_t i, int64_t j = -1) const {
    const Tensor& t = file.at(name);
    return j < 0 ? t[i].item<double>() : t[i][j].item<double>();
  }
  Row linear(const std::string& name, const Row& x, int64_t outputs) const {
    Row y;
    for (int64_t o = 0; o < outputs; ++o) {
      double sum = at(name + ".bias", o);
      for (size_t i = 0; i < x.size(); ++i)
        sum += at(name + ".weight", o, static_cast<int64_t>(i)) * x[i];
      y.push_back(sum);
    }
    return y;
  }
  Row norm(const std::string& name, const Row& a, const Row& b) const {
    double mean = 0, variance = 0;
    Row y;
    for (size_t i = 0; i < a.size(); ++i) mean += (a[i] + b[i]) / static_cast<double>(a.size());
    for (size_t i = 0; i < a.size(); ++i)
      variance += std::pow(a[i] + b[i] - mean, 2) / static_cast<double>(a.size());
    for (size_t i = 0; i < a.size(); ++i) {
      const auto at_i = static_cast<int64_t>(i);
      y.push_back((a[i] + b[i] - mean) / std::sqrt(variance + 1e-12) * at(name + ".weight", at_i) +
                  at(name + ".bias", at_i));
    }
    return y;
  }
  Row attend(const Row& query, const Rows& keys, const Rows& values) const {
    Row mixed(query.size());
    const size_t head = query.size() / static_cast<size_t>(kTiny.heads);
    for (size_t begin = 0; begin < query.size(); begin += head) {
      Row weights;
      double total = 0;
      for (const Row& key : keys) {
        double product = 0;
        for (size_t d = begin; d < begin + head; ++d) product += query[d] * key[d];
        weights.push_back(std::exp(product / std::sqrt(static_cast<double>(head))));
        total += weights.back();
      }
      for (size_t j = 0; j < keys.size(); ++j)
        for (size_t d = begin; d < begin + head; ++d) mixed[d] += weights[j] / total * values[j][d];
    }
    return mixed;
  }
  Rows run(const std::vector<int64_t>& ids) const {
    const int64_t D = kTiny.width;
    Rows x;
    for (size_t t = 0; t < ids.size(); ++t) {
      Row word, rest;
      for (int64_t d = 0; d < D; ++d) {
        word.push_back(at("embeddings.word_embeddings.weight", ids[t], d));
        rest.push_back(at("embeddings.position_embeddings.weight", static_cast<int64_t>(t), d) +
                       at("embeddings.token_type_embeddings.weight", 0, d));
      }
      x.push_back(norm("embeddings.LayerNorm", word, rest));
    }
    for (int i = 0; i < 2; ++i) {
      const std::string layer = fmt::format("encoder.layer.{}.", i);
      Rows keys, values, next;
      for (const Row& row : x) {
        keys.push_back(linear(layer + "attention.self.key", row, D));
        values.push_back(linear(layer + "attention.self.value", row, D));
      }
      for (const Row& row : x) {
        const Row mixed = attend(linear(layer + "attention.self.query", row, D), keys, values);
        const Row seen = norm(layer + "attention.output.LayerNorm", row,
                              linear(layer + "attention.output.dense", mixed, D));
        Row inner = linear(layer + "intermediate.dense", seen, kTiny.inner);
        for (double& h : inner) h *= 0.5 * (1 + std::erf(h / std::numbers::sqrt2));
        next.push_back(
            norm(layer + "output.LayerNorm", seen, linear(layer + "output.dense", inner, D)));
      }
      x = next;
    }
    return x;
  }
};

Tensor tensor_of(const Rows& rows) {
  std::vector<Tensor> out;
  for (const Row& row : rows) out.push_back(at::tensor(row, at::kDouble));
  return at::stack(out).to(at::kFloat);
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("bert: packed texts equal the equations written out, one text at a time") {
  const at::NoGradGuard no_grad;
  const std::vector<int64_t> first{1, 2, 3}, second{10}, third{4, 4, 0, 9, 5, 6, 7},
      fourth{8, 1, 2};
  std::vector<int64_t> ids;
  Rows expected;
  for (const auto& text : {first, fourth, second, third}) {
    ids.insert(ids.end(), text.begin(), text.end());
    const Rows rows = SlowBert{tiny_file()}.run(text);
    expected.insert(expected.end(), rows.begin(), rows.end());
  }
  const std::vector<int64_t> lengths{3, 3, 1, 7};
  const Bert exact = read_bert(tiny_file(), kTiny, BertPrecision::float32);
  CHECK(max_abs_diff(forward(exact, at::tensor(ids), lengths), tensor_of(expected)) < 1e-5);
  const Bert rounded = read_bert(tiny_file(), kTiny, BertPrecision::bfloat16);
  CHECK(relative_error(forward(rounded, at::tensor(ids), lengths), tensor_of(expected)) < 0.02);
}

TEST_CASE("bert: a tensor that is missing or of another size is named") {
  data::Safetensors file = tiny_file();
  file.tensors[0].second = at::zeros({11, 5});
  CHECK(message_of([&] { read_bert(file, kTiny, BertPrecision::float32); }) ==
        "tiny: embeddings.word_embeddings.weight is (11,5) of Float, expected (11,6) of floats");
  BertOptions deeper = kTiny;
  deeper.layers = 3;
  CHECK(message_of([&] {
          read_bert(tiny_file(), deeper, BertPrecision::float32);
        }).starts_with("tiny: no tensor 'encoder.layer.2.attention.self.query.weight'"));
}

TEST_CASE("bert: ids and lengths that do not fit are named") {
  const Bert model = read_bert(tiny_file(), kTiny, BertPrecision::float32);
  const auto run = [&](std::vector<int64_t> ids, std::vector<int64_t> lengths) {
    return message_of([&] { forward(model, at::tensor(ids), lengths); });
  };
  CHECK(run({1, 11}, {2}) == "bert: ids 1 to 11, expected 0 to 10");
  CHECK(run({-1, 1}, {2}) == "bert: ids -1 to 1, expected 0 to 10");
  CHECK(run({1, 1}, {3}) == "bert: the texts have 3 tokens, but there are 2 ids");
  CHECK(run({1, 1}, {2, 0}) == "bert: a text of 0 tokens, expected 1 to 7");
  CHECK(run({1, 1, 1, 1, 1, 1, 1, 1}, {8}) == "bert: a text of 8 tokens, expected 1 to 7");
}

TEST_CASE("bert: a config.json that is not BERT's is named") {
  const fs::path path = fs::temp_directory_path() / "offprint_bert_test_config.json";
  const Json good{{"model_type", "bert"},   {"hidden_act", "gelu"},
                  {"vocab_size", 11},       {"hidden_size", 6},
                  {"num_hidden_layers", 2}, {"num_attention_heads", 2},
                  {"intermediate_size", 5}, {"max_position_embeddings", 7},
                  {"type_vocab_size", 2},   {"layer_norm_eps", 1e-12}};
  const auto read = [&](const char* key, const Json& value) {
    Json changed = good;
    changed[key] = value;
    write_json(path, changed);
    const std::string text = message_of([&] { read_bert_options(path); });
    return text.substr(text == "none" ? 0 : path.string().size() + 2);
  };
  CHECK(read("hidden_act", "gelu") == "none");
  CHECK(read("hidden_act", "relu") == "'hidden_act' is 'relu', expected 'gelu'");
  CHECK(read("model_type", "gpt2") == "'model_type' is 'gpt2', expected 'bert'");
  CHECK(read("hidden_size", 7) == "2 heads do not divide a width of 7");
  CHECK(read("hidden_size", 0) == "'hidden_size' is 0, expected 1 to 16777216");
  CHECK(read("num_hidden_layers", "six") ==
        "'num_hidden_layers' is a string, expected a whole number");
}
