#include "offprint/tasks/loss_program.h"

#include <chrono>
#include <vector>

#include "offprint/core/clock.h"
#include "offprint/core/error.h"
#include "offprint/core/json.h"
#include "offprint/core/numbers.h"

namespace offprint::tasks {
namespace {

constexpr size_t kLongestAnswer = size_t{1} << 28;

Json rows_to_json(const Tensor& z) {
  Json rows = Json::array();
  const std::vector<double> values = numbers(z);
  const auto width = static_cast<size_t>(z.size(1));
  for (size_t at = 0; at < values.size(); at += width)
    rows.push_back(std::vector<double>(values.begin() + static_cast<int64_t>(at),
                                       values.begin() + static_cast<int64_t>(at + width)));
  return rows;
}

class LossProgram {
 public:
  LossProgram(const LossProgramOptions& o, int64_t examples)
      : options_(o), examples_(examples), child_({"/bin/sh", "-c", o.command}, child_options(o)) {}

  nn::LossAt ask(const Tensor& z, const Tensor& rows, bool gradient) {
    const Json answer = hear(question(z, rows, gradient));
    require(answer.is_object(), "{}: {}, expected an object with 'loss'{}", source(),
            json_kind(answer), gradient ? " and 'gradient'" : "");
    nn::LossAt at{json_get<double>(answer, "loss", source()), {}};
    if (gradient) at.gradient = gradient_of(answer, z);
    return at;
  }

 private:
  static ChildOptions child_options(const LossProgramOptions& o) {
    ChildOptions c{.talks = true, .memory_mib = o.memory_mib};
    c.longest_line = kLongestAnswer;
    return c;
  }
  std::string source() const { return fmt::format("'{}', answer {}", options_.command, calls_); }

  std::string question(const Tensor& z, const Tensor& rows, bool gradient) {
    const Tensor which = rows.defined() ? rows : at::arange(examples_, at::kLong);
    std::vector<int64_t> list;
    for (const double row : numbers(which)) list.push_back(static_cast<int64_t>(row));
    return json_text({{"call", ++calls_},
                      {"gradient", gradient},
                      {"rows", list},
                      {"outputs", rows_to_json(z)}}) +
           "\n";
  }

  Json hear(const std::string& question) {
    const Stopwatch clock;
    const auto left = [&] {
      return std::chrono::milliseconds(
          static_cast<int64_t>(1000 * std::max(options_.seconds - clock.seconds(), 0.0)));
    };
    child_.tell(question, left());  // where it does not read, how it ended says why
    while (heard_.empty()) {
      if (child_.ended()) {
        const std::string words = child_.complaint();
        fail("'{}' ended {}{} before answer {}", options_.command, child_.how_it_ended(),
             words.empty() ? words : " (" + words + ")", calls_);
      }
      require(clock.seconds() <= options_.seconds, "'{}' took longer than {} s for answer {}",
              options_.command, options_.seconds, calls_);
      for (std::string& line : child_.lines(20)) heard_.push_back(std::move(line));
    }
    const std::string line = heard_.front();
    heard_.erase(heard_.begin());
    return parse_json(line, source());
  }

  Tensor gradient_of(const Json& answer, const Tensor& z) const {
    const Json& rows = json_member(answer, "gradient", source());
    const auto n = static_cast<size_t>(z.size(0)), k = static_cast<size_t>(z.size(1));
    require(rows.is_array() && rows.size() == n, "{}: 'gradient' has {} rows, expected {}",
            source(), rows.is_array() ? rows.size() : 0, n);
    std::vector<double> values;
    for (size_t i = 0; i < n; ++i) {
      require(rows[i].is_array() && rows[i].size() == k,
              "{}: row {} of 'gradient' has {} numbers, expected {}", source(), i + 1,
              rows[i].is_array() ? rows[i].size() : 0, k);
      for (const Json& value : rows[i]) {
        require(value.is_number(), "{}: row {} of 'gradient' holds {}, expected numbers", source(),
                i + 1, json_kind(value));
        values.push_back(value.get<double>());
      }
    }
    return at::tensor(values, at::kDouble).view(z.sizes());
  }

  LossProgramOptions options_;
  int64_t examples_ = 0, calls_ = 0;
  ChildProcess child_;
  std::vector<std::string> heard_;
};

}  // namespace

nn::ExpensiveLoss program_loss(const LossProgramOptions& o, int64_t examples) {
  require(!o.command.empty(), "--loss-command is missing, expected a program that answers losses");
  require(o.seconds > 0 && o.smoothness >= 0,
          "--loss-seconds, --smoothness: {} and {}, expected > 0 "
          "and >= 0",
          o.seconds, o.smoothness);
  const auto program = std::make_shared<LossProgram>(o, examples);
  nn::ExpensiveLoss loss{.smoothness = o.smoothness};
  loss.ask = [program](const Tensor& z, const Tensor& rows) { return program->ask(z, rows, true); };
  loss.value = [program](const Tensor& z, const Tensor& rows) {
    return program->ask(z, rows, false).value;
  };
  return loss;
}

}  // namespace offprint::tasks
