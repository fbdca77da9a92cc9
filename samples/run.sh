#!/bin/sh
# Compiles a sample's model for this machine, builds its main loop around the drop and runs it on the sample's input.
#   samples/run.sh screening|bearing [folder]
set -eu
cd "$(dirname "$0")/.."
sample=$1
folder=${2:-build/$sample}
mote=${MOTE:-build/release/bin/mote}
case $sample in
  screening) input=examples.txt ;;
  bearing) input=recording.bin ;;
  *) echo "samples/run.sh: no sample '$sample': screening or bearing" >&2; exit 2 ;;
esac
"$mote" compile "samples/$sample/$sample.onnx" --target host -o "$folder/drop" --quiet > /dev/null
c++ -std=c++14 -O2 -ffp-contract=off -Wall -Wextra -I"$folder/drop/include" -I"$folder/drop/src" \
  "samples/$sample/main.cpp" "$folder"/drop/src/*.cpp -o "$folder/$sample"
"$folder/$sample" < "samples/$sample/$input"
