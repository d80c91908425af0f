#include "offprint/papers/run_paper.h"

#include <doctest/doctest.h>

#include <atomic>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::papers;

namespace {

RunCard toy_run(const RunRequest& request, Progress& progress) {
  progress.start("toy", 1);
  RunCard card;
  card.scale = scale_name(request.scale), card.seed = request.seed;
  card.stopped = progress.stop_requested();
  return card;
}

Paper toy() {
  Paper paper;
  paper.slug = "toy", paper.title = "A toy", paper.arxiv = "0000.00000", paper.run = toy_run;
  return paper;
}

}  // namespace

TEST_CASE("run_paper: the card is signed with where, when and from which source") {
  Progress progress;
  RunRequest request;
  request.scale = Scale::standard, request.seed = 7;
  const RunCard card = run_paper(toy(), request, progress);
  CHECK(card.slug == "toy");
  CHECK(card.arxiv == "0000.00000");
  CHECK(card.scale == "standard");
  CHECK(card.seed == 7);
  CHECK(card.started.size() == 20);
  CHECK(card.machine.find("threads") != std::string::npos);
  CHECK(card.seconds >= 0);
  CHECK(card.peak_memory_mib > 1);
  CHECK(card.revision == source_revision());
  CHECK(!card.revision.empty());
}

TEST_CASE("run_paper: a paper that does not run, and a device that is not here") {
  Progress progress;
  Paper quiet = toy();
  quiet.run = nullptr;
  CHECK_THROWS_WITH(run_paper(quiet, {}, progress),
                    "'toy' does not run yet: offprint list --runs shows those that do");
  RunRequest request;
  request.device = "abacus";
  CHECK_THROWS_AS(run_paper(toy(), request, progress), Error);
}

TEST_CASE("run_paper: a stop request reaches the recipe") {
  const std::atomic<bool> stop = true;
  Progress progress([](const ProgressUpdate&) {}, &stop);
  CHECK(run_paper(toy(), {}, progress).stopped);
}
