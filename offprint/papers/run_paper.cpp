#include "offprint/papers/run_paper.h"

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/tensor.h"

namespace offprint::papers {

extern const std::string_view kRevision;  // written by the build

std::string source_revision() { return std::string(kRevision); }

RunCard run_paper(const Paper& paper, const RunRequest& request, Progress& progress) {
  require(paper.runs(), "'{}' does not run yet: offprint list --runs shows those that do",
          paper.slug);
  parse_device(request.device);
  const Stopwatch watch;
  const std::string started = utc_timestamp();
  RunCard card = paper.run(request, progress);
  card.slug = paper.slug, card.title = paper.title, card.arxiv = paper.arxiv;
  card.revision = source_revision(), card.started = started;
  card.machine = fmt::format("{}, {} threads", machine_summary(), at::get_num_threads());
  card.device = request.device;
  card.seconds = watch.seconds(), card.peak_memory_mib = peak_memory_mib();
  return card;
}

}  // namespace offprint::papers
