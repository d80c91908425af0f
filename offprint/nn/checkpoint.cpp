#include "offprint/nn/checkpoint.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>
#include <utility>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/data/safetensors.h"

namespace offprint::nn {
namespace {

// Eight bytes a step; any flipped bit changes the sum. Guards against accidents, not attackers.
uint64_t checksum(std::string_view bytes, uint64_t sum) {
  const auto mix = [&](uint64_t word) {
    sum = (sum ^ word) * 0x9E3779B97F4A7C15u;
    sum ^= sum >> 29;
  };
  size_t i = 0;
  for (uint64_t word; i + 8 <= bytes.size(); i += 8) {
    std::memcpy(&word, bytes.data() + i, 8);
    mix(word);
  }
  for (; i < bytes.size(); ++i) mix(static_cast<unsigned char>(bytes[i]));
  mix(bytes.size());
  return sum;
}

constexpr const char* kAbout = "offprint";
constexpr const char* kChecksum = "checksum";

// Over the description and, in the order of their names, all that is said and held of each tensor.
std::string checksum_text(const std::string& about, data::NamedTensors tensors) {
  std::sort(tensors.begin(), tensors.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  uint64_t sum = checksum(about, 0);
  for (const auto& [name, t] : tensors) {
    sum =
        checksum(fmt::format("{} {} {}", name, c10::toString(t.scalar_type()), shape_text(t)), sum);
    sum = checksum({static_cast<const char*>(t.const_data_ptr()), t.nbytes()}, sum);
  }
  return fmt::format("{:016x}", sum);
}

const std::string& metadata_of(const data::Safetensors& file, const char* key) {
  const auto found = file.metadata.find(key);
  require(found != file.metadata.end(),
          "{}: a safetensors file, but not one of ours: it has no description", file.source);
  return found->second;
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Json& about,
                     const Parameters& tensors) {
  const at::NoGradGuard no_grad;
  data::NamedTensors values;
  for (const Parameter& p : tensors)
    values.emplace_back(p.name, real_view(p.tensor.detach()).to(at::kCPU).contiguous());
  make_folder(path.parent_path());
  const std::string text = json_text(about);
  data::write_safetensors(path, values, {{kAbout, text}, {kChecksum, checksum_text(text, values)}});
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  const data::Safetensors file = data::read_safetensors(path);
  const std::string &about = metadata_of(file, kAbout), &expected = metadata_of(file, kChecksum);
  require(checksum_text(about, file.tensors) == expected,
          "{}: damaged, its checksum does not match", file.source);
  Checkpoint checkpoint{parse_json(about, file.source), {}, path};
  for (const auto& [name, t] : file.tensors) checkpoint.tensors.push_back({name, t, {}});
  return checkpoint;
}

Parameters with_prefix(const Checkpoint& checkpoint, const std::string& prefix) {
  Parameters out;
  for (const Parameter& p : checkpoint.tensors)
    if (p.name.starts_with(prefix))
      out.push_back({p.name.substr(prefix.size()), p.tensor, p.options});
  return out;
}

Parameters add_prefix(const Parameters& parameters, const std::string& prefix) {
  Parameters out = parameters;
  for (Parameter& p : out) p.name = prefix + p.name;
  return out;
}

void restore(const Parameters& parameters, const Checkpoint& checkpoint,
             const std::string& prefix) {
  const std::string source = checkpoint.source.string();
  std::map<std::string, Tensor> saved;
  for (const Parameter& p : with_prefix(checkpoint, prefix)) saved.emplace(p.name, p.tensor);
  std::vector<std::pair<Tensor, Tensor>> copies;
  for (const Parameter& p : parameters) {
    const auto found = saved.find(p.name);
    require(found != saved.end(), "{}: {}{} is missing", source, prefix, p.name);
    const Tensor to = real_view(p.tensor.detach());
    require(to.sizes().equals(found->second.sizes()), "{}: {}{} is {}, expected {}", source, prefix,
            p.name, shape_text(found->second), shape_text(to));
    require(to.scalar_type() == found->second.scalar_type(), "{}: {}{} is {}, expected {}", source,
            prefix, p.name, c10::toString(found->second.scalar_type()),
            c10::toString(to.scalar_type()));
    copies.emplace_back(to, found->second);
    saved.erase(found);
  }
  require(saved.empty(), "{}: {}{} has no place in this model", source, prefix,
          saved.empty() ? "" : saved.begin()->first);
  for (auto& [to, from] : copies) to.copy_(from);
}

}  // namespace offprint::nn
