#!/usr/bin/env python3
"""Measures compiled networks and writes results.md: memory, code size, instructions on Cortex-M4F, host time.

    tests/benchmark/run.py --mote build/release/bin/mote [--update]

Needs the models, the instruction counter and its board support beside the project (../shared), the cross compiler and
QEMU, and node with onnxruntime-node for the reference times; it says what it leaves out. Times are the ratio of
medians of runs that alternate in one session; instructions are exact.
"""
import argparse
import dataclasses
import json
import math
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


@dataclasses.dataclass
class Network:
    """A model to measure, how it is compiled, and the model that ONNX Runtime is timed on."""
    key: str
    model: str
    options: tuple = ()
    reference: str = ""


def quantized(key, model, calibration, reference, *preprocess):
    options = ("--quantize", "int8", "--calibration", SHARED / "datasets" / calibration, *preprocess)
    return Network(key, model, options, reference)


FLOAT = [Network("kws", "kws_nchw_bn"), Network("ic", "ic_nchw_bn"), Network("vww", "vww_nchw_bn_padnodes"),
         Network("ad", "ad_gemm_bn"), Network("sww", "sww_1d_bn")]
# Quantized here, each on rows apart from those its accuracy is measured on; timed beside the official int8 models.
INT8 = [quantized("kws", "kws_nhwc_tf2onnx", "kws01/x_f32.npy[0:100]", "kws_int8_qdq_nhwc"),
        quantized("ic", "ic_nhwc_tf2onnx", "cifar10/calib_official_x_u8.npy", "ic_int8_qdq_nhwc", "--preprocess", "scale=1"),
        quantized("vww", "vww_nhwc_tf2onnx_autopad", "vww01/x_u8.npy[0:100]", "vww_int8_qdq_nhwc",
                  "--preprocess", f"scale={1 / 255}"),
        quantized("ad", "ad_matmul_tf2onnx", "ad01/x_f32.npy[0:98]", "ad_int8_qdq"),
        quantized("sww", "sww_nhwc_tf2onnx", "sww01/x_f32.npy[0:15]", "sww_int8_qdq_nchw")]
# The host has no products of pairs: its code is that of INT8, and is not timed again.
FAST = [dataclasses.replace(network, options=(*network.options, "--optimize", "speed")) for network in INT8]
M4F = ["-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"]

HOST_MAIN = """
#include <chrono>
#include <cstdio>
#include "{name}/{name}.h"
{buffers}
int main() {{
  for (int round = 0; round < {rounds}; ++round) {{
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < {repeats}; ++i) {{ {call} }}
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    std::printf("%.3f\\n", took.count() / {repeats});
  }}
}}
"""

BOARD_RUN = """
#include "{name}/{name}.h"
{buffers}
extern "C" void run(void) {{ {call} }}
"""


def run(arguments, **options):
    return subprocess.run([str(a) for a in arguments], check=True, capture_output=True, text=True, **options).stdout


def model_file(stem):
    return SHARED / f"models/mlperf_tiny/{stem}.onnx"


class Drop:
    """A compiled model on disk and what its manifest says."""

    def __init__(self, mote, network, target, folder):
        self.folder = folder
        run([mote, "compile", model_file(network.model), "--target", target, "-o", folder, "--name", "net", "--vectors",
             "0", "--quiet", *network.options])
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.sources = [folder / s for s in self.manifest["sources"]]
        self.includes = [f"-I{folder / i}" for i in self.manifest["include_dirs"]]

    def program(self, template, **more):
        tensors = self.manifest["inputs"] + self.manifest["outputs"]
        size = lambda t: max(1, math.prod(t["shape"]))
        buffers = "\n".join(f"static {t['c_type']} {t['c_name']}[{size(t)}];" for t in tensors)
        names = ", ".join(t["c_name"] for t in tensors)
        call = f"{self.manifest['entry']}(&{self.manifest['static_context']}, {names});"
        return template.format(name=self.manifest["name"], buffers=buffers, call=call, **more)


def code_bytes(drop, work):
    """.text of the network at -O2 for Cortex-M4F: kernels and calls, without the weights."""
    objects = []
    for source in drop.sources:
        objects.append(work / (source.stem + ".o"))
        run(["arm-none-eabi-g++", *M4F, "-std=c++14", "-O2", "-ffp-contract=off", "-fno-exceptions", "-fno-rtti",
             *drop.includes, "-c", source, "-o", objects[-1]])
    sections = run(["arm-none-eabi-size", "-A", *objects])
    return sum(int(n) for n in re.findall(r"^\.text\S*\s+(\d+)", sections, re.M))


def board_counts(drop, work):
    """Instructions, estimated cycles and painted stack of one inference on Cortex-M4F under QEMU."""
    harness, counter = SHARED / "tools/qemu-harness", SHARED / "tools/armcycles/armcycles.c"
    plugin = work / "armcycles.so"
    run(["gcc", "-O2", "-fPIC", "-shared", "-o", plugin, counter])
    main = work / "board_run.cpp"
    main.write_text(drop.program(BOARD_RUN))
    image = work / "image.elf"
    env = {"OPT": "-O2", "REPS": "1", "PATH": "/usr/bin:/bin"}
    run(["bash", harness / "build.sh", "m4", image, "--", "-std=c++14", "-ffp-contract=off", *drop.includes, main,
         *drop.sources], env=env)
    counted = subprocess.run(["bash", harness / "run.sh", "-p", plugin, "m4", image], capture_output=True, text=True,
                             timeout=900)
    text = counted.stdout + counted.stderr
    found = re.search(r"insns=(\d+) cycles=(\d+)", text)
    stack = re.search(r"stack (\d+)", text)
    return int(found[1]), int(found[2]), int(stack[1])


def host_times(drop, work, flags, rounds, repeats):
    main = work / "host_main.cpp"
    main.write_text(drop.program(HOST_MAIN, rounds=rounds, repeats=repeats))
    program = work / ("time" + "_".join(flags).replace("=", "").replace("-", ""))
    run(["c++", "-std=c++14", "-O3", "-ffp-contract=off", *flags, *drop.includes, main, *drop.sources, "-o", program])
    return lambda: [float(line) for line in run([program]).split()]


def node_modules():
    candidates = [ROOT / "build/node_modules", ROOT / "node_modules"]
    found = next((c for c in candidates if (c / "onnxruntime-node").is_dir()), None)
    if found is None and shutil.which("npm"):
        (ROOT / "build").mkdir(exist_ok=True)
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", ROOT / "build",
                        "onnxruntime-node"], capture_output=True)
        found = candidates[0] if (candidates[0] / "onnxruntime-node").is_dir() else None
    return found


def reference_times(model, modules, rounds, repeats):
    script = ROOT / "tests/benchmark/onnxruntime_time.js"
    return lambda: [float(x) for x in run(["node", script, model, rounds, repeats],
                                          env={"NODE_PATH": str(modules), "PATH": "/usr/local/bin:/usr/bin:/bin"}).split()]


def side_by_side(ours, native, reference):
    """Alternates the programs, so that a disturbance of the machine meets all of them."""
    samples = {"ours": [], "native": [], "reference": []}
    for _ in range(5):
        for name, measure in (("ours", ours), ("native", native), ("reference", reference)):
            samples[name] += measure()
    return {name: statistics.median(times) for name, times in samples.items()}


def measure(mote, network, modules, work):
    board = Drop(mote, network, "nucleo-l4r5zi", work / "board")
    host = Drop(mote, network, "host", work / "host")
    memory = board.manifest["memory"]
    row = {"net": network.key, "arena": memory["arena_bytes"], "scratch": memory["scratch_bytes"],
           "bound": memory["arena_lower_bound_bytes"], "sum": memory["arena_without_reuse_bytes"],
           "weights": memory["weights_bytes"], "macs": board.manifest["macs"]}
    row["code"] = code_bytes(board, work)
    row["instructions"], row["cycles"], row["stack"] = board_counts(board, work)
    if modules:
        rounds, repeats = 7, max(3, 20_000_000 // max(1, row["macs"]))
        reference = model_file(network.reference or network.model)
        times = side_by_side(host_times(host, work, [], rounds, repeats),
                             host_times(host, work, ["-march=native"], rounds, repeats),
                             reference_times(reference, modules, rounds, repeats))
        row |= {"us": times["ours"], "us_native": times["native"], "us_reference": times["reference"]}
    return row


def table(rows):
    lines = ["| network | MAC | arena B | of it scratch B | lower bound B | without reuse B | weights B | code B | "
             "M4F instructions | per MAC | M4F cycles | stack B | host µs | ÷ ONNX Runtime | -march=native µs | "
             "÷ ONNX Runtime |", "|" + "---|" * 16]
    for r in rows:
        host = ["–"] * 4
        if "us" in r:
            host = [f"{r['us']:.1f}", f"{r['us'] / r['us_reference']:.2f}", f"{r['us_native']:.1f}",
                    f"{r['us_native'] / r['us_reference']:.2f}"]
        lines.append(f"| {r['net']} | {r['macs']:,} | {r['arena']:,} | {r['scratch']:,} | {r['bound']:,} | {r['sum']:,} | "
                     f"{r['weights']:,} | {r['code']:,} | {r['instructions']:,} | {r['instructions'] / r['macs']:.2f} | "
                     f"{r['cycles']:,} | {r['stack']} | " + " | ".join(host) + " |")
    return lines


def report(float_rows, int8_rows, fast_rows):
    lines = ["# Measured", "Networks of MLPerf Tiny, written by `tests/benchmark/run.py --update`.", "",
             "Arena: bytes of the plan for Cortex-M4F, beside the lower bound of its order and the sum without reuse. "
             "Code: .text of the network at -O2 for Cortex-M4F. Instructions and stack: one inference on an emulated "
             "Cortex-M4F, exact; cycles estimated for zero wait states. Host time: -O3 for plain x86-64 (SSE2) and with "
             "-march=native, relative to ONNX Runtime on one thread, medians of alternating runs.", "",
             "## In float32", *table(float_rows), "",
             "## Quantized to int8",
             "With the portable kernels; ONNX Runtime runs the official int8 models.", "", *table(int8_rows), "",
             "## Quantized to int8, `--optimize speed`",
             "Weights of four neighbouring inputs are multiplied in pairs, where that takes fewer cycles.", "",
             *table(fast_rows)]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mote", type=pathlib.Path, default=ROOT / "build/release/bin/mote")
    parser.add_argument("--update", action="store_true", help="write tests/benchmark/results.md")
    parser.add_argument("--only", help="one network")
    parser.add_argument("--precision", choices=["float", "int8", "fast"], help="one precision")
    options = parser.parse_args()
    if not (SHARED / "models").is_dir():
        print("SKIPPED: ../shared is absent, so there is nothing to measure")
        return 0
    modules = node_modules()
    if modules is None:
        print("SKIPPED: onnxruntime-node is not available, so host times have no reference")
    rows = {"float": [], "int8": [], "fast": []}
    for precision, networks in (("float", FLOAT), ("int8", INT8), ("fast", FAST)):
        for network in networks:
            if options.only not in (None, network.key) or options.precision not in (None, precision):
                continue
            with tempfile.TemporaryDirectory() as work:
                timed = modules if precision != "fast" else None
                rows[precision].append(measure(options.mote.resolve(), network, timed, pathlib.Path(work)))
            print(json.dumps(rows[precision][-1]), flush=True)
    text = report(rows["float"], rows["int8"], rows["fast"])
    print(text)
    if options.update:
        (ROOT / "tests/benchmark/results.md").write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
