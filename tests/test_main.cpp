// doctest's main for every test program; two threads like the machines of CI.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "offprint/core/tensor.h"

int main(int argc, char** argv) {
  at::set_num_threads(2);
  return doctest::Context(argc, argv).run();
}
