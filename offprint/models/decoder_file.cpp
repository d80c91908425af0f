// A decoder out of a GGUF file: sizes from its metadata, every tensor's shape checked against them.
#include "offprint/core/error.h"
#include "offprint/models/decoder_fast.h"

namespace offprint::models {
namespace {

constexpr int64_t kMost = 1 << 24;  // of any size a file names

class Reader {
 public:
  explicit Reader(const data::Gguf& file) : file_(file), about_(file.metadata()) {
    architecture = json_get<std::string>(about_, "general.architecture", file.source());
    require(architecture == "llama" || architecture == "qwen2",
            "{}: architecture '{}' does not run yet, expected llama or qwen2", file.source(),
            architecture);
  }

  std::string key(const char* name) const { return architecture + "." + name; }
  bool has(const std::string& key) const { return about_.contains(key); }
  int64_t size(const char* name) const {
    const auto n = json_get<int64_t>(about_, key(name).c_str(), file_.source());
    require(n > 0 && n <= kMost, "{}: {} is {}, which is absurd", file_.source(), key(name), n);
    return n;
  }
  int64_t size_or(const char* name, int64_t otherwise) const {
    return has(key(name)) ? size(name) : otherwise;
  }
  double number_or(const char* name, double otherwise) const {
    return has(key(name)) ? json_get<double>(about_, key(name).c_str(), file_.source()) : otherwise;
  }

  bool holds(const std::string& name) const {
    for (const data::GgufTensor& t : file_.tensors())
      if (t.name == name) return true;
    return false;
  }
  Tensor tensor(const std::string& name, const std::vector<int64_t>& shape) const {
    return data::dequantized(checked(name, shape));
  }
  kernels::QuantMatrix matrix(const std::string& name, const std::vector<int64_t>& shape,
                              kernels::PanelMemory& memory) const {
    const data::GgufTensor& t = checked(name, shape);
    return kernels::pack_panels(t.format, t.bytes, shape[0], shape[1], memory);
  }
  Tensor tensor_if(const std::string& name, const std::vector<int64_t>& shape) const {
    return holds(name) ? tensor(name, shape) : Tensor();
  }
  const std::string& source() const { return file_.source(); }

  std::string architecture;

 private:
  const data::GgufTensor& checked(const std::string& name,
                                  const std::vector<int64_t>& shape) const {
    const data::GgufTensor& t = file_.at(name);
    require(t.shape == shape, "{}: tensor '{}' is ({}), expected ({})", file_.source(), name,
            fmt::join(t.shape, ","), fmt::join(shape, ","));
    return t;
  }

  const data::Gguf& file_;
  const Json& about_;
};

DecoderOptions options_of(const Reader& in, const data::Gguf& file) {
  DecoderOptions o;
  o.architecture = in.architecture;
  o.width = in.size("embedding_length"), o.depth = in.size("block_count");
  o.feed = in.size("feed_forward_length"), o.context = in.size("context_length");
  o.heads = in.size("attention.head_count");
  o.kv_heads = in.size_or("attention.head_count_kv", o.heads);
  o.head_size = in.size_or("attention.key_length", o.width / o.heads);
  o.norm_epsilon = in.number_or("attention.layer_norm_rms_epsilon", o.norm_epsilon);
  o.rope_base = in.number_or("rope.freq_base", o.rope_base);
  const data::GgufTensor& embedding = file.at("token_embd.weight");
  require(embedding.shape.size() == 2, "{}: token_embd.weight has {} dimensions, expected 2",
          file.source(), embedding.shape.size());
  o.vocabulary = embedding.shape[0];
  require(o.heads % o.kv_heads == 0 && o.head_size % 2 == 0 &&
              in.size_or("rope.dimension_count", o.head_size) == o.head_size,
          "{}: {} heads over {} keys of {} features do not fit together", file.source(), o.heads,
          o.kv_heads, o.head_size);
  const std::string scaling = in.key("rope.scaling.type");
  require(!in.has(scaling) || file.metadata().at(scaling) == "none",
          "{}: rope scaling is not known here", file.source());
  return o;
}

struct BlockNames {
  int64_t block;
  std::string operator()(const char* part) const { return fmt::format("blk.{}.{}", block, part); }
};

DecoderBlock read_vectors(const Reader& in, const DecoderOptions& o, const BlockNames& name) {
  const int64_t queries = o.heads * o.head_size, keys = o.kv_heads * o.head_size;
  DecoderBlock b;
  b.attention_norm = in.tensor(name("attn_norm.weight"), {o.width});
  b.feed_norm = in.tensor(name("ffn_norm.weight"), {o.width});
  b.query_bias = in.tensor_if(name("attn_q.bias"), {queries});
  b.key_bias = in.tensor_if(name("attn_k.bias"), {keys});
  b.value_bias = in.tensor_if(name("attn_v.bias"), {keys});
  return b;
}

// The matrices of a block, read(name, shape) each: into tensors or into panels.
template <class Block, class Read>
void read_matrices(Block& b, const DecoderOptions& o, const BlockNames& name, const Read& read) {
  const int64_t queries = o.heads * o.head_size, keys = o.kv_heads * o.head_size;
  b.query = read(name("attn_q.weight"), {queries, o.width});
  b.key = read(name("attn_k.weight"), {keys, o.width});
  b.value = read(name("attn_v.weight"), {keys, o.width});
  b.output = read(name("attn_output.weight"), {o.width, queries});
  b.gate = read(name("ffn_gate.weight"), {o.feed, o.width});
  b.up = read(name("ffn_up.weight"), {o.feed, o.width});
  b.down = read(name("ffn_down.weight"), {o.width, o.feed});
}

// Embedding, blocks and head of a Decoder or of PackedWeights.
template <class Weights, class Read>
void read_weights(Weights& m, const Reader& in, const DecoderOptions& o, const Read& read) {
  m.embedding = read("token_embd.weight", {o.vocabulary, o.width});
  m.head = in.holds("output.weight") ? read("output.weight", {o.vocabulary, o.width}) : m.embedding;
  m.blocks.resize(static_cast<size_t>(o.depth));
  for (int64_t i = 0; i < o.depth; ++i)
    read_matrices(m.blocks[static_cast<size_t>(i)], o, BlockNames{i}, read);
}

}  // namespace

Decoder load_decoder(const data::Gguf& file, Precision precision) {
  using Shape = std::vector<int64_t>;
  const Reader in(file);
  Decoder m;
  m.options = options_of(in, file);
  const DecoderOptions& o = m.options;
  for (int64_t i = 0; i < o.depth; ++i) m.blocks.push_back(read_vectors(in, o, BlockNames{i}));
  m.norm = in.tensor("output_norm.weight", {o.width});
  if (precision == Precision::exact) {
    read_weights(m, in, o, [&](const std::string& name, const Shape& shape) {
      return in.tensor(name, shape);
    });
  } else {
    PackedWeights packed;
    kernels::PanelMemory memory;
    read_weights(packed, in, o, [&](const std::string& name, const Shape& shape) {
      return in.matrix(name, shape, memory);
    });
    m.packed = std::make_shared<const PackedWeights>(std::move(packed));
  }
  m.rotary = nn::make_rotary(
      o.context, o.head_size, o.rope_base,
      o.architecture == "qwen2" ? nn::RotaryPairs::halves : nn::RotaryPairs::neighbours,
      in.tensor_if("rope_freqs.weight", {o.head_size / 2}));
  return m;
}

}  // namespace offprint::models
