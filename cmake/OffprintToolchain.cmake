# Compiler settings shared by every room.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# -fPIC everywhere, programs too: one precompiled header must fit all.
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Dev CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_DEV "-O2 -g1")
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer")
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_INODECACHE=1 ${CCACHE})
endif()

add_library(offprint_flags INTERFACE)
target_compile_options(offprint_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast
  -fPIC -fpch-preprocess
  # GCC 12 sees overlaps and overflows in std::string's operator+ that are not there (its bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-stringop-overflow $<$<CONFIG:Release>:-Wno-array-bounds>>
  # Not in Release, where a newer compiler's new warning would keep a stranger's ./start from building, nor with the
  # sanitizers, whose checks lead GCC to false alarms.
  $<$<CONFIG:Dev>:-Werror>)
if(OFFPRINT_SANITIZE)
  target_compile_options(offprint_flags INTERFACE -fsanitize=${OFFPRINT_SANITIZE} -fno-sanitize-recover=all
    -Wno-maybe-uninitialized)
  target_link_options(offprint_flags INTERFACE -fsanitize=${OFFPRINT_SANITIZE})
endif()
