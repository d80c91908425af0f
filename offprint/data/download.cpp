#include "offprint/data/download.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <ostream>
#include <sstream>

#include "offprint/core/error.h"
#include "offprint/core/file.h"
#include "offprint/core/utf8.h"
#include "offprint/data/sha256.h"

namespace offprint::data {
namespace {

struct Transfer {
  std::ostream& out;
  Progress& progress;
  uint64_t most_bytes;
  const char* protocols;
  uint64_t bytes = 0;
  Sha256 sum = {};
  bool too_long = false;
};

// Called from C: nothing may be thrown through it. Any answer but `size` ends the transfer.
size_t take(char* piece, size_t, size_t size, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.bytes += size;
  transfer.too_long = transfer.bytes > transfer.most_bytes;
  if (transfer.too_long || transfer.progress.stop_requested()) return 0;
  transfer.sum.add({piece, size});
  transfer.out.write(piece, static_cast<std::streamsize>(size));
  return transfer.out ? size : 0;
}

int watch(void* user, curl_off_t, curl_off_t now, curl_off_t, curl_off_t) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  try {
    transfer.progress.at(now);
  } catch (...) {
    return 1;
  }
  return transfer.progress.stop_requested() ? 1 : 0;
}

struct Post {
  const std::string& body;
  const PostOptions& options;
};

// The answer's status; 0 where the protocol has none.
long transfer_all(const std::string& url, Transfer& transfer, const Post* post = nullptr) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  require(curl != nullptr, "cannot get {}: libcurl does not start", url);
  std::array<char, CURL_ERROR_SIZE> reason{};
  const auto set = [&](CURLoption option, auto value) {
    curl_easy_setopt(curl.get(), option, value);
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, transfer.protocols);
  set(CURLOPT_REDIR_PROTOCOLS_STR, "https,http");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, 10L);
  set(CURLOPT_FAILONERROR, post ? 0L : 1L);  // the reason is in the answer
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT, 20L);
  set(CURLOPT_LOW_SPEED_LIMIT, 100L);  // bytes a second for a minute: the other side is gone
  set(CURLOPT_LOW_SPEED_TIME, 60L);
  set(CURLOPT_USERAGENT, "offprint");
  set(CURLOPT_ERRORBUFFER, reason.data());
  set(CURLOPT_WRITEFUNCTION, take);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, watch);
  set(CURLOPT_XFERINFODATA, &transfer);
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(nullptr, curl_slist_free_all);
  if (post) {
    const auto add = [&](const std::string& header) {
      headers.reset(curl_slist_append(headers.release(), header.c_str()));
    };
    add("Content-Type: application/json");
    for (const std::string& header : post->options.headers) add(header);
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post->body.size()));
    set(CURLOPT_POSTFIELDS, post->body.c_str());
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(1000 * post->options.seconds));
    set(CURLOPT_FOLLOWLOCATION, 0L);  // what is said to one is not said to another
  }
  const CURLcode code = curl_easy_perform(curl.get());
  transfer.progress.throw_if_stopped();
  require(!transfer.too_long, "cannot get {}: it is longer than {} bytes, expected no more", url,
          transfer.most_bytes);
  require(code == CURLE_OK || code == CURLE_WRITE_ERROR, "cannot get {}: {}", url,
          reason[0] != '\0' ? reason.data() : curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return status;
}

}  // namespace

void fetch(const std::string& url, const std::filesystem::path& path, const std::string& sha256,
           uint64_t bytes, Progress& progress) {
  make_folder(path.parent_path());
  progress.start("getting " + path.filename().string(), static_cast<int64_t>(bytes));
  write_file(path, [&](std::ostream& out) {
    Transfer transfer{out, progress, bytes, "https,http,file"};
    transfer_all(url, transfer);
    if (!out) return;  // write_file says what the disk said
    const std::string sum = transfer.sum.hex();
    require(sum == sha256,
            "cannot get {}: its SHA-256 is {}, expected {}: another file stands there", url, sum,
            sha256);
  });
}

std::string fetch_text(const std::string& url, uint64_t most_bytes, Progress& progress) {
  progress.start("getting " + url, 0);
  std::ostringstream out;
  Transfer transfer{out, progress, most_bytes, "https,http"};
  transfer_all(url, transfer);
  return out.str();
}

std::string post_json(const std::string& url, const std::string& body, const PostOptions& options,
                      Progress& progress) {
  std::ostringstream out;
  Transfer transfer{out, progress, options.most_bytes, "https,http"};
  const Post post{body, options};
  const long status = transfer_all(url, transfer, &post);
  std::string answer = out.str();
  if (status >= 300) {
    std::ranges::replace(answer, '\n', ' ');
    fail("cannot get {}: status {}: {}", url, status, clip_to_width(answer, 200));
  }
  return answer;
}

}  // namespace offprint::data
