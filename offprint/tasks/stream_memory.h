// Online compression of a stream: N coefficients that hold a user's series as it runs by, what can
// be read back from them, and how far off that is, lag by lag, beside the best that N numbers on
// the same kind of functions can do when they see the whole window at once.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "offprint/core/json.h"
#include "offprint/core/plot.h"
#include "offprint/core/progress.h"
#include "offprint/core/table.h"
#include "offprint/core/tensor.h"
#include "offprint/data/series.h"

namespace offprint::tasks {

struct StreamMemoryOptions {
  std::string basis = "fout";     // see nn/hippo.h
  int64_t window = 720;           // steps
  int64_t order = 64;             // N
  std::string missing = "error";  // or "interpolate": a straight line over each hole
  void visit(auto&& field) {
    field("basis", basis, "functions the past is projected on",
          {"legs", "scaled-legs", "legt", "fout", "foud", "lagt", "lmu", "chebt"});
    field("window", window, "steps the memory reaches back; scaled-legs: all there are");
    field("order", order, "coefficients N");
    field("missing", missing, "where a value is missing: stop, or draw a straight line",
          {"error", "interpolate"});
  }
};

// What one method gives back of the last windows of the stream.
struct Remembered {
  std::string method;              // "fout, online", "DFT truncation", "Legendre projection"
  Tensor last;                     // (W) the last window, newest first
  std::vector<double> lag_errors;  // (W) rms over the moments, in spreads of the stream
  double error = 0;                // the same over all lags and moments
};

struct StreamMemory {
  std::string column;
  int64_t rows = 0, interpolated = 0, moments = 0;
  double offset =
      0;  // the first value: the memory holds differences from it, so that it starts full
  double spread = 0;                 // standard deviation of the stream
  std::vector<double> coefficients;  // (N) at the end of the stream
  Tensor past;                       // (W) the last window itself, newest first
  Remembered online;
  std::vector<Remembered> baselines;  // N numbers fitted to each window as a whole
  StreamMemoryOptions options;
};

// Errors are averaged over up to 64 moments spread over the stream, the last one its end; of
// scaled-legs over the end alone. Throws Error where the series has no such column, is shorter than
// the window (in two rows), is constant, or misses a value: "x.csv: column 'load': row 17
// (2016-07-01T16:00:00Z) is missing, expected a number, or missing 'interpolate'". The first and
// last row must be there always.
StreamMemory remember_stream(const data::Series& series, const std::string& column,
                             const StreamMemoryOptions& options, Progress& progress);

TextTable summary_table(const StreamMemory& memory);
Plot reconstruction_plot(const StreamMemory& memory);
Plot lag_error_plot(const StreamMemory& memory);
Json to_json(const StreamMemory& memory);

// coefficients.csv, reconstruction.csv (lag, value, remembered, a column a baseline),
// error_by_lag.csv, reconstruction.svg, error_by_lag.svg in the folder, made where it is missing.
void write_stream_memory(const StreamMemory& memory, const std::filesystem::path& folder);

}  // namespace offprint::tasks
