#include <limits>
#include <ostream>
#include <set>

#include "offprint/core/error.h"
#include "offprint/data/gguf.h"

namespace offprint::data {
namespace {

constexpr uint64_t kAlignment = 32;
enum Kind : uint32_t { kU32 = 4, kF32 = 6, kBoolean = 7, kText = 8, kList = 9, kI64 = 11 };

class Writer {
 public:
  explicit Writer(std::ostream& out) : out_(out) {}

  template <class T>
  void number(T value) {
    bytes(&value, sizeof value);
  }
  void text(const std::string& value) {
    number<uint64_t>(value.size());
    bytes(value.data(), value.size());
  }
  void bytes(const void* data, uint64_t size) {
    out_.write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
    written_ += size;
  }
  void pad() {
    while (written_ % kAlignment != 0) number<uint8_t>(0);
  }

 private:
  std::ostream& out_;
  uint64_t written_ = 0;
};

Kind kind_of(const Json& value, const std::string& key) {
  if (value.is_string()) return kText;
  if (value.is_boolean()) return kBoolean;
  if (value.is_number_float()) return kF32;
  if (value.is_number_integer())
    return value.get<int64_t>() >= 0 && value.get<int64_t>() <= std::numeric_limits<uint32_t>::max()
               ? kU32
               : kI64;
  require(value.is_array() && !value.empty(),
          "write_gguf: '{}' is {}, expected text, a number, true, false or a list of these", key,
          json_kind(value));
  return kList;
}

// Of a list: whole numbers of which one is large or negative are all int64, with a fraction
// float32.
Kind kind_of_entries(const Json& list, const std::string& key) {
  Kind kind = kind_of(list.front(), key);
  for (const Json& entry : list) {
    const Kind own = kind_of(entry, key);
    if (own == kind) continue;
    const auto number = [](Kind k) { return k == kU32 || k == kI64 || k == kF32; };
    require(number(own) && number(kind), "write_gguf: '{}' mixes {} and {}", key,
            json_kind(list.front()), json_kind(entry));
    kind = own == kF32 || kind == kF32 ? kF32 : kI64;
  }
  require(kind != kList, "write_gguf: '{}' is a list of lists", key);
  return kind;
}

void put(Writer& out, const Json& value, Kind kind) {
  if (kind == kText) out.text(value.get<std::string>());
  if (kind == kBoolean) out.number<uint8_t>(value.get<bool>());
  if (kind == kF32) out.number(value.get<float>());
  if (kind == kU32) out.number(value.get<uint32_t>());
  if (kind == kI64) out.number(value.get<int64_t>());
}

void put_entry(Writer& out, const std::string& key, const Json& value) {
  out.text(key);
  const Kind kind = kind_of(value, key);
  out.number<uint32_t>(kind);
  if (kind != kList) return put(out, value, kind);
  const Kind of = kind_of_entries(value, key);
  out.number<uint32_t>(of);
  out.number<uint64_t>(value.size());
  for (const Json& entry : value) put(out, entry, of);
}

uint64_t size_of(const GgufValues& t) {
  const BlockLayout& layout = layout_of(t.format);
  return static_cast<uint64_t>(t.values.numel() / layout.numbers * layout.bytes);
}

uint64_t aligned(uint64_t n) { return (n + kAlignment - 1) / kAlignment * kAlignment; }

void check(const Json& metadata, const std::vector<GgufValues>& tensors) {
  require(metadata.is_object(), "write_gguf: metadata is {}, expected an object",
          json_kind(metadata));
  std::set<std::string> names;
  for (const GgufValues& t : tensors) {
    const BlockLayout& layout = layout_of(t.format);
    require(names.insert(t.name).second, "write_gguf: two tensors '{}'", t.name);
    require(t.values.defined() && t.values.is_floating_point() && t.values.dim() >= 1 &&
                t.values.dim() <= 4 && t.values.numel() > 0,
            "write_gguf: '{}' is {}, expected 1 to 4 dimensions of floating point", t.name,
            shape_text(t.values));
    require(t.values.size(-1) % layout.numbers == 0,
            "write_gguf: '{}' has rows of {}, no whole {} blocks of {}", t.name, t.values.size(-1),
            layout.name, layout.numbers);
  }
}

void write(std::ostream& stream, const Json& metadata, const std::vector<GgufValues>& tensors) {
  Writer out(stream);
  out.bytes("GGUF", 4);
  out.number<uint32_t>(3);
  out.number<uint64_t>(tensors.size());
  out.number<uint64_t>(metadata.size());
  for (const auto& [key, value] : metadata.items()) put_entry(out, key, value);
  uint64_t offset = 0;
  for (const GgufValues& t : tensors) {
    out.text(t.name);
    out.number(static_cast<uint32_t>(t.values.dim()));
    for (int64_t axis = t.values.dim() - 1; axis >= 0; --axis)
      out.number(static_cast<uint64_t>(t.values.size(axis)));
    out.number(layout_of(t.format).gguf_type);
    out.number(offset);
    offset += aligned(size_of(t));
  }
  out.pad();
  for (const GgufValues& t : tensors) {
    const Tensor values = t.values.to(at::kCPU, at::kFloat).contiguous();
    std::vector<uint8_t> bytes(size_of(t));
    quantize(t.format, {values.const_data_ptr<float>(), static_cast<size_t>(values.numel())},
             bytes);
    out.bytes(bytes.data(), bytes.size());
    out.pad();
  }
}

}  // namespace

void write_gguf(const std::filesystem::path& path, const Json& metadata,
                const std::vector<GgufValues>& tensors) {
  check(metadata, tensors);
  write_file(path, [&](std::ostream& out) { write(out, metadata, tensors); });
}

}  // namespace offprint::data
