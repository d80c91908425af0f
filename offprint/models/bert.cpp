#include "offprint/models/bert.h"

#include <algorithm>
#include <numeric>

#include "offprint/core/error.h"
#include "offprint/core/json.h"

namespace offprint::models {
namespace {

constexpr int64_t kMostSize = 1 << 24;  // of any one size: keeps their products in range

int64_t size_of(const Json& config, const char* key, std::string_view source) {
  const auto size = json_get<int64_t>(config, key, source);
  require(size > 0 && size <= kMostSize, "{}: '{}' is {}, expected 1 to {}", source, key, size,
          kMostSize);
  return size;
}

void require_text(const Json& config, const char* key, std::string_view expected,
                  std::string_view source) {
  if (!config.contains(key)) return;  // then the expected one is the default
  const auto value = json_get<std::string>(config, key, source);
  require(value == expected, "{}: '{}' is '{}', expected '{}'", source, key, value, expected);
}

// Reads tensors by name, checks their sizes and brings them to float32.
struct Reader {
  const data::Safetensors& file;
  at::ScalarType product_type;

  Tensor read(const std::string& name, at::IntArrayRef sizes) const {
    const Tensor& t = file.at(name);
    require(t.sizes() == sizes && t.is_floating_point(),
            "{}: {} is {} of {}, expected ({}) of floats", file.source, name, shape_text(t),
            c10::toString(t.scalar_type()), fmt::join(sizes, ","));
    return t.to(at::kFloat);
  }
  nn::LayerNorm norm(const std::string& name, int64_t width) const {
    return {read(name + ".weight", {width}), read(name + ".bias", {width})};
  }
  // One product from the rows of several, so that the input is read once.
  nn::Linear linear(const std::vector<std::string>& names, int64_t inputs, int64_t outputs) const {
    std::vector<Tensor> weights, biases;
    for (const std::string& name : names) {
      weights.push_back(read(name + ".weight", {outputs, inputs}));
      biases.push_back(read(name + ".bias", {outputs}));
    }
    return {at::cat(weights).to(product_type), at::cat(biases).to(product_type)};
  }
};

BertLayer read_layer(const Reader& file, const std::string& name, const BertOptions& o) {
  const std::string self = name + "attention.self.", attention = name + "attention.output.";
  return {.qkv = file.linear({self + "query", self + "key", self + "value"}, o.width, o.width),
          .output = file.linear({attention + "dense"}, o.width, o.width),
          .attention_norm = file.norm(attention + "LayerNorm", o.width),
          .inner = file.linear({name + "intermediate.dense"}, o.width, o.inner),
          .outer = file.linear({name + "output.dense"}, o.inner, o.width),
          .norm = file.norm(name + "output.LayerNorm", o.width)};
}

Tensor normalised(const nn::LayerNorm& m, const Tensor& x, const BertOptions& o) {
  return at::layer_norm(x, {o.width}, m.weight, m.bias, o.epsilon);
}

// Each text sees itself only; neighbours of equal length are done together. (T,3D) -> (T,D)
Tensor attention(const Tensor& qkv, std::span<const int64_t> lengths, const BertOptions& o) {
  const int64_t head = o.width / o.heads;
  std::vector<Tensor> parts;
  int64_t at = 0;
  for (size_t first = 0, last = 0; first < lengths.size(); first = last) {
    while (last < lengths.size() && lengths[last] == lengths[first]) ++last;
    const int64_t texts = static_cast<int64_t>(last - first), length = lengths[first];
    const Tensor split = qkv.narrow(0, at, texts * length)
                             .view({texts, length, 3, o.heads, head})
                             .permute({2, 0, 3, 1, 4});  // (3,texts,heads,length,head)
    const Tensor mixed = at::scaled_dot_product_attention(split[0], split[1], split[2]);
    parts.push_back(mixed.transpose(1, 2).reshape({texts * length, o.width}));
    at += texts * length;
  }
  return parts.size() == 1 ? parts[0] : at::cat(parts);
}

Tensor forward(const BertLayer& m, const Tensor& x, std::span<const int64_t> lengths,
               const BertOptions& o) {
  const at::ScalarType type = m.qkv.weight.scalar_type();
  const Tensor mixed = attention(nn::forward(m.qkv, x.to(type)), lengths, o);
  const Tensor seen =
      normalised(m.attention_norm, x + nn::forward(m.output, mixed).to(at::kFloat), o);
  const Tensor inner = at::gelu(nn::forward(m.inner, seen.to(type)));
  return normalised(m.norm, seen + nn::forward(m.outer, inner).to(at::kFloat), o);
}

// Where each token stands in its text: 0 1 2 0 1 ... (T)
Tensor places(std::span<const int64_t> lengths, int64_t tokens) {
  Tensor place = at::empty({tokens}, at::kLong);
  int64_t* at = place.mutable_data_ptr<int64_t>();
  for (const int64_t length : lengths) {
    std::iota(at, at + length, int64_t{0});
    at += length;
  }
  return place;
}

void require_lengths(std::span<const int64_t> lengths, int64_t tokens, const BertOptions& o) {
  int64_t sum = 0;
  for (const int64_t length : lengths) {
    require(length > 0 && length <= o.positions, "bert: a text of {} tokens, expected 1 to {}",
            length, o.positions);
    sum += length;
  }
  require(sum == tokens && sum > 0, "bert: the texts have {} tokens, but there are {} ids", sum,
          tokens);
}

}  // namespace

BertOptions read_bert_options(const std::filesystem::path& path) {
  const std::string source = path.string();
  const Json config = read_json(path);
  require_text(config, "model_type", "bert", source);
  require_text(config, "hidden_act", "gelu", source);
  require_text(config, "position_embedding_type", "absolute", source);
  BertOptions o{.vocabulary = size_of(config, "vocab_size", source),
                .width = size_of(config, "hidden_size", source),
                .layers = size_of(config, "num_hidden_layers", source),
                .heads = size_of(config, "num_attention_heads", source),
                .inner = size_of(config, "intermediate_size", source),
                .positions = size_of(config, "max_position_embeddings", source),
                .types = size_of(config, "type_vocab_size", source),
                .epsilon = json_get<double>(config, "layer_norm_eps", source)};
  require(o.width % o.heads == 0, "{}: {} heads do not divide a width of {}", source, o.heads,
          o.width);
  require(o.epsilon >= 0 && o.epsilon < 1, "{}: 'layer_norm_eps' is {}, expected 0 to 1", source,
          o.epsilon);
  return o;
}

BertPrecision fastest_bert_precision() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bf16")) return BertPrecision::bfloat16;
#endif
  return BertPrecision::float32;
}

Bert read_bert(const data::Safetensors& file, const BertOptions& o, BertPrecision precision) {
  const Reader reader{file, precision == BertPrecision::bfloat16 ? at::kBFloat16 : at::kFloat};
  const std::string name = "embeddings.";
  Bert model{.options = o,
             .words = reader.read(name + "word_embeddings.weight", {o.vocabulary, o.width}),
             .positions = reader.read(name + "position_embeddings.weight", {o.positions, o.width}),
             .norm = reader.norm(name + "LayerNorm", o.width),
             .layers = {}};
  // There is one text at a time, of the first type.
  model.positions =
      model.positions + reader.read(name + "token_type_embeddings.weight", {o.types, o.width})[0];
  for (int64_t i = 0; i < o.layers; ++i)
    model.layers.push_back(read_layer(reader, fmt::format("encoder.layer.{}.", i), o));
  return model;
}

Tensor forward(const Bert& model, const Tensor& ids, std::span<const int64_t> lengths) {
  const BertOptions& o = model.options;
  require(ids.dim() == 1 && ids.scalar_type() == at::kLong, "bert: ids are {} of {}, expected (T)",
          shape_text(ids), c10::toString(ids.scalar_type()));
  require_lengths(lengths, ids.size(0), o);
  const int64_t least = ids.min().item<int64_t>(), most = ids.max().item<int64_t>();
  require(least >= 0 && most < o.vocabulary, "bert: ids {} to {}, expected 0 to {}", least, most,
          o.vocabulary - 1);
  const Tensor place = places(lengths, ids.size(0));
  Tensor x = at::embedding(model.words, ids) + at::embedding(model.positions, place);
  x = normalised(model.norm, x, o);
  for (const BertLayer& layer : model.layers) x = forward(layer, x, lengths, o);
  return x;
}

}  // namespace offprint::models
