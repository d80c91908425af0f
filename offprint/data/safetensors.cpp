#include "offprint/data/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>
#include <set>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/json.h"
#include "offprint/core/suggest.h"

namespace offprint::data {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors is little endian");

struct Type {
  const char* name;
  at::ScalarType type;
};
constexpr auto kTypes = std::to_array<Type>({{"F64", at::kDouble},
                                             {"F32", at::kFloat},
                                             {"F16", at::kHalf},
                                             {"BF16", at::kBFloat16},
                                             {"I64", at::kLong},
                                             {"I32", at::kInt},
                                             {"I16", at::kShort},
                                             {"I8", at::kChar},
                                             {"U8", at::kByte},
                                             {"BOOL", at::kBool}});
constexpr const char* kMetadata = "__metadata__";
constexpr const char* kComplex = "offprint.complex";  // metadata: JSON list of names
constexpr uint64_t kMaxHeader = 100'000'000;          // the format's own limit
constexpr size_t kMaxDimensions = 64;                 // libtorch's limit
constexpr int kMaxDepth = 3;                          // header, entry, list: deeper is no header

// Refuses what a document model would hide: a name given twice; and what it would pay dearly for.
Json parse_header(std::string_view text, const std::string& source) {
  std::vector<std::set<std::string>> names;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start)
      require(depth < kMaxDepth, "{}: its header is nested too deeply for safetensors", source);
    if (event == Event::object_start) names.emplace_back();
    if (event == Event::object_end) names.pop_back();
    if (event == Event::key) {
      const auto& key = value.get_ref<const std::string&>();
      require(names.back().insert(key).second, "{}: its header has two entries '{}'", source, key);
    }
    return true;
  };
  try {
    Json header = Json::parse(text, watch);
    require(header.is_object(), "{}: its header is {}, expected an object", source,
            json_kind(header));
    return header;
  } catch (const Json::exception&) {
    fail("{}: no safetensors file: its header is not JSON", source);
  }
}

struct Entry {
  std::string name, where;  // where: path and name, for messages
  at::ScalarType type = at::kFloat;
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0;  // bytes after the header
};

at::ScalarType parse_type(const std::string& name, const std::string& where) {
  for (const Type& t : kTypes)
    if (name == t.name) return t.type;
  std::vector<std::string> known;
  for (const Type& t : kTypes) known.push_back(t.name);
  fail("{}: type {} is not one of {}", where, name, fmt::join(known, " "));
}

// Bytes of a shape. A zero does not excuse absurd neighbours: strides are products of them.
uint64_t byte_count(const std::vector<int64_t>& shape, uint64_t element, const std::string& where) {
  require(shape.size() <= kMaxDimensions, "{}: {} dimensions, expected at most {}", where,
          shape.size(), kMaxDimensions);
  uint64_t product = element;
  bool empty = false;
  for (const int64_t n : shape) {
    require(n >= 0, "{}: shape ({}) has a negative size", where, fmt::join(shape, ","));
    const auto size = static_cast<uint64_t>(std::max<int64_t>(n, 1));
    require(product <= std::numeric_limits<int64_t>::max() / size, "{}: shape ({}) is absurd",
            where, fmt::join(shape, ","));
    product *= size;
    empty |= n == 0;
  }
  return empty ? 0 : product;
}

Entry parse_entry(const std::string& name, const Json& value, uint64_t available,
                  const std::string& source) {
  Entry entry{.name = name, .where = fmt::format("{}: tensor '{}'", source, name), .shape = {}};
  const std::string& where = entry.where;
  entry.type = parse_type(json_get<std::string>(value, "dtype", where), where);
  for (const char* key : {"shape", "data_offsets"}) {
    const Json& list = json_member(value, key, where);
    require(list.is_array(), "{}: '{}' is {}, expected a list", where, key, json_kind(list));
    for (const Json& n : list)  // also refuses what would wrap around when read as int64
      require(n.is_number_integer() &&
                  (!n.is_number_unsigned() ||
                   n.get<uint64_t>() <= uint64_t{std::numeric_limits<int64_t>::max()}),
              "{}: '{}' holds {}, expected whole numbers", where, key, json_text(n));
  }
  entry.shape = json_get<std::vector<int64_t>>(value, "shape", where);
  const auto offsets = json_get<std::vector<int64_t>>(value, "data_offsets", where);
  require(offsets.size() == 2 && offsets[0] >= 0 && offsets[0] <= offsets[1],
          "{}: offsets ({}), expected begin <= end", where, fmt::join(offsets, ","));
  entry.begin = static_cast<uint64_t>(offsets[0]);
  entry.end = static_cast<uint64_t>(offsets[1]);
  require(entry.end <= available, "{}: ends at byte {} of {}: the file is cut short", where,
          entry.end, available);
  const uint64_t bytes = byte_count(entry.shape, c10::elementSize(entry.type), where);
  require(entry.end - entry.begin == bytes, "{}: shape ({}) needs {} bytes, its offsets hold {}",
          where, fmt::join(entry.shape, ","), bytes, entry.end - entry.begin);
  return entry;
}

// The format's rule: the tensors tile the data without overlap and without gap.
void require_tiling(std::vector<const Entry*> entries, uint64_t available,
                    const std::string& source) {
  std::ranges::sort(entries, {}, [](const Entry* e) { return std::pair(e->begin, e->end); });
  uint64_t at = 0;
  for (const Entry* entry : entries) {
    require(entry->begin >= at, "{}: overlaps the tensor before it", entry->where);
    require(entry->begin == at, "{}: {} unused bytes before it", entry->where, entry->begin - at);
    at = entry->end;
  }
  require(at == available, "{}: {} bytes after the last tensor", source, available - at);
}

Tensor view_of(const Entry& entry, std::byte* begin, const std::shared_ptr<MemoryMap>& map) {
  if (entry.begin == entry.end) return at::empty(entry.shape, entry.type);
  if (entry.type == at::kBool) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(begin);
    require(std::all_of(bytes, bytes + (entry.end - entry.begin), [](auto b) { return b <= 1; }),
            "{}: a BOOL is neither 0 nor 1", entry.where);
  }
  if (reinterpret_cast<uintptr_t>(begin) % c10::elementSize(entry.type) != 0) {
    Tensor copy = at::empty(entry.shape, entry.type);
    std::memcpy(copy.mutable_data_ptr(), begin, entry.end - entry.begin);
    return copy;
  }
  return at::from_blob(
      begin, entry.shape, [map](void*) {}, at::TensorOptions(entry.type));
}

void restore_complex(Safetensors& file) {
  const auto note = file.metadata.find(kComplex);
  if (note == file.metadata.end()) return;
  const std::string where = file.source + ": metadata '" + kComplex + "'";
  const Json names = parse_json(note->second, where);
  require(names.is_array(), "{} is {}, expected a list", where, json_kind(names));
  std::set<std::string> complex;
  for (const Json& name : names) {
    require(name.is_string(), "{} holds {}, expected names", where, json_kind(name));
    complex.insert(name.get<std::string>());
  }
  for (auto& [name, tensor] : file.tensors) {
    if (complex.erase(name) == 0) continue;
    require(tensor.is_floating_point() && tensor.scalar_type() != at::kBFloat16 &&
                tensor.dim() > 0 && tensor.size(-1) == 2,
            "{}: tensor '{}' is {} of shape {}, expected pairs of floats for a complex one",
            file.source, name, c10::toString(tensor.scalar_type()), shape_text(tensor));
    tensor = at::view_as_complex(tensor);
  }
  require(complex.empty(), "{} names '{}', which is not there", where,
          complex.empty() ? "" : *complex.begin());
  file.metadata.erase(note);
}

const char* type_name(const Tensor& t, const std::string& name) {
  for (const Type& type : kTypes)
    if (type.type == t.scalar_type()) return type.name;
  fail("write_safetensors: tensor '{}' is {}, which safetensors has no name for", name,
       c10::toString(t.scalar_type()));
}

}  // namespace

bool Safetensors::contains(std::string_view name) const {
  return std::ranges::any_of(tensors, [&](const auto& t) { return t.first == name; });
}

const Tensor& Safetensors::at(std::string_view name) const {
  const auto found = std::ranges::find_if(tensors, [&](const auto& t) { return t.first == name; });
  if (found != tensors.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, tensor] : tensors) names.push_back(known);
  fail("{}: no tensor '{}'{}", source, name, did_you_mean(name, names));
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  const auto map = std::make_shared<MemoryMap>(path, MemoryMap::Access::private_write);
  Safetensors file{.tensors = {}, .metadata = {}, .source = path.string()};
  const std::string_view bytes(reinterpret_cast<const char*>(map->bytes().data()),
                               map->bytes().size());
  uint64_t length = 0;
  require(bytes.size() >= sizeof length, "{}: no safetensors file: {} bytes", file.source,
          bytes.size());
  std::memcpy(&length, bytes.data(), sizeof length);
  require(length <= kMaxHeader, "{}: no safetensors file: a header of {} bytes, at most {}",
          file.source, length, kMaxHeader);
  require(length <= bytes.size() - sizeof length,
          "{}: cut short: a header of {} bytes in a file of {}", file.source, length, bytes.size());
  const Json header = parse_header(bytes.substr(sizeof length, length), file.source);
  const uint64_t start = sizeof length + length, available = bytes.size() - start;

  std::vector<Entry> entries;
  for (const auto& [name, value] : header.items()) {
    if (name != kMetadata) {
      entries.push_back(parse_entry(name, value, available, file.source));
      continue;
    }
    require(value.is_object(), "{}: metadata is {}, expected an object", file.source,
            json_kind(value));
    for (const auto& [key, text] : value.items())
      file.metadata[key] = json_get<std::string>(value, key.c_str(), file.source + ": metadata");
  }
  std::vector<const Entry*> all;
  for (const Entry& entry : entries) all.push_back(&entry);
  require_tiling(std::move(all), available, file.source);
  std::byte* data = const_cast<std::byte*>(map->bytes().data()) + start;
  for (const Entry& entry : entries)
    file.tensors.emplace_back(entry.name, view_of(entry, data + entry.begin, map));
  restore_complex(file);
  return file;
}

void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                       const std::map<std::string, std::string>& metadata) {
  const at::NoGradGuard no_grad;
  std::vector<Tensor> reals;
  Json complex = Json::array();
  std::set<std::string_view> names;
  for (const auto& [name, tensor] : tensors) {
    require(!name.empty() && name != kMetadata, "write_safetensors: '{}' cannot name a tensor",
            name);
    require(names.insert(name).second, "write_safetensors: two tensors are named '{}'", name);
    require(tensor.defined(), "write_safetensors: tensor '{}' is undefined", name);
    if (tensor.is_complex()) complex.push_back(name);
    // A conjugate is a flag on a view; it must become numbers before its parts are looked at.
    reals.push_back(tensor.is_complex() ? at::view_as_real(tensor.detach().resolve_conj())
                                        : tensor.detach());
  }
  std::vector<size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](size_t i) { return reals[i].element_size(); });
  std::vector<uint64_t> begin(tensors.size());
  uint64_t offset = 0;
  for (const size_t i : order) begin[i] = std::exchange(offset, offset + reals[i].nbytes());

  Json header = Json::object();
  for (const auto& [key, text] : metadata) header[kMetadata][key] = text;
  if (!complex.empty()) header[kMetadata][kComplex] = json_text(complex);
  for (size_t i = 0; i < tensors.size(); ++i)
    header[tensors[i].first] = {{"dtype", type_name(reals[i], tensors[i].first)},
                                {"shape", reals[i].sizes().vec()},
                                {"data_offsets", {begin[i], begin[i] + reals[i].nbytes()}}};
  std::string head = json_text(header);
  head.resize((head.size() + 7) / 8 * 8, ' ');  // the first tensor starts at a multiple of eight
  require(head.size() <= kMaxHeader, "write_safetensors: a header of {} bytes, at most {}",
          head.size(), kMaxHeader);
  write_file(path, [&](std::ostream& out) {
    const uint64_t length = head.size();
    out.write(reinterpret_cast<const char*>(&length), sizeof length);
    out << head;
    for (const size_t i : order) {  // one copy at a time, and only where a tensor is strided
      const Tensor t = reals[i].to(at::kCPU).contiguous();
      out.write(static_cast<const char*>(t.const_data_ptr()),
                static_cast<std::streamsize>(t.nbytes()));
    }
  });
}

}  // namespace offprint::data
