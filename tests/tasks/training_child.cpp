// A process that trains and may be killed, alone or as one of several under mpirun:
//   training_child FOLDER STEPS [plain|fail]
// The first prints each finished step on a line, then "weights <hex checksum> losses .. best ..".
// FOLDER holds its checkpoints, "-" none; plain trains without dropout; with fail the last process
// meets an error in its tenth loss.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "offprint/core/error.h"
#include "tests/tasks/toy_objective.h"

using namespace offprint;

namespace {

class Child : public ToyObjective {
 public:
  Child(const std::string& mode, bool last)
      : ToyObjective(mode == "plain" ? 0.0 : 0.1), fails_(mode == "fail" && last) {}
  Tensor loss(const Tensor& examples, Rng& rng) override {
    require(!fails_ || ++calls_ < 10, "training_child: this process was told to fail");
    return ToyObjective::loss(examples, rng);
  }

 private:
  const bool fails_;
  int calls_ = 0;
};

uint64_t bits_of(const nn::Parameters& parameters) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (const auto& p : parameters) {
    const Tensor t = p.tensor.detach().contiguous();
    const auto* bytes = static_cast<const unsigned char*>(t.const_data_ptr());
    for (size_t i = 0; i < t.nbytes(); ++i) hash = (hash ^ bytes[i]) * 0x100000001B3u;
  }
  return hash;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 1;
  at::set_num_threads(1);
  try {
    auto& processes = nn::launched_processes();
    const bool first = processes.rank() == 0;
    Child objective(argc > 3 ? argv[3] : "", processes.rank() == processes.size() - 1);
    const std::string folder = argv[1];
    tasks::TrainOptions options{.steps = std::stol(argv[2]), .batch = 8, .accumulate = 2};
    options.optimizer.lr = 0.01;
    options.checkpoint_every = 3;
    if (folder != "-") options.checkpoint = folder;
    Progress progress([&](const ProgressUpdate& u) {
      if (first) fmt::print("{}\n", u.step);
      std::fflush(stdout);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));  // time to be killed in
    });
    const auto result = tasks::train(objective, options, Rng(23), progress, processes);
    if (first)
      fmt::print("weights {:x} losses {} best {}\n", bits_of(objective.parameters()),
                 result.losses.back(), *result.best);
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
