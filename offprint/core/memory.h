// What the process does with memory it has freed.
#pragma once
#include <cstddef>

namespace offprint {

// Large blocks that are freed stay with the process instead of going back to the system, so that
// a loop which makes the same tensors again and again does not have every page of them faulted in
// and zeroed anew: about a quarter of a training step. Peak memory is the same. glibc only; does
// nothing elsewhere. Safe to call again and from any thread.
void keep_freed_memory();

// Asks for pages of 2 MiB instead of 4 KiB for memory that is about to be written for the first
// time, which saves most of the faults of large results. Linux only; does nothing elsewhere or
// where the system does not grant them. Only whole pages within [data, data + bytes) are touched.
void expect_large_pages(void* data, std::size_t bytes);

// What this process has allocated and not freed, on the calling thread's heap and in large blocks,
// MiB. Unlike the resident set it falls when something is freed. glibc only; NaN elsewhere.
double memory_in_use_mib();

}  // namespace offprint
