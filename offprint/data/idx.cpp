#include "offprint/data/idx.h"

#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/text_file.h"

namespace offprint::data {
namespace {

struct Type {
  unsigned char code;
  at::ScalarType type;
};
constexpr auto kTypes = std::to_array<Type>({{0x08, at::kByte},
                                             {0x09, at::kChar},
                                             {0x0B, at::kShort},
                                             {0x0C, at::kInt},
                                             {0x0D, at::kFloat},
                                             {0x0E, at::kDouble}});
constexpr size_t kMaxDimensions = 8;

// Values between memory (little endian) and file (big endian); its own inverse.
void swap_bytes(char* data, size_t bytes, size_t element) {
  if (element == 1) return;
  for (char* at = data; at != data + bytes; at += element) std::reverse(at, at + element);
}

}  // namespace

Tensor read_idx(const std::filesystem::path& path) {
  const std::string source = path.string();
  const Contents contents(path);
  const std::string_view bytes = contents.bytes();
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const Type* type = nullptr;
  if (bytes.size() >= 4 && byte(0) == 0 && byte(1) == 0)
    type = std::ranges::find(kTypes, byte(2), &Type::code);
  require(type != nullptr && type != kTypes.end(), "{}: no IDX file: it does not begin like one",
          source);
  const size_t dimensions = byte(3), element = c10::elementSize(type->type);
  require(dimensions >= 1 && dimensions <= kMaxDimensions, "{}: {} dimensions, expected 1 to {}",
          source, dimensions, kMaxDimensions);
  const size_t header = 4 + 4 * dimensions;
  require(bytes.size() >= header, "{}: cut short within its header", source);
  std::vector<int64_t> shape;
  const uint64_t available = bytes.size() - header;
  uint64_t expected = element;
  bool empty = false;
  for (size_t i = 4; i < header; i += 4) {
    shape.push_back(int64_t{byte(i)} << 24 | byte(i + 1) << 16 | byte(i + 2) << 8 | byte(i + 3));
    const auto size = static_cast<uint64_t>(shape.back());
    empty |= size == 0;
    require(size == 0 || expected <= available / size,
            "{}: cut short: {} bytes for a shape of ({})", source, available,
            fmt::join(shape, ","));
    if (size != 0) expected *= size;
  }
  if (empty) expected = 0;
  require(available == expected, "{}: {} bytes, expected {} for a shape of ({})", source, available,
          expected, fmt::join(shape, ","));
  Tensor out = at::empty(shape, type->type);
  if (expected > 0) {
    char* data = static_cast<char*>(out.mutable_data_ptr());
    std::copy_n(bytes.data() + header, expected, data);
    swap_bytes(data, expected, element);
  }
  return out;
}

LabelledImages read_idx_images(const std::filesystem::path& images,
                               const std::filesystem::path& labels) {
  const Tensor pixels = read_idx(images), y = read_idx(labels);
  require(pixels.dim() == 3 && pixels.scalar_type() == at::kByte,
          "{}: {} values of shape {}, expected bytes (N,height,width)", images.string(),
          c10::toString(pixels.scalar_type()), shape_text(pixels));
  require(y.dim() == 1 && y.scalar_type() == at::kByte,
          "{}: {} values of shape {}, expected bytes (N)", labels.string(),
          c10::toString(y.scalar_type()), shape_text(y));
  require(pixels.size(0) == y.size(0), "{}: {} labels for {} images", labels.string(), y.size(0),
          pixels.size(0));
  require(y.size(0) > 0, "{}: no images", images.string());
  return {pixels.to(at::kFloat) / 255.0f, y.to(at::kLong)};
}

void write_idx(const std::filesystem::path& path, const Tensor& tensor) {
  const Tensor t = tensor.detach().to(at::kCPU).contiguous();
  const auto type = std::ranges::find(kTypes, t.scalar_type(), &Type::type);
  require(type != kTypes.end(), "write_idx: {} values, which IDX has no code for",
          c10::toString(t.scalar_type()));
  require(t.dim() >= 1 && t.dim() <= static_cast<int64_t>(kMaxDimensions),
          "write_idx: {} dimensions, expected 1 to {}", t.dim(), kMaxDimensions);
  std::string bytes = {'\0', '\0', static_cast<char>(type->code), static_cast<char>(t.dim())};
  for (const int64_t n : t.sizes()) {
    require(n <= INT64_C(0xFFFFFFFF), "write_idx: a size of {} does not fit 32 bits", n);
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(n >> shift & 0xFF);
  }
  const size_t header = bytes.size();
  bytes.append(static_cast<const char*>(t.const_data_ptr()), t.nbytes());
  swap_bytes(bytes.data() + header, t.nbytes(), t.element_size());
  write_file(path, bytes);
}

}  // namespace offprint::data
