#!/usr/bin/env python3
"""Measures what lib/plan/weight_rates.cpp states: cycles of a weight at one pixel, stored plainly or without zeros.

    tests/benchmark/weight_rates.py [m0 m4 rv32 avr]

Runs the kernels themselves on layers of two depths, half of the weights of a stream being 0, in blocks of its channels,
or on Cortex-M4 in quads of four inputs, too, and solves cycles = rate * weights that are stored + what a result costs. Cortex-M: the counter's cycles under QEMU
(../shared); RV32: instructions; ATmega2560: the timer of simavr, in steps of 64 cycles.
"""
import argparse
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
KERNELS, EMULATORS = ROOT / "codegen/kernels", ROOT / "tools/emulators"
SHARED = ROOT.parent / "shared/tools"
# By core: the tile of plain weights at many pixels and at one, those of streams by channels, depth and outputs.
CORES = {"m0": ((2, 3), (1, 8), {1: 4, 2: 2, 4: 4}, 64, 16), "m4": ((2, 4), (1, 8), {1: 6, 2: 3, 4: 2}, 64, 16),
         "rv32": ((4, 4), (1, 8), {1: 6, 2: 4, 4: 4}, 64, 16), "avr": ((1, 1), (1, 1), {1: 2, 2: 2, 4: 2}, 32, 8)}
QUAD_WIDTHS = {"m4": {1: 4, 2: 2, 4: 2}}
FLAGS = ["-O2", "-std=c++14", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-ffunction-sections",
         "-fdata-sections", "-Wl,--gc-sections", f"-I{KERNELS}", f"-I{EMULATORS}"]

PROGRAM = """
#include "quantized_sparse.hpp"
#include "quantized_sparse_quads.hpp"
struct Geometry {{
  static constexpr int32_t rows = {rows}, depth = {depth}, columns = {columns}, weight_step = {columns};
  static constexpr int32_t weight_block = {channels}, tile_w = {width}, tile_c = {channels}, count_bytes = 1;
  static constexpr int32_t accumulator_shift = 0, lowest = -128, highest = 127, residual_multiplier = 0;
  static constexpr bool has_residual = false, has_table = false;
}};
alignas(4) static const {type} weights[] MOTE_CONSTANT = {{{weights}}};
static const int32_t bias[{columns}] MOTE_CONSTANT = {{}}, multiplier[{columns}] MOTE_CONSTANT = {{{multipliers}}};
alignas(4) static int8_t input[{rows} * {depth}], output[{rows} * {columns}];
static void fill() {{ for (int i = 0; i < {rows} * {depth}; ++i) input[i] = static_cast<int8_t>(i * 37); }}
static void multiply() {{
  mote_kernels::{kernel}<int8_t, int8_t, int8_t>(
      Geometry{{}}, input, mote_kernels::constant_pointer<{type}>(weights), bias, multiplier,
      mote_kernels::constant_pointer<int8_t>(static_cast<const int8_t*>(nullptr)), static_cast<const int8_t*>(nullptr), output);
}}
"""
ARM = """
extern "C" void bench_setup(void) { fill(); }
extern "C" void run(void) { multiply(); }
"""
OTHER = """
#include "console.hpp"
#if defined(__AVR__)
#include <avr/io.h>
static void start() { TCCR1A = 0; TCCR1B = 3; TCNT1 = 0; }
static unsigned long now() { return TCNT1 * 64ul; }
#else
static void start() {}
static unsigned long now() {
  unsigned long count;
  __asm volatile(".option push\\n.option arch, +zicsr\\ncsrr %0, instret\\n.option pop" : "=r"(count));
  return count;
}
#endif
int main() {
  fill();
  start();
  const unsigned long begin = now();
  multiply();
  unsigned long count = now() - begin;
  char text[12] = "          \\n";
  for (int i = 9; i >= 0; --i, count /= 10) text[i] = static_cast<char>('0' + count % 10);
  mote_selftest_write(text);
  return 0;
}
"""


def run(arguments, **options):
    return subprocess.run([str(a) for a in arguments], check=True, capture_output=True, text=True, **options).stdout


def stream_of(blocks):
    """By block of channels: offsets and weights, as codegen/kernels/quantized_sparse.hpp says."""
    stream = []
    for run_of_block in blocks:
        entries, at = [], 0
        for offset, weights in run_of_block:
            while offset - at > 15:
                entries.append((15, [0] * len(weights)))
                at += 15
            entries.append((offset - at, weights))
            at = offset
        if len(entries) % 2:
            entries.append((0, [0] * len(entries[0][1])))
        stream.append(len(entries) // 2)
        for first, second in zip(entries[::2], entries[1::2]):
            stream += [first[0] | second[0] << 4] + [weight & 255 for weight in first[1] + second[1]]
    return stream


def stream_of_quads(blocks):
    """The same of quads, as codegen/kernels/quantized_sparse_quads.hpp says; no step is too long here."""
    stream = []
    for quads in blocks:
        offsets = [0] + [offset for offset, _ in quads]
        stream += [len(quads)] + [to - at for at, to in zip(offsets, offsets[1:])]
        stream += [0] * (-len(stream) % 4)
        stream += [weight & 255 for _, weights in quads for weight in weights]
    return stream


def program(rows, depth, columns, width, channels, inputs):
    """The text, and how many weights are stored."""
    draw = random.Random(1)
    fields = {"rows": rows, "depth": depth, "columns": columns, "width": width, "channels": channels,
              "multipliers": ", ".join(["30000000"] * columns)}
    if inputs == 0:
        weights = [draw.choice([-90, -5, 1, 3, 7]) for _ in range(depth * columns)]
        return PROGRAM.format(type="int8_t", kernel="quantized_dense", weights=", ".join(map(str, weights)), **fields), len(weights)
    blocks = [[(k, [draw.choice([-90, -5, 1, 3, 7]) for _ in range(channels * inputs)]) for k in range(0, depth, inputs)
               if draw.random() < 0.5] for _ in range(columns // channels)]
    kernel, stream = ("quantized_dense_sparse", stream_of) if inputs == 1 else ("quantized_dense_sparse_quads", stream_of_quads)
    text = PROGRAM.format(type="uint8_t", kernel=kernel, weights=", ".join(map(str, stream(blocks))), **fields)
    return text, channels * inputs * sum(map(len, blocks))


def arm_cycles(core, text, work):
    (work / "layer.cpp").write_text(text + ARM)
    plugin, image = work / "armcycles.so", work / "image.elf"
    run(["gcc", "-O2", "-fPIC", "-shared", "-o", plugin, SHARED / "armcycles/armcycles.c"])
    run(["bash", SHARED / "qemu-harness/build.sh", core, image, "--", "-std=c++14", f"-I{KERNELS}", work / "layer.cpp"],
        env=dict(os.environ, OPT="-O2", REPS="1"))
    done = subprocess.run(["bash", SHARED / "qemu-harness/run.sh", "-p", plugin, core, image], capture_output=True, text=True)
    return int(re.search(r"cycles=(\d+)", done.stdout + done.stderr)[1])


def riscv_cycles(_, text, work):
    (work / "layer.cpp").write_text(text + OTHER)
    run(["riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32", "--specs=picolibc.specs", *FLAGS, "-nostartfiles",
         "-nodefaultlibs", work / "layer.cpp", EMULATORS / "riscv_start.cpp", EMULATORS / "riscv_console.cpp",
         f"-T{EMULATORS}/riscv_virt.ld", "-Wl,--no-warn-rwx-segments", "-lc", "-lgcc", "-o", work / "image.elf"])
    console = ["-display", "none", "-monitor", "none", "-serial", "none", "-chardev", "stdio,id=console,signal=off",
               "-semihosting-config", "enable=on,target=native,chardev=console"]
    text = run(["qemu-system-riscv32", "-M", "virt", "-bios", "none", "-icount", "shift=0", *console, "-kernel", work / "image.elf"])
    return int(re.search(r"\d{10}", text)[0])


def avr_cycles(_, text, work):
    (work / "layer.cpp").write_text(text + OTHER)
    run(["avr-gcc", "-mmcu=atmega2560", *FLAGS, work / "layer.cpp", EMULATORS / "avr_console.cpp", "-o", work / "image.elf"])
    done = subprocess.run(["simavr", "-m", "atmega2560", "-f", "16000000", work / "image.elf"], capture_output=True, text=True)
    digits = "".join(re.findall(r":([0-9a-f]+)", done.stdout + done.stderr))
    return int(re.search(r"\d{10}", bytes.fromhex(digits).decode())[0])


def rate(core, rows, width, channels, inputs):
    """Blocks of so many inputs; 0: all weights, plainly."""
    *_, depth, columns = CORES[core]
    measure = {"rv32": riscv_cycles, "avr": avr_cycles}.get(core, arm_cycles)
    with tempfile.TemporaryDirectory() as folder:
        (short, few), (long, many) = (program(rows, d, columns, width, channels, inputs) for d in (depth, 2 * depth))
        cycles = [measure(core, text, pathlib.Path(folder)) for text in (short, long)]
    return (cycles[1] - cycles[0]) / ((many - few) * rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cores", nargs="*", default=list(CORES), metavar="core")
    options = parser.parse_args()
    if not SHARED.is_dir():
        print("SKIPPED: ../shared is absent, so there is no counter")
        return 0
    print("| core | pixels | plain | inputs | blocks of 1 | of 2 | of 4 | breaks even at zeros |\n|---|---|---|---|---|---|---|---|")
    for core in options.cores:
        near, alone, widths, *_ = CORES[core]
        for rows, plain in ((8 if core == "avr" else 24, near), (1, alone)):
            whole = rate(core, rows, *plain, 0)
            for inputs, together in ((1, widths), (4, QUAD_WIDTHS.get(core))):
                if together is None:
                    continue
                streams = [rate(core, rows, min(together[c], rows), c, inputs) for c in (1, 2, 4)]
                zeros = ", ".join(f"{100 * (1 - whole / one):.0f} %" for one in streams)
                print(f"| {core} | {rows} | {whole:.1f} | {inputs} | " + " | ".join(f"{one:.1f}" for one in streams) + f" | {zeros} |",
                      flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
