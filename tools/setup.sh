#!/bin/sh
# Fresh Debian 12 to a compiled and proven sample: installs packages, builds mote, compiles the digits model for a
# microcontroller, and checks the drop. Safe to run again.
set -eu
cd "$(dirname "$0")/.."

tools/packages.sh build
cmake --preset release
cmake --build --preset release --target mote
mote=build/release/bin/mote
"$mote" compile samples/digits/digits.onnx --target nucleo-l4r5zi -o build/digits
"$mote" verify build/digits
