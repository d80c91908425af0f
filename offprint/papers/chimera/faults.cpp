#include "offprint/papers/chimera/faults.h"

#include "offprint/core/error.h"
#include "offprint/tasks/series_windows.h"

namespace offprint::papers::chimera {

std::string fault_name(Fault fault) {
  switch (fault) {
    case Fault::spike:
      return "spike";
    case Fault::level_shift:
      return "level shift";
    case Fault::frozen:
      return "frozen";
    case Fault::decoupled:
      return "decoupled";
  }
  return "";
}

FaultySeries with_faults(const Tensor& values, int64_t from, int64_t events, int64_t length,
                         int64_t season, Rng rng) {
  const int64_t T = values.size(0), V = values.size(1);
  const auto kinds = static_cast<int64_t>(kFaults.size());
  const int64_t count = kinds * events, stretch = (T - from) / std::max<int64_t>(1, count);
  require(events >= 1 && length >= 1 && stretch >= 2 * length && from > length + season,
          "faults: {} of {} rows from row {} of {}, expected room for twice as many", count, length,
          from, T);
  const Tensor spread = tasks::standardizer_of(values.slice(0, 0, from)).spread;
  FaultySeries out{values.clone(), at::zeros(values.sizes(), at::kBool),
                   at::full({T}, -1, at::kLong)};
  for (int64_t i = 0; i < count; ++i) {
    const Fault fault = kFaults[static_cast<size_t>(i % kinds)];
    const int64_t rows = fault == Fault::spike ? 1 : length, column = rng.integer(V);
    const int64_t begin = from + i * stretch + rng.integer(stretch - rows + 1), end = begin + rows;
    const double side = rng.integer(2) == 0 ? -1 : 1, deviation = spread[column].item<double>();
    out.kind.slice(0, from + i * stretch, from + (i + 1) * stretch).fill_(i % kinds);
    out.labels.select(1, column).slice(0, begin, end).fill_(true);
    Tensor cells = out.values.select(1, column).slice(0, begin, end);
    if (fault == Fault::spike) cells.add_(5 * side * deviation);
    if (fault == Fault::level_shift) cells.add_(2 * side * deviation);
    if (fault == Fault::frozen) cells.fill_(cells[0].item<double>());
    if (fault != Fault::decoupled) continue;
    // As many seasons back as lead to the rows before all faults.
    const int64_t least = (end - from + season - 1) / season, most = begin / season;
    const int64_t back = season * (least + rng.integer(most - least + 1));
    cells.copy_(values.select(1, column).slice(0, begin - back, end - back));
  }
  return out;
}

}  // namespace offprint::papers::chimera
