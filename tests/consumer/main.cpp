// A program outside the house that uses the installed libraries.
#include <cstdio>

#include "offprint/core/rng.h"
#include "offprint/core/table.h"

int main() {
  const offprint::Tensor x = offprint::Rng(1).normal({1000});
  const offprint::TextTable table{"", {"mean"}, {{offprint::number_text(x.mean().item<double>())}}};
  std::puts(table.to_markdown().c_str());
}
