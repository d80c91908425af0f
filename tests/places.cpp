#include "tests/places.h"

namespace offprint::tests {

std::filesystem::path source_folder() { return OFFPRINT_SOURCE; }
std::string program() { return OFFPRINT_PROGRAM; }
std::string training_child() { return OFFPRINT_TRAINING_CHILD; }
std::string mpi_launcher() { return OFFPRINT_MPIEXEC; }

}  // namespace offprint::tests
