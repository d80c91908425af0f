#include "offprint/web/run_jobs.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/papers/run_paper.h"
#include "tests/data/scratch.h"

using namespace offprint;
using namespace offprint::web;

namespace {

std::string message_of(const Json& asked) {
  try {
    run_request(asked);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("run request: checked against the catalog, defaults left out, equal runs look equal") {
  const store::JobRequest plain = run_request(Json{{"slug", "s4d"}});
  CHECK(plain.scale == "quick");
  CHECK(plain.seed == 1);
  CHECK(plain.options == "{}");
  CHECK(plain.revision == papers::source_revision());
  const Json chosen = {
      {"slug", "2206.11893"}, {"seed", 7}, {"options", {{"delay-lag", 50}, {"delay-steps", 300}}}};
  const store::JobRequest other = run_request(chosen);
  CHECK(other.slug == "s4d");
  CHECK(other.options == "{\"delay-lag\":50}");  // 300 steps are quick's own
  const std::map<std::string, std::string> form = {{"slug", "s4d"},
                                                   {"seed", "7"},
                                                   {"scale", ""},
                                                   {"option-delay-lag", "50"},
                                                   {"option-seeds", ""}};
  CHECK(run_request(form) == other);
}

TEST_CASE("run request: what is wrong is one line") {
  CHECK(message_of(Json::array()) == "run: got a list, expected an object with a slug");
  CHECK(message_of({{"scale", "quick"}}) == "run: 'slug' is missing");
  CHECK(message_of({{"slug", "s4dd"}}).starts_with("no paper 's4dd', did you mean 's4d'?"));
  CHECK(message_of({{"slug", "haf"}}) == "'haf' does not run here yet");
  CHECK(message_of({{"slug", "s4d"}, {"scale", "huge"}}) ==
        "no scale 'huge', expected quick, standard or full");
  CHECK(message_of({{"slug", "s4d"}, {"seed", -1}}) == "run: 'seed' is -1, out of range");
  CHECK(message_of({{"slug", "s4d"}, {"options", {{"lag", 1}}}}) == "there is no option 'lag'");
  CHECK(message_of({{"slug", "s4d"}, {"options", {{"delay-lag", "7"}}}}) ==
        "option 'delay-lag' is a string, expected a whole number");
  CHECK(message_of({{"slug", "s4d"}, {"options", {{"delay-lag", 7.5}}}}) ==
        "option 'delay-lag' is a number, expected a whole number");
  CHECK(message_of({{"slug", "s4d"}, {"sedd", 7}}) ==
        "run: 'sedd' was not expected, only slug, scale, seed and options");
  CHECK(run_request(Json{{"slug", "s4d"}, {"seed", 2.0}}).seed == 2);
  CHECK_THROWS_WITH(
      run_request(std::map<std::string, std::string>{{"slug", "s4d"}, {"option-delay-lag", "x"}}),
      "--delay-lag: 'x' is not a whole number");
  CHECK(message_of({{"slug", "s4d"}, {"options", {{"delay-lag", Json::array()}}}}) ==
        "option 'delay-lag' is a list, expected a whole number");
  CHECK_THROWS_WITH(run_request(std::map<std::string, std::string>{{"slug", "s4d"}, {"seed", "x"}}),
                    "seed 'x', expected a whole number from 0");
}

TEST_CASE("asking: an equal run that waits or is done is answered with, and the queue has an end") {
  const data::Scratch base;
  store::Database database((base.folder / "db.sqlite").string());
  const store::JobRequest request = run_request(Json{{"slug", "s4d"}});
  const auto first = ask_for_run(database, request, 0, 100);
  REQUIRE(first);
  CHECK(first->fresh);
  CHECK(!ask_for_run(database, request, 0, 101)->fresh);
  CHECK(ask_for_run(database, request, 0, 101)->job == first->job);
  const auto job = store::claim_job(database, "w", 1, 102);
  REQUIRE(job);
  papers::RunCard card;
  card.slug = "s4d", card.scale = "quick";
  store::finish_job(database, job->key, "w", store::JobState::done,
                    json_text(papers::to_json(card)), "", 103);
  CHECK(!ask_for_run(database, request, 0, 104)->fresh);
  CHECK(card_of(*store::find_job(database, first->job))->slug == "s4d");
  const Json json = to_json(*store::find_job(database, first->job));
  CHECK(json["state"] == "done");
  CHECK(json["options"] == Json::object());
  for (uint64_t seed = 2; seed < 52; ++seed)
    CHECK(ask_for_run(database, run_request(Json{{"slug", "s4d"}, {"seed", seed}}), 0, 105));
  CHECK(!ask_for_run(database, run_request(Json{{"slug", "s4d"}, {"seed", 99}}), 0, 106));
}
