// What Offprint can do on a person's data, as tools for a model: a verb each, run as a program of
// its own, and the papers.
#pragma once
#include <filesystem>

#include "offprint/tasks/toolbox.h"

namespace offprint::cli {

// `program`: offprint itself. `feed_flags`: as the verbs that read the feed take them.
tasks::Toolbox verb_toolbox(const std::filesystem::path& program,
                            const std::vector<std::string>& feed_flags);

}  // namespace offprint::cli
