#!/usr/bin/env python3
"""Measures what lib/plan/weight_rates.cpp states besides cycles of weights: those of runs and of gathered quads.

    tests/benchmark/weight_runs.py

One pixel of a convolution with 16 output channels on Cortex-M4 (the counter's cycles under QEMU, ../shared), all weights
or all quads of them, with kernels of 6 and of 2 rows: what a row takes beyond the rates of its weights is by block, beyond
what a row of all weights does. Where the window leaves the image the rest is by quad.
"""
import pathlib
import random
import sys
import tempfile

import weight_rates

CHANNELS = 16
# Cycles of a weight in a single row: all weights, quads by channels (weight_rates.py).
PLAIN, QUADS = 3.8, {1: 4.0, 2: 2.8, 4: 2.2}
# Kernel columns, input channels, columns of the kernel in the padding at the left and at the right.
WINDOWS = [(3, 3, 1, 0), (3, 3, 0, 1), (4, 1, 1, 0), (5, 2, 2, 0)]

PROGRAM = """
#include "quantized_conv2d.hpp"
#include "quantized_sparse_quads.hpp"
struct Geometry {{
  static constexpr int32_t batch = 1, in_h = {rows}, in_w = {width}, in_c = {depth}, out_h = 1, out_w = 1, out_c = {channels};
  static constexpr int32_t groups = 1, kernel_h = {rows}, kernel_w = {columns}, stride_h = 1, stride_w = 1;
  static constexpr int32_t dilation_h = 1, dilation_w = 1, pad_top = 0, pad_left = {left}, pad_value = 3;
  static constexpr int32_t weight_step = {channels}, weight_block = {block}, tile_w = 1, tile_c = {block}, count_bytes = 1;
  static constexpr int32_t accumulator_shift = 0, lowest = -128, highest = 127, residual_multiplier = 0;
  static constexpr bool has_residual = false, has_table = false;
}};
alignas(4) static const {type} weights[] = {{{weights}}};
static const int32_t bias[{channels}] = {{}}, multiplier[{channels}] = {{{multipliers}}};
alignas(4) static int8_t input[{rows} * {width} * {depth}], output[{channels}];
static void fill() {{ for (int i = 0; i < {rows} * {width} * {depth}; ++i) input[i] = static_cast<int8_t>(i * 37); }}
static void multiply() {{
  mote_kernels::{kernel}<int8_t, int8_t, int8_t>(
      Geometry{{}}, input, mote_kernels::constant_pointer<{type}>(weights), bias, multiplier,
      mote_kernels::constant_pointer<int8_t>(static_cast<const int8_t*>(nullptr)), static_cast<const int8_t*>(nullptr), output);
}}
"""


def quads_of_row(length):
    return [min(first, length - 4) for first in range(0, length, 4)]


def cycles(rows, window, block):
    """With quads of so many channels; 0: all weights, plainly."""
    columns, depth, left, right = window
    draw = random.Random(1)
    fields = {"type": "int8_t", "kernel": "quantized_conv2d", "block": 8}
    weights = [draw.choice([-90, -5, 1, 3, 7]) for _ in range(rows * columns * depth * CHANNELS)]
    if block:
        run = [(first, [draw.choice([-90, -5, 1, 3, 7]) for _ in range(4 * block)]) for first in quads_of_row(columns * depth)]
        weights = weight_rates.stream_of_quads([run] * (CHANNELS // block * rows))
        fields = {"type": "uint8_t", "kernel": "quantized_conv2d_sparse_quads", "block": block}
    text = PROGRAM.format(rows=rows, width=columns - left - right, depth=depth, columns=columns, left=left, channels=CHANNELS,
                          weights=", ".join(map(str, weights)), multipliers=", ".join(["30000000"] * CHANNELS), **fields)
    with tempfile.TemporaryDirectory() as folder:
        return weight_rates.arm_cycles("m4", text, pathlib.Path(folder))


def of_row(window, block):
    return (cycles(6, window, block) - cycles(2, window, block)) / 4


def main():
    if not weight_rates.SHARED.is_dir():
        print("SKIPPED: ../shared is absent, so there is no counter")
        return 0
    print("| columns x depth | in the padding | channels | a run | a gathered quad |\n|---|---|---|---|---|")
    for columns, depth, left, right in WINDOWS:
        inside, border = (columns, depth, 0, 0), (columns, depth, left, right)
        plain, plain_at_border = of_row(inside, 0), of_row(border, 0)
        quads = len(quads_of_row(columns * depth))
        for block, rate in QUADS.items():
            streamed, gathered = of_row(inside, block), of_row(border, block)
            blocks = CHANNELS // block
            beyond = plain - PLAIN * CHANNELS * columns * depth
            run = (streamed - rate * CHANNELS * 4 * quads - beyond) / blocks
            gather = (gathered - streamed - (plain_at_border - plain)) / (blocks * quads)
            print(f"| {columns} x {depth} | {left} left, {right} right | {block} | {run:.0f} | {gather:.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
