#include "offprint/tasks/loss_program.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"

using namespace offprint;
using namespace offprint::tasks;

namespace {

nn::LossAt asked(const std::string& command, const Tensor& z, double seconds = 20) {
  const nn::ExpensiveLoss loss = program_loss({.command = command, .seconds = seconds}, z.size(0));
  return loss.ask(z, {});
}

}  // namespace

TEST_CASE("loss program: the answer is the loss, and it goes on from asking to asking") {
  const nn::ExpensiveLoss loss = program_loss(
      {.command = "i=0; while read q; do i=$((i+1)); echo \"{\\\"loss\\\": $i, \\\"gradient\\\": "
                  "[[1, 2], [3, -4.5]]}\"; done"},
      2);
  const Tensor z = at::zeros({2, 2}, at::kDouble);
  CHECK(loss.ask(z, {}).value == 1);
  const nn::LossAt second = loss.ask(z, {});
  CHECK(second.value == 2);
  CHECK(max_abs_diff(second.gradient,
                     at::tensor({1.0, 2.0, 3.0, -4.5}, at::kDouble).view({2, 2})) == 0);
  CHECK(loss.value(z, {}) == 3);
}

TEST_CASE("loss program: it is told the rows and the outputs") {
  const nn::ExpensiveLoss loss = program_loss(
      {.command =
           "read q; case $q in *'\"gradient\":true,\"rows\":[4,1],\"outputs\":[[0.5],[2.0]]'*) "
           "echo '{\"loss\": 7, \"gradient\": [[0], [0]]}';; *) echo \"$q\" >&2;; esac"},
      5);
  const Tensor z = at::tensor({0.5, 2.0}, at::kDouble).view({2, 1});
  CHECK(loss.ask(z, at::tensor({4, 1}, at::kLong)).value == 7);
}

TEST_CASE("loss program: what is wrong with an answer is one line") {
  const Tensor z = at::zeros({2, 1}, at::kDouble);
  const auto says = [](const std::string& answer) { return "read q; echo '" + answer + "'"; };
  CHECK_THROWS_WITH_AS(asked(says("[1]"), z),
                       "'read q; echo '[1]'', answer 1: a list, expected an object with 'loss' and "
                       "'gradient'",
                       Error);
  CHECK_THROWS_WITH_AS(
      asked(says(R"({"loss": 1, "gradient": [[1], [2, 3]]})"), z),
      "'read q; echo '{\"loss\": 1, \"gradient\": [[1], [2, 3]]}'', answer 1: row 2 of "
      "'gradient' has 2 numbers, expected 1",
      Error);
  CHECK_THROWS_WITH_AS(asked("exit 4", z), "'exit 4' ended with 4 before answer 1", Error);
  CHECK_THROWS_WITH_AS(asked("", z),
                       "--loss-command is missing, expected a program that answers losses", Error);
}
