// Where this build lies. Functions, not definitions on the command line: a test file then compiles
// to the same object in every checkout, and the compiler's cache serves them all.
#pragma once

#include <filesystem>
#include <string>

namespace offprint::tests {

std::filesystem::path source_folder();
// The built `offprint`.
std::string program();
// tests/tasks/training_child.cpp, built.
std::string training_child();
// mpirun or its like; empty where MPI was not found.
std::string mpi_launcher();

}  // namespace offprint::tests
