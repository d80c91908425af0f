// generate --save and --replay on a small random model, as a person would see them.
#include <doctest/doctest.h>

#include "offprint/core/file.h"
#include "offprint/core/json.h"
#include "tests/cli/console_text.h"
#include "tests/data/scratch.h"
#include "tests/models/tiny_decoder.h"

using namespace offprint;

namespace {

void check_console(const std::string& text, const std::filesystem::path& folder) {
  for (const tests::ConsoleStep& step : tests::console_steps(text)) {
    const tests::ConsoleOutcome got = tests::run_step(step, folder);
    std::string printed;
    for (const std::string& line : got.printed) printed += line + "\n";
    CHECK_MESSAGE(got.exit_code == step.exit_code, step.command << "\n" << printed);
    CHECK_MESSAGE(tests::matches(step.expected, got.printed), step.command << "\n" << printed);
  }
}

}  // namespace

TEST_CASE("replay verb: an answer is kept, said again, and said with a word changed") {
  const data::Scratch scratch;
  models::write_tiny_decoder(scratch / "m.gguf");
  check_console(
      "$ offprint generate --model m.gguf --prompt 'Captain Lyra' --tokens 16 --seed 7 --json "
      "--save run.json --temperature 0.5 > said.json; echo $?\n"
      "0\n"
      "\n"
      "$ offprint generate --replay run.json --json --progress none > again.json; echo $?\n"
      "0\n"
      "\n"
      "$ offprint generate --replay run.json --replace Lyra=Maeve --json --progress none > "
      "other.json; echo $?\n"
      "0\n"
      "\n"
      "$ offprint generate --replay run.json --replace Lyra=Maeve --progress none | head -2\n"
      "as it was...| Lyra=Maeve\n"
      "Captain [-Lyra...| Captain {+Maeve...\n"
      "\n",
      scratch / "");
  const Json said = read_json(scratch / "said.json"), again = read_json(scratch / "again.json"),
             other = read_json(scratch / "other.json");
  CHECK(again["tokens"] == said["tokens"]);
  CHECK(again["distance"] == 0);
  CHECK(other["factual"] == said["text"]);
  CHECK(other["prompt"] == "Captain Maeve");
}

TEST_CASE("replay verb: what can go wrong is one line") {
  const data::Scratch scratch;
  models::write_tiny_decoder(scratch / "m.gguf");
  models::write_tiny_decoder(scratch / "other.gguf", {.depth = 1});
  check_console(
      "$ offprint generate --model m.gguf --prompt 'a b' --tokens 4 --save run.json > /dev/null\n"
      "$ offprint generate --replay run.json --replace xyz=q --progress none\n"
      "offprint: --replace: neither the prompt nor the answer has 'xyz'\n"
      "[1]\n"
      "$ offprint generate --replay run.json --replace xyz\n"
      "offprint: --replace: 'xyz', expected \"this=that\"\n"
      "[1]\n"
      "$ offprint generate --replay run.json --model other.gguf\n"
      "offprint: run.json: said by another model than other.gguf\n"
      "[1]\n"
      "$ echo '{}' > empty.json; offprint generate --replay empty.json\n"
      "offprint: empty.json: not what generate --save writes\n"
      "[1]\n"
      "$ offprint generate --replay none.json\n"
      "offprint: cannot read none.json: No such file or directory\n"
      "[1]\n"
      "$ offprint generate --replace a=b --prompt x\n"
      "offprint: generate: --replace requires --replay\n"
      "[1]\n"
      "$ offprint generate --model m.gguf\n"
      "offprint: generate: --prompt is required, or --replay\n"
      "[1]\n"
      "$ offprint generate --model m.gguf --prompt x --luck coin\n"
      "offprint: --luck: 'coin', expected token, rank or inverse\n"
      "[1]\n"
      "$ offprint generate --model m.gguf --prompt x --save no/such/run.json\n"
      "offprint: cannot write no/such/run.json: No such file or directory\n"
      "[1]\n",
      scratch / "");
}
