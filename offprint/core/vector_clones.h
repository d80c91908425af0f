// A function marked OFFPRINT_VECTOR_CLONES is compiled for AVX-512, AVX2 and the base instruction
// set; the loader picks one when the program starts. For plain functions, not templates.
#pragma once

// The sanitizers' run time is not up yet when the loader picks a clone.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define OFFPRINT_VECTOR_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define OFFPRINT_VECTOR_CLONES
#endif
