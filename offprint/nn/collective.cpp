#include "offprint/nn/collective.h"

namespace offprint::nn {
namespace {

class SingleProcess final : public Collective {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  void sum(std::vector<Tensor>&) override {}
  void broadcast(std::vector<Tensor>&) override {}
  bool any(bool flag) override { return flag; }
};

}  // namespace

Collective& single_process() {
  static SingleProcess process;
  return process;
}

}  // namespace offprint::nn
