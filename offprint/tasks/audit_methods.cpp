#include "offprint/tasks/audit_methods.h"

#include <ATen/ops/cumsum.h>

#include <array>

#include "offprint/core/error.h"
#include "offprint/core/suggest.h"
#include "offprint/tasks/forecaster.h"
#include "offprint/tasks/series_windows.h"

namespace offprint::tasks {
namespace {

// How far each row is from a forecast one row ahead, made of the rows before it.
Tensor off_forecast(std::string_view method, const AuditRows& rows, const AuditModelOptions& o,
                    const Rng& rng, Progress& progress) {
  const int64_t T = rows.values.size(0), L = o.lookback;
  require(L >= 1 && rows.train >= 2 * (L + 1),
          "audit: {} normal rows, expected at least {} for a lookback of {}", rows.train,
          2 * (L + 1), L);
  MethodOptions options;
  options.epochs = o.epochs, options.batch = o.batch, options.lr = o.lr, options.width = o.width;
  options.depth = o.depth, options.mamba.d_state = options.states = o.states;
  options.dropout = 0;
  options.patience = 0, options.device = o.device;
  // Levels are what may be wrong: no window gets a scale of its own.
  options.decoder = "closed-loop", options.patch = 1, options.centre = "none";
  const ForecastShape shape{.lookback = L, .horizon = 1, .variates = rows.values.size(1)};
  const auto forecaster = find_forecast_method(method).make(shape, options);
  const int64_t taught = rows.train - rows.train / 10;
  forecaster->fit({rows.values.slice(0, 0, rows.train), taught}, rng, progress);
  progress.throw_if_stopped();
  const Tensor w = windows(rows.values, 0, T, L, 1);  // (T-L,L+1,V)
  const Tensor off = (forecaster->predict(w.slice(1, 0, L)) - w.slice(1, L)).squeeze(1);
  return at::cat({at::zeros_like(rows.values.slice(0, 0, L)), off.square()});
}

Tensor off_chimera(const AuditRows& rows, const AuditModelOptions& o, const Rng& rng,
                   Progress& progress) {
  return off_forecast("chimera", rows, o, rng, progress);
}

Tensor off_autoregression(const AuditRows& rows, const AuditModelOptions& o, const Rng& rng,
                          Progress& progress) {
  return off_forecast("ar", rows, o, rng, progress);
}

Tensor off_mean(const AuditRows& rows, const AuditModelOptions&, const Rng&, Progress&) {
  return rows.values.square();
}

// What the first principal components of the normal rows do not reproduce.
Tensor off_components(const AuditRows& rows, const AuditModelOptions& o, const Rng&, Progress&) {
  require(o.explained > 0 && o.explained < 1, "--explained: {}, expected above 0 and below 1",
          o.explained);
  const Tensor normal = rows.values.slice(0, 0, rows.train);
  const auto [variances, vectors] = at::linalg_eigh(at::matmul(normal.t(), normal));
  const Tensor kept_from_last = at::cumsum(variances.flip(0), 0) / variances.sum();
  const int64_t V = rows.values.size(1);
  const int64_t kept = std::min(V - 1, kept_from_last.lt(o.explained).sum().item<int64_t>() + 1);
  const Tensor basis = vectors.slice(1, V - kept);  // (V,kept), eigenvalues ascend
  return (rows.values - at::matmul(at::matmul(rows.values, basis), basis.t())).square();
}

constexpr auto kMethods = std::to_array<AuditMethod>({
    {"chimera", "what all columns together let expect of the next row", "chimera", off_chimera},
    {"ar", "what a column's own rows let expect of its next", "", off_autoregression},
    {"z-score", "distance from the column's mean", "", off_mean},
    {"pca", "what the first principal components of a row leave over", "", off_components},
});

}  // namespace

std::span<const AuditMethod> audit_methods() { return kMethods; }

const AuditMethod& find_audit_method(std::string_view name) {
  std::vector<std::string> names;
  for (const AuditMethod& method : kMethods) {
    if (method.name == name) return method;
    names.emplace_back(method.name);
  }
  fail("no auditing method '{}'{}, expected one of {}", name, did_you_mean(name, names),
       fmt::join(names, ", "));
}

}  // namespace offprint::tasks
