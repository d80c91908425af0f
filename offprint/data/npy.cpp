#include "offprint/data/npy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/zip.h"

namespace offprint::data {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kMaxDimensions = 64;  // libtorch's limit

struct Type {
  std::string_view name;  // after the byte order
  at::ScalarType type;
  size_t wider = 0;  // bytes of an unsigned type that becomes the next wider signed one
};
constexpr auto kTypes = std::to_array<Type>({{"b1", at::kBool},
                                             {"i1", at::kChar},
                                             {"u1", at::kByte},
                                             {"i2", at::kShort},
                                             {"i4", at::kInt},
                                             {"i8", at::kLong},
                                             {"f2", at::kHalf},
                                             {"f4", at::kFloat},
                                             {"f8", at::kDouble},
                                             {"c8", at::kComplexFloat},
                                             {"c16", at::kComplexDouble},
                                             {"u2", at::kInt, 2},
                                             {"u4", at::kLong, 4},
                                             {"u8", at::kLong, 8}});

struct Header {
  const Type* type = nullptr;
  bool fortran = false;
  std::vector<int64_t> shape;
};

// The header is a Python dictionary with three known keys: {'descr': '<f4', 'fortran_order':
// False, 'shape': (3, 4), }. Only that much of Python is read.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& source) : rest_(text), source_(source) {}

  Header parse() {
    Header header;
    std::set<std::string_view> seen;
    expect("{");
    while (!take("}")) {
      const std::string_view key = string();
      if (!seen.insert(key).second) wrong();
      expect(":");
      if (key == "descr")
        header.type = type();
      else if (key == "fortran_order")
        header.fortran = boolean();
      else if (key == "shape")
        header.shape = shape();
      else
        wrong();
      if (!take(",") && !rest_.starts_with('}')) wrong();
      skip_blanks();
    }
    skip_blanks();
    if (seen.size() != 3 || !rest_.empty()) wrong();
    return header;
  }

 private:
  [[noreturn]] void wrong() const { fail("{}: damaged NPY header", source_); }
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n\t"), rest_.size()));
  }
  bool take(std::string_view token) {
    skip_blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    skip_blanks();
    return true;
  }
  void expect(std::string_view token) {
    if (!take(token)) wrong();
  }
  std::string_view string() {
    skip_blanks();
    if (rest_.empty() || (rest_.front() != '\'' && rest_.front() != '"')) wrong();
    const size_t end = rest_.find(rest_.front(), 1);
    if (end == rest_.npos) wrong();
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    skip_blanks();
    return text;
  }
  const Type* type() {
    require(!rest_.starts_with('['), "{}: holds records, expected plain numbers", source_);
    const std::string_view text = string();
    const bool known_order = !text.empty() && std::string_view("<|=").find(text[0]) != text.npos;
    const auto found =
        std::ranges::find(kTypes, text.substr(std::min<size_t>(1, text.size())), &Type::name);
    require(known_order && found != kTypes.end(),
            "{}: type '{}', expected little-endian numbers or bool", source_,
            std::string(text.substr(0, 20)));
    return found;
  }
  bool boolean() {
    if (take("True")) return true;
    expect("False");
    return false;
  }
  std::vector<int64_t> shape() {
    std::vector<int64_t> sizes;
    expect("(");
    while (!take(")")) {
      int64_t n = -1;
      const auto [next, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), n);
      require(error == std::errc() && n >= 0 && sizes.size() < kMaxDimensions,
              "{}: damaged or absurd shape", source_);
      sizes.push_back(n);
      rest_.remove_prefix(static_cast<size_t>(next - rest_.data()));
      if (!take(",") && !rest_.starts_with(')')) wrong();
    }
    return sizes;
  }

  std::string_view rest_;
  const std::string& source_;
};

template <class From, class To>
void widen(std::string_view data, Tensor& out, const std::string& source) {
  To* to = out.mutable_data_ptr<To>();
  for (size_t i = 0; i < data.size(); i += sizeof(From)) {
    From value;
    std::memcpy(&value, data.data() + i, sizeof value);
    require(std::in_range<To>(value), "{}: {} does not fit int64", source, value);
    *to++ = static_cast<To>(value);
  }
}

void fill(Tensor& out, std::string_view data, const Type& type, const std::string& source) {
  if (data.empty()) return;
  if (type.wider == 2) return widen<uint16_t, int32_t>(data, out, source);
  if (type.wider == 4) return widen<uint32_t, int64_t>(data, out, source);
  if (type.wider == 8) return widen<uint64_t, int64_t>(data, out, source);
  if (type.type == at::kBool)
    require(std::ranges::all_of(data, [](char c) { return c == 0 || c == 1; }),
            "{}: a bool is neither 0 nor 1", source);
  std::memcpy(out.mutable_data_ptr(), data.data(), data.size());
}

std::string_view view_of(const MemoryMap& map) {
  return {reinterpret_cast<const char*>(map.bytes().data()), map.bytes().size()};
}

std::string npy_bytes(const Tensor& tensor) {
  const Tensor t = tensor.detach().to(at::kCPU).contiguous().resolve_conj();
  const auto type = std::ranges::find_if(
      kTypes, [&](const Type& k) { return k.type == t.scalar_type() && k.wider == 0; });
  require(type != kTypes.end(), "write_npy: {} values, which NumPy has no type for",
          c10::toString(t.scalar_type()));
  std::string header = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                   t.element_size() == 1 ? '|' : '<', type->name,
                                   fmt::join(t.sizes(), ", "), t.dim() == 1 ? "," : "");
  constexpr size_t kStart = 10;  // magic, version 1.0, length of the header
  header.resize((kStart + header.size() + 64) / 64 * 64 - kStart - 1, ' ');
  header += '\n';
  std::string out(kMagic);
  out += {'\x01', '\x00', static_cast<char>(header.size() & 0xFF),
          static_cast<char>(header.size() >> 8)};
  out += header;
  return out.append(static_cast<const char*>(t.const_data_ptr()), t.nbytes());
}

}  // namespace

Tensor parse_npy(std::string_view bytes, const std::string& source) {
  require(bytes.starts_with(kMagic) && bytes.size() >= 10, "{}: no NPY file", source);
  const auto byte = [&](size_t i) { return uint64_t{static_cast<unsigned char>(bytes[i])}; };
  const uint64_t version = byte(6);
  require(version >= 1 && version <= 3, "{}: NPY version {}, expected 1 to 3", source, version);
  const size_t start = version == 1 ? 10 : 12;
  require(bytes.size() >= start, "{}: cut short within its header", source);
  uint64_t length = byte(8) | byte(9) << 8;
  if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
  require(length <= bytes.size() - start, "{}: cut short within its header", source);
  const Header header = HeaderParser(bytes.substr(start, length), source).parse();
  const std::string_view data = bytes.substr(start + length);

  const size_t element =
      header.type->wider > 0 ? header.type->wider : c10::elementSize(header.type->type);
  uint64_t expected = element;
  for (const int64_t n : header.shape) {  // a zero does not excuse absurd neighbours
    const auto size = static_cast<uint64_t>(std::max<int64_t>(n, 1));
    require(expected <= std::numeric_limits<int64_t>::max() / 8 / size, "{}: shape ({}) is absurd",
            source, fmt::join(header.shape, ","));
    expected *= size;
  }
  if (std::ranges::find(header.shape, 0) != header.shape.end()) expected = 0;
  require(data.size() == expected, "{}: {} bytes of data, expected {} for a shape of ({})", source,
          data.size(), expected, fmt::join(header.shape, ","));
  std::vector<int64_t> stored = header.shape;
  if (header.fortran) std::ranges::reverse(stored);
  Tensor out = at::empty(stored, header.type->type);
  fill(out, data, *header.type, source);
  if (!header.fortran || stored.size() < 2) return out;
  std::vector<int64_t> axes(stored.size());
  for (size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<int64_t>(axes.size() - 1 - i);
  return out.permute(axes).contiguous();
}

Tensor read_npy(const std::filesystem::path& path) {
  const MemoryMap map(path);
  return parse_npy(view_of(map), path.string());
}

NamedTensors read_npz(const std::filesystem::path& path) {
  const MemoryMap map(path);
  NamedTensors out;
  for (ZipEntry& entry : read_zip(view_of(map), path.string())) {
    const std::string where = path.string() + ": '" + entry.name + "'";
    Tensor tensor = parse_npy(entry.contents, where);
    if (entry.name.ends_with(".npy")) entry.name.resize(entry.name.size() - 4);
    out.emplace_back(std::move(entry.name), std::move(tensor));
  }
  return out;
}

void write_npy(const std::filesystem::path& path, const Tensor& tensor) {
  write_file(path, npy_bytes(tensor));
}

void write_npz(const std::filesystem::path& path, const NamedTensors& tensors) {
  std::vector<ZipEntry> entries;
  std::set<std::string_view> names;
  for (const auto& [name, tensor] : tensors) {
    require(names.insert(name).second, "write_npz: two arrays are named '{}'", name);
    entries.push_back({name + ".npy", npy_bytes(tensor)});
  }
  write_file(path, zip_bytes(entries));
}

}  // namespace offprint::data
