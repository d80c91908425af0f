#!/bin/bash
# run.sh CMAKE BUILD WORK: installs the build under WORK, builds the consumer against it and runs
# both it and the installed program, which must find libtorch by itself.
set -euo pipefail
cmake=$1 build=$2 work=$3
source=$(dirname "$(readlink -f "$0")")
rm -rf "$work"
"$cmake" --install "$build" --prefix "$work/prefix" >/dev/null
"$cmake" -S "$source" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_PREFIX_PATH="$work/prefix" >/dev/null
"$cmake" --build "$work/build"
env -u LD_LIBRARY_PATH "$work/build/consumer" | grep -q '| mean |'
cd /
env -u LD_LIBRARY_PATH "$work/prefix/bin/offprint" --help >/dev/null
du -sh "$work/prefix"
rm -rf "$work"
