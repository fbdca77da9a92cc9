#!/bin/sh
# Installs the Debian 12 packages that mote needs: `build` to build it, `test` also to test it. Safe to run again.
set -eu

build="g++ make cmake ninja-build ccache libonnx-dev libprotobuf-dev protobuf-compiler libspdlog-dev libcli11-dev
  nlohmann-json3-dev libtomlplusplus-dev libssl-dev libzip-dev libeigen3-dev"
test="catch2 clang libclang-rt-dev libonnx-testdata gcc-arm-none-eabi libstdc++-arm-none-eabi-newlib gcc-riscv64-unknown-elf
  picolibc-riscv64-unknown-elf gcc-avr avr-libc simavr qemu-system-arm qemu-system-misc python3"

case "${1:-build}" in
  build) wanted=$build ;;
  test) wanted="$build $test" ;;
  *) echo "usage: $0 [build|test]" >&2; exit 2 ;;
esac

missing=
for package in $wanted; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
