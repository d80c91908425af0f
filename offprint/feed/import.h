// Papers from files into the store: same file twice changes nothing, newest version wins, bad
// records are written down and passed over.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "offprint/core/progress.h"
#include "offprint/store/papers.h"

namespace offprint::feed {

enum class ImportFormat { arxiv_atom, oai_pmh, arxiv_snapshot, hub_papers, bibtex, ris };
std::string_view format_name(ImportFormat format);  // "arxiv-atom", "oai-pmh", ...
ImportFormat parse_format(std::string_view text);   // Error names all
// By how the text begins; nothing where it is none of them.
std::optional<ImportFormat> detect_format(std::string_view text);

struct ImportOptions {
  std::optional<ImportFormat> format = {};  // none: detected
  // JSON lines {"line", "reason"}; written only if something was rejected. Empty: not kept.
  std::filesystem::path rejects = {};
  std::string submitter = {};             // of papers that name none
  std::optional<int64_t> listed_at = {};  // of papers that are new; none: when they were published
};

struct ImportCount {
  ImportFormat format = ImportFormat::arxiv_atom;
  store::PutCount put = {};
  int64_t rejected = 0;
  std::string first_reason = {};  // "line 7: no title", of the first that was rejected
  bool stopped = false;           // on request; what was read until then is stored
};

// A file, plain or gzip. Throws Error where it cannot be read or is of no known format.
ImportCount import_file(store::Database& database, const std::filesystem::path& path,
                        const ImportOptions& options, Progress& progress);
// The same of a text at hand: a form's field, an answer from the network.
ImportCount import_text(store::Database& database, std::string_view text, const std::string& source,
                        const ImportOptions& options, Progress& progress);

}  // namespace offprint::feed
