#!/bin/sh
# Builds everything and passes the tests. Safe to run again. Set PRESET to debug (sanitizers) or clang for others.
set -eu
cd "$(dirname "$0")/.."

tools/packages.sh test
preset=${PRESET:-release}
cmake --preset "$preset"
cmake --build --preset "$preset"
ctest --preset "$preset"
