// What a verb found in a person's data, ready to be printed, plotted and written; and the methods
// of a verb that all end in one.
#pragma once
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/json.h"
#include "offprint/core/plot.h"
#include "offprint/core/progress.h"
#include "offprint/core/suggest.h"
#include "offprint/core/table.h"

namespace offprint::tasks {

struct Outcome {
  std::string heading;
  std::vector<TextTable> tables;
  std::string closing;  // a last line, the advice; or empty
  std::vector<Plot> plots;
  Json json;
  std::string files;  // "coefficients and plots": what write leaves in the folder
  std::function<void(const std::filesystem::path& folder)> write;
};

// One way of a verb. Request names its choice in `method`.
template <class Request>
struct Method {
  std::string_view name, summary;
  std::string_view paper;  // slug of the paper it comes from
  Outcome (*run)(const Request& request, Progress& progress);
};

// Runs the method that the request names. Throws Error, one line, where there is none such.
template <class Request>
Outcome run_method(std::string_view verb, std::span<const Method<Request>> methods,
                   const Request& request, Progress& progress) {
  std::vector<std::string> names;
  for (const Method<Request>& method : methods) {
    if (method.name == request.method) return method.run(request, progress);
    names.emplace_back(method.name);
  }
  fail("{}: unknown method '{}'{}, expected {}", verb, request.method,
       did_you_mean(request.method, names), fmt::join(names, "|"));
}

}  // namespace offprint::tasks
