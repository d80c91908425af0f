#include "offprint/tasks/stream_memory.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"
#include "offprint/core/numbers.h"
#include "offprint/data/series_fill.h"
#include "offprint/nn/hippo_basis.h"
#include "offprint/nn/hippo_memory.h"

namespace offprint::tasks {
namespace {

constexpr int64_t kMoments = 64;

Tensor steps(int64_t n) { return at::arange(n, at::TensorOptions().dtype(at::kDouble)); }

// The series with that column alone.
data::Series column_of(const data::Series& series, const std::string& column) {
  for (size_t v = 0; v < series.names.size(); ++v) {
    if (series.names[v] != column) continue;
    data::Series one = series;
    one.names = {column};
    one.values = series.values.narrow(1, static_cast<int64_t>(v), 1).to(at::kDouble);
    return one;
  }
  fail("{}: no column of numbers '{}'", series.source, column);
}

// Ends of the windows that are looked at: after so many samples.
std::vector<int64_t> moments(int64_t rows, int64_t window) {
  std::vector<int64_t> ends;
  const int64_t count = std::min<int64_t>(kMoments, rows - window + 1);
  for (int64_t i = 0; i < count; ++i)
    ends.push_back(count == 1 ? rows : window + (rows - window) * i / (count - 1));
  return ends;
}

// remembered and past (M,W) newest first, the last moment last
Remembered judged(std::string method, const Tensor& remembered, const Tensor& past,
                  const StreamMemory& m) {
  const Tensor square = (remembered - past).square();
  return {std::move(method), (remembered[remembered.size(0) - 1] + m.offset).contiguous(),
          numbers(square.mean(0).sqrt() / m.spread),
          square.mean().sqrt().item<double>() / m.spread};
}

Tensor best(nn::Basis basis, int64_t order, const Tensor& past) {
  const auto W = past.size(1);
  const Tensor F = nn::basis_functions(basis, order, (steps(W) + 0.5) / static_cast<double>(W));
  return at::matmul(nn::best_coefficients(F, past), F);
}

void require_options(const StreamMemoryOptions& o, const data::Series& series) {
  require(o.order >= 1, "order: {}, expected >= 1", o.order);
  const int64_t rows = series.length();
  const int64_t window = nn::parse_basis(o.basis) == nn::Basis::scaled_legs ? rows : o.window;
  require(window >= 2 && window <= rows, "{}: window of {} steps in {} rows, expected 2 to {}",
          series.source, window, rows, rows);
  require(o.order <= window, "order: {} coefficients for a window of {} steps, expected <= {}",
          o.order, window, window);
}

}  // namespace

StreamMemory remember_stream(const data::Series& series, const std::string& column,
                             const StreamMemoryOptions& options, Progress& progress) {
  require_options(options, series);
  StreamMemory m;
  m.column = column, m.options = options;
  data::Series whole = column_of(series, column);
  m.interpolated = data::fill_missing(whole, options.missing);
  const std::vector<double> values = numbers(whole.values);
  m.rows = static_cast<int64_t>(values.size());
  m.offset = values.front();
  const Tensor u = at::tensor(values, at::kDouble) - m.offset;
  m.spread = (u - u.mean()).square().mean().sqrt().item<double>();
  require(m.spread > 0, "{}: column '{}' is {} throughout, expected a series that moves",
          series.source, column, m.offset);

  const nn::Basis basis = nn::parse_basis(options.basis);
  const int64_t W = basis == nn::Basis::scaled_legs ? m.rows : options.window;
  nn::Hippo memory =
      nn::make_hippo(basis, options.order, static_cast<double>(W), 1, nn::Rule::pade);
  const std::vector<int64_t> ends = moments(m.rows, W);
  m.moments = static_cast<int64_t>(ends.size());
  progress.start(fmt::format("remembering '{}' in {} coefficients", column, options.order), m.rows);
  std::vector<Tensor> past, remembered;
  for (const int64_t end : ends) {
    progress.throw_if_stopped();
    nn::update(memory, u.narrow(0, memory.steps, end - memory.steps).unsqueeze(0));
    past.push_back(u.narrow(0, end - W, W).flip(0));
    remembered.push_back(nn::reconstruct(memory, steps(W))[0]);
    progress.at(end);
  }
  const Tensor all = at::stack(past);
  m.coefficients = memory.x;
  m.past = (past.back() + m.offset).contiguous();
  m.online = judged(options.basis + ", online", at::stack(remembered), all, m);
  const int64_t even = options.order - options.order % 2;
  if (even >= 2)
    m.baselines.push_back(judged("DFT truncation", best(nn::Basis::fout, even, all), all, m));
  m.baselines.push_back(
      judged("Legendre projection", best(nn::Basis::legt, options.order, all), all, m));
  return m;
}

}  // namespace offprint::tasks
