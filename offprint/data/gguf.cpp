#include "offprint/data/gguf.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <set>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"

namespace offprint::data {
namespace {

static_assert(std::endian::native == std::endian::little, "GGUF is little endian");

enum class Kind : uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, text, list, u64, i64, f64 };
constexpr uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr uint64_t kMaxDimensions = 4;
constexpr int kMaxDepth = 4;  // of lists in lists
constexpr int64_t kDefaultAlignment = 32;

// Reads on from the header; what would run past the end says where it stood.
class Cursor {
 public:
  Cursor(std::span<const uint8_t> bytes, const std::string& source)
      : bytes_(bytes), source_(source) {}

  template <class T>
  T number(const char* what) {
    T value;
    std::memcpy(&value, take(sizeof value, what).data(), sizeof value);
    return value;
  }
  std::string text(const char* what) {
    const auto length = number<uint64_t>(what);
    const auto found = take(length, what);
    return {found.begin(), found.end()};
  }
  // How many things of at least `least` bytes follow.
  uint64_t count(uint64_t least, const char* what) {
    const auto n = number<uint64_t>(what);
    require(n <= left() / least, "{}: {} {}, which {} bytes cannot hold: damaged or cut short",
            source_, n, what, left());
    return n;
  }
  uint64_t at() const { return at_; }
  const std::string& source() const { return source_; }

 private:
  uint64_t left() const { return bytes_.size() - at_; }
  std::span<const uint8_t> take(uint64_t n, const char* what) {
    require(n <= left(), "{}: ends in the middle of its {} at byte {}: damaged or cut short",
            source_, what, at_);
    const auto found = bytes_.subspan(at_, n);
    at_ += n;
    return found;
  }

  std::span<const uint8_t> bytes_;
  std::string source_;
  uint64_t at_ = 0;
};

// Bytes that a value takes at least.
uint64_t least_size(Kind kind) {
  switch (kind) {
    case Kind::u8:
    case Kind::i8:
    case Kind::boolean:
      return 1;
    case Kind::u16:
    case Kind::i16:
      return 2;
    case Kind::u32:
    case Kind::i32:
    case Kind::f32:
      return 4;
    case Kind::list:
      return 12;
    default:
      return 8;
  }
}

Kind read_kind(Cursor& in, const char* what) {
  const auto kind = in.number<uint32_t>(what);
  require(kind <= static_cast<uint32_t>(Kind::f64), "{}: {} has the unknown type {}", in.source(),
          what, kind);
  return static_cast<Kind>(kind);
}

Json read_value(Cursor& in, Kind kind, int depth) {
  constexpr const char* what = "metadata";
  switch (kind) {
    case Kind::u8:
      return in.number<uint8_t>(what);
    case Kind::i8:
      return in.number<int8_t>(what);
    case Kind::u16:
      return in.number<uint16_t>(what);
    case Kind::i16:
      return in.number<int16_t>(what);
    case Kind::u32:
      return in.number<uint32_t>(what);
    case Kind::i32:
      return in.number<int32_t>(what);
    case Kind::f32:
      return in.number<float>(what);
    case Kind::boolean:
      return in.number<uint8_t>(what) != 0;
    case Kind::text:
      return in.text(what);
    case Kind::u64:
      return in.number<uint64_t>(what);
    case Kind::i64:
      return in.number<int64_t>(what);
    case Kind::f64:
      return in.number<double>(what);
    case Kind::list:
      break;
  }
  require(depth < kMaxDepth, "{}: metadata is nested too deeply", in.source());
  const Kind of = read_kind(in, "a list");
  Json list = Json::array();
  for (uint64_t n = in.count(least_size(of), "entries of a list"); n > 0; --n)
    list.push_back(read_value(in, of, depth + 1));
  return list;
}

struct Entry {
  GgufTensor tensor;
  uint64_t offset = 0, size = 0;
};

Entry read_entry(Cursor& in) {
  Entry entry;
  GgufTensor& t = entry.tensor;
  t.name = in.text("tensor names");
  const std::string where = fmt::format("{}: tensor '{}'", in.source(), t.name);
  const auto dimensions = in.number<uint32_t>("tensor shapes");
  require(dimensions <= kMaxDimensions, "{}: {} dimensions, expected at most {}", where, dimensions,
          kMaxDimensions);
  uint64_t numbers = 1;
  for (uint32_t i = 0; i < dimensions; ++i) {
    const auto size = in.number<uint64_t>("tensor shapes");
    require(size >= 1 &&
                size <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) / 8 / numbers,
            "{}: a dimension of {} is absurd", where, size);
    numbers *= size;
    t.shape.insert(t.shape.begin(),
                   static_cast<int64_t>(size));  // the file has the innermost first
  }
  const auto type = in.number<uint32_t>("tensor types");
  const auto format = format_of_gguf(type);
  require(format.has_value(), "{}: stored as type {}, which is not read", where, type);
  t.format = *format;
  const BlockLayout& layout = layout_of(t.format);
  const int64_t row = t.shape.empty() ? 1 : t.shape.back();
  require(row % layout.numbers == 0, "{}: rows of {} are no whole {} blocks of {}", where, row,
          layout.name, layout.numbers);
  entry.size =
      numbers / static_cast<uint64_t>(layout.numbers) * static_cast<uint64_t>(layout.bytes);
  entry.offset = in.number<uint64_t>("tensor offsets");
  return entry;
}

uint64_t alignment_of(const Json& metadata, const std::string& source) {
  const auto n = metadata.contains("general.alignment")
                     ? json_get<int64_t>(metadata, "general.alignment", source)
                     : kDefaultAlignment;
  require(n >= 1 && n <= 1 << 20 && std::has_single_bit(static_cast<uint64_t>(n)),
          "{}: an alignment of {}, expected a power of two", source, n);
  return static_cast<uint64_t>(n);
}

uint64_t aligned(uint64_t at, uint64_t alignment) {
  return (at + alignment - 1) / alignment * alignment;
}

void place(std::vector<Entry>& entries, std::span<const uint8_t> bytes, uint64_t begin,
           uint64_t alignment, const std::string& source) {
  const uint64_t room = begin <= bytes.size() ? bytes.size() - begin : 0;
  std::vector<const Entry*> order;
  for (Entry& e : entries) {
    require(e.offset % alignment == 0, "{}: tensor '{}' begins at {}, which is not aligned to {}",
            source, e.tensor.name, e.offset, alignment);
    require(e.offset <= room && e.size <= room - e.offset,
            "{}: tensor '{}' ends past the file's {} bytes: cut short", source, e.tensor.name,
            bytes.size());
    e.tensor.bytes = bytes.subspan(begin + e.offset, e.size);
    order.push_back(&e);
  }
  std::ranges::sort(order, {}, &Entry::offset);
  for (size_t i = 1; i < order.size(); ++i)
    require(order[i - 1]->offset + order[i - 1]->size <= order[i]->offset,
            "{}: tensors '{}' and '{}' overlap", source, order[i - 1]->tensor.name,
            order[i]->tensor.name);
}

}  // namespace

int64_t GgufTensor::numbers() const {
  int64_t n = 1;
  for (const int64_t size : shape) n *= size;
  return n;
}

Gguf::Gguf(const std::filesystem::path& path) : source_(path.string()), map_(path) {
  const std::span bytes(reinterpret_cast<const uint8_t*>(map_.bytes().data()), map_.bytes().size());
  Cursor in(bytes, source_);
  require(bytes.size() >= 4 && in.number<uint32_t>("magic") == kMagic, "{}: no GGUF file", source_);
  const auto version = in.number<uint32_t>("version");
  require(version != 0x02000000 && version != 0x03000000, "{}: big endian, expected little endian",
          source_);
  require(version == 2 || version == 3, "{}: GGUF version {}, expected 2 or 3", source_, version);
  const auto count = in.count(24, "tensors");  // a name, dimensions, a type and an offset
  for (uint64_t n = in.count(13, "metadata"); n > 0; --n) {
    const std::string key = in.text("metadata keys");
    require(!metadata_.contains(key), "{}: two entries '{}'", source_, key);
    const Kind kind = read_kind(in, "metadata");
    metadata_[key] = read_value(in, kind, 0);
  }
  std::vector<Entry> entries;
  std::set<std::string> names;
  for (uint64_t i = 0; i < count; ++i) {
    entries.push_back(read_entry(in));
    require(names.insert(entries.back().tensor.name).second, "{}: two tensors '{}'", source_,
            entries.back().tensor.name);
  }
  const uint64_t alignment = alignment_of(metadata_, source_);
  place(entries, bytes, aligned(in.at(), alignment), alignment, source_);
  for (Entry& e : entries) tensors_.push_back(std::move(e.tensor));
}

const GgufTensor& Gguf::at(std::string_view name) const {
  std::vector<std::string> names;
  for (const GgufTensor& t : tensors_) {
    if (t.name == name) return t;
    names.push_back(t.name);
  }
  fail("{}: no tensor '{}'{}", source_, name, did_you_mean(name, names));
}

Tensor dequantized(const GgufTensor& tensor) {
  const Tensor out = at::empty(tensor.shape, at::kFloat);
  float* to = out.mutable_data_ptr<float>();
  const BlockLayout& layout = layout_of(tensor.format);
  at::parallel_for(0, tensor.numbers() / layout.numbers, 256, [&](int64_t begin, int64_t end) {
    const auto part = [](int64_t n) { return static_cast<size_t>(n); };
    dequantize(tensor.format,
               tensor.bytes.subspan(part(begin * layout.bytes), part((end - begin) * layout.bytes)),
               {to + begin * layout.numbers, part((end - begin) * layout.numbers)});
  });
  return out;
}

}  // namespace offprint::data
