#include "offprint/data/corpus.h"

#include "offprint/core/error.h"
#include "offprint/core/utf8.h"
#include "offprint/data/text_file.h"

namespace offprint::data {

Corpus bytes_corpus(std::string_view text, const std::string& source) {
  require(!text.empty(), "{}: empty, expected text", source);
  const Tensor bytes = at::empty({static_cast<int64_t>(text.size())}, at::kByte);
  std::copy(text.begin(), text.end(), bytes.mutable_data_ptr<uint8_t>());
  return {bytes.to(at::kLong), 256, source};
}

Corpus read_bytes(const std::filesystem::path& path) {
  const Contents contents(path);
  return bytes_corpus(text_of(contents, path.string()), path.string());
}

std::pair<Tensor, Tensor> split_corpus(const Corpus& corpus, double share, int64_t least) {
  require(share > 0 && share < 1, "held-out share {}, expected between 0 and 1", share);
  const auto held_out = static_cast<int64_t>(share * static_cast<double>(corpus.size()));
  const int64_t first = corpus.size() - held_out;
  require(held_out >= least && first >= least,
          "{}: {} tokens, expected at least {}: each of both parts holds {}", corpus.source,
          corpus.size(),
          static_cast<int64_t>(static_cast<double>(least) / std::min(share, 1 - share)) + 1, least);
  return {corpus.tokens.narrow(0, 0, first), corpus.tokens.narrow(0, first, held_out)};
}

std::string text_of_tokens(const Tensor& tokens) {
  const Tensor flat = tokens.to(at::kByte).contiguous();
  const std::string_view bytes(reinterpret_cast<const char*>(flat.const_data_ptr<uint8_t>()),
                               static_cast<size_t>(flat.numel()));
  std::string text;
  for (size_t at = 0; at < bytes.size();) {
    const CodePoint point = decode_utf8(bytes, at);
    const bool malformed = point.bytes == 1 && static_cast<uint8_t>(bytes[at]) >= 0x80;
    text += malformed ? std::string_view("\xEF\xBF\xBD") : bytes.substr(at, point.bytes);
    at += point.bytes;
  }
  return text;
}

}  // namespace offprint::data
