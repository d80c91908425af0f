// Several processes working as one: sum over all, broadcast from the first. Behind it MPI where the
// program was built with it and started by mpirun or Slurm; otherwise one process and nothing to
// do.
#pragma once
#include <memory>

#include "offprint/core/tensor.h"

namespace offprint::nn {

class Collective {
 public:
  virtual ~Collective() = default;
  virtual int rank() const = 0;  // 0 .. size()-1
  virtual int size() const = 0;
  virtual void sum(
      std::vector<Tensor>& tensors) = 0;  // in place, in buckets; same order on every rank
  virtual void broadcast(std::vector<Tensor>& tensors) = 0;  // from rank 0, in place
  virtual bool any(bool flag) = 0;                           // true on all if true on one
};

Collective& single_process();
// MPI's world if this build has MPI and the process was started by a launcher, else
// single_process(). The first call starts MPI and gives each process its share of the machine's
// threads. A process that exits with an error ends the others. Call from one thread only.
Collective& launched_processes();

}  // namespace offprint::nn
