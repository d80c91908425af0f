// Methods on a person's own data, asked for through a form: the uploaded table, the options, and
// the job that a worker takes (run_workers.h).
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/store/jobs.h"
#include "offprint/tasks/data_verbs.h"

namespace offprint::web {

constexpr const char* kUseKind = "use";  // of the jobs, store::JobRequest::kind

// Kept under <folder>/uploads by what is in it: the same table twice is one file. Throws Error
// where it is empty or not text.
std::string keep_upload(const std::filesystem::path& folder, std::string_view table);

// Fields "method", those of the verb's inputs and "option-NAME"; empty ones are not set. `upload`
// is what keep_upload gave. Throws Error, one line with the field.
store::JobRequest use_request(const tasks::DataVerb& verb,
                              const std::map<std::string, std::string>& fields,
                              const std::string& upload);

// The words of the command line behind the program's name; results go to `results`.
std::vector<std::string> use_command(const store::JobRequest& request,
                                     const std::filesystem::path& folder,
                                     const std::filesystem::path& results);
std::filesystem::path results_folder(const std::filesystem::path& folder, int64_t job);

// A child's words without this machine's folders: its table is "your table", results have bare
// names.
std::string for_reader(std::string text, const std::filesystem::path& folder,
                       const std::filesystem::path& results);

// What a worker keeps of a finished job: {"text": what the verb printed, "files": names}.
Json use_result(const std::filesystem::path& folder, const std::filesystem::path& results);

}  // namespace offprint::web
