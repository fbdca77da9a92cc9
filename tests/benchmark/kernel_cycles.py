#!/usr/bin/env python3
"""Measures what lib/plan/cycles.cpp states: cycles per multiply-accumulate and per result, by kernel and core.

    tests/benchmark/kernel_cycles.py --mote build/release/bin/mote

Compiles networks of one layer in two sizes each, runs them under QEMU with the instruction counter beside the project
(../shared) and solves cycles = per_mac * multiply-accumulates + per_result * results. Cycles are the counter's estimate
for memory without wait states. Needs Python's onnx and numpy.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import run as benchmark  # noqa: E402

CORES = {"m0": "stm32f091rc", "m3": "stm32f103c8", "m4": "nucleo-l4r5zi"}


def convolution(name, size, channels, filters, kernel, groups=1):
    weights = numpy.random.default_rng(1).normal(size=(filters, channels // groups, kernel, kernel)).astype("f4")
    bias = numpy.zeros(filters, "f4")
    node = helper.make_node("Conv", ["x", "w", "b"], ["c"], pads=[kernel // 2] * 4, group=groups)
    relu = helper.make_node("Relu", ["c"], ["y"])
    return one_layer(name, [node, relu], [1, channels, size, size], [1, filters, size, size], {"w": weights, "b": bias})


def dense(name, inputs, outputs):
    weights = numpy.random.default_rng(1).normal(size=(inputs, outputs)).astype("f4")
    nodes = [helper.make_node("Gemm", ["x", "w", "b"], ["c"]), helper.make_node("Relu", ["c"], ["y"])]
    return one_layer(name, nodes, [1, inputs], [1, outputs], {"w": weights, "b": numpy.zeros(outputs, "f4")})


def one_layer(name, nodes, inputs, outputs, constants):
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, inputs)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, outputs)],
                              [numpy_helper.from_array(value, key) for key, value in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return model, inputs, numpy.prod(outputs)


# By kernel: two layers, and their multiply-accumulates.
LAYERS = {
    "conv2d 3x3": [(convolution("c8", 12, 8, 8, 3), 8 * 9), (convolution("c32", 12, 32, 8, 3), 32 * 9)],
    "conv2d 1x1": [(convolution("p8", 12, 8, 16, 1), 8), (convolution("p64", 12, 64, 16, 1), 64)],
    "depthwise 3x3": [(convolution("d3", 12, 16, 16, 3, 16), 9), (convolution("d5", 12, 16, 16, 5, 16), 25)],
    "dense": [(dense("f64", 64, 32), 64), (dense("f256", 256, 32), 256)],
}


def cycles(mote, core, layer, precision, work):
    model, inputs, _ = layer
    onnx.save(model, work / "layer.onnx")
    options = []
    if precision != "float":
        samples = numpy.random.default_rng(2).uniform(0, 1, size=(16, *inputs)).astype("f4")
        numpy.save(work / "samples.npy", samples)
        options = ["--quantize", "int8", "--calibration", work / "samples.npy", "--io", "int8", "--range", "minmax",
                   "--weight-rounding", "nearest", "--no-cache"]
        if precision == "int16":
            options += ["--int16", "*"]
    folder = work / "drop"
    benchmark.run([mote, "compile", work / "layer.onnx", "--target", CORES[core], "-o", folder, "--name", "net", "--vectors",
                   "0", "--ram", "4M", "--flash", "4M", "--quiet", *options])
    drop = benchmark.Drop.__new__(benchmark.Drop)
    drop.folder = folder
    drop.manifest = __import__("json").loads((folder / "manifest.json").read_text())
    drop.sources = [folder / s for s in drop.manifest["sources"]]
    drop.includes = [f"-I{folder / i}" for i in drop.manifest["include_dirs"]]
    main = work / "board_run.cpp"
    main.write_text(drop.program(benchmark.BOARD_RUN))
    harness = benchmark.SHARED / "tools/qemu-harness"
    plugin, image = work / "armcycles.so", work / "image.elf"
    if not plugin.exists():
        benchmark.run(["gcc", "-O2", "-fPIC", "-shared", "-o", plugin, benchmark.SHARED / "tools/armcycles/armcycles.c"])
    benchmark.run(["bash", harness / "build.sh", core, image, "--", "-std=c++14", "-ffp-contract=off", *drop.includes, main,
                   *drop.sources], env={"OPT": "-O2", "REPS": "1", "PATH": "/usr/bin:/bin"})
    counted = subprocess.run(["bash", harness / "run.sh", "-p", plugin, core, image], capture_output=True, text=True, timeout=900)
    return int(re.search(r"insns=(\d+) cycles=(\d+)", counted.stdout + counted.stderr)[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mote", type=pathlib.Path, default=benchmark.ROOT / "build/release/bin/mote")
    options = parser.parse_args()
    if not (benchmark.SHARED / "tools/armcycles").is_dir():
        print("SKIPPED: ../shared is absent, so there is no counter")
        return 0
    print("| core | precision | kernel | cycles per multiply-accumulate | per result |\n|---|---|---|---|---|")
    for core in CORES:
        for precision in ("int8", "int16", "float"):
            for kernel, layers in LAYERS.items():
                with tempfile.TemporaryDirectory() as folder:
                    per_result = [cycles(options.mote.resolve(), core, layer, precision, pathlib.Path(folder)) / layer[2]
                                  for layer, _ in layers]
                depths = [depth for _, depth in layers]
                slope = (per_result[1] - per_result[0]) / (depths[1] - depths[0])
                print(f"| {core} | {precision} | {kernel} | {slope:.2f} | {per_result[0] - slope * depths[0]:.1f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
