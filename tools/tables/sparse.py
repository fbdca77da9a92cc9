#!/usr/bin/env python3
"""Keyword spotting, or another network, with weights of 0 that are left out: flash, instructions and accuracy.

    tools/tables/sparse.py --mote build/release/bin/mote [--network vww] [--sparsity 0.5 0.7] [--block 1 2x4] [--keep FOLDER]

Zeros are chosen on rows 0 to 249 and the others learn there, without labels, each network beginning with the one before;
accuracy is that of the integer network on rows 250 to 499. Instructions and cycles of one inference are counted on emulated cores, flash is weights and code at -O2.
Needs the models, data and the counter beside the project (../shared). About ten minutes.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import networks

sys.path.insert(0, str(networks.ROOT / "tests/benchmark"))
import run as benchmark  # noqa: E402

PARTS = {"m0": ("stm32f091rc", ["-mcpu=cortex-m0", "-mthumb"]), "m4": ("nucleo-l4r5zi", benchmark.M4F)}
# Blocks of weights that become 0 together, and the cores whose kernels take them.
CORES = {"1": ("m0", "m4"), "1x4": ("m4",), "2x4": ("m4",)}
EPOCHS = "60"


def quantizing(network):
    return ["--quantize", "int8", "--calibration", f"{network.learned}[{network.learned_rows}]"]


class Drop(benchmark.Drop):
    def __init__(self, mote, network, model, core, folder):
        self.core, self.folder = core, folder
        mote.call("compile", model, "--target", PARTS[core][0], "-o", folder, "--name", "net", "--vectors", "0",
                  "--optimize", "speed", "--io", "int8", *quantizing(network))
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.sources = [folder / source for source in self.manifest["sources"]]
        self.includes = [f"-I{folder / include}" for include in self.manifest["include_dirs"]]

    def code_bytes(self):
        objects = []
        for source in self.sources:
            objects.append(self.folder / (source.stem + ".o"))
            benchmark.run(["arm-none-eabi-g++", *PARTS[self.core][1], "-std=c++14", "-O2", "-ffp-contract=off",
                           "-fno-exceptions", "-fno-rtti", *self.includes, "-c", source, "-o", objects[-1]])
        sections = benchmark.run(["arm-none-eabi-size", "-A", *objects])
        return sum(int(size) for size in re.findall(r"^\.text\S*\s+(\d+)", sections, re.M))

    def counts(self):
        """Instructions and estimated cycles."""
        harness = benchmark.SHARED / "tools/qemu-harness"
        plugin, main, image = (self.folder / name for name in ("armcycles.so", "board_run.cpp", "image.elf"))
        benchmark.run(["gcc", "-O2", "-fPIC", "-shared", "-o", plugin, benchmark.SHARED / "tools/armcycles/armcycles.c"])
        main.write_text(self.program(benchmark.BOARD_RUN))
        benchmark.run(["bash", harness / "build.sh", self.core, image, "--", "-std=c++14", "-ffp-contract=off",
                       *self.includes, main, *self.sources], env={"OPT": "-O2", "REPS": "1", "PATH": "/usr/bin:/bin"})
        done = subprocess.run(["bash", harness / "run.sh", "-p", plugin, self.core, image], capture_output=True, text=True,
                              timeout=900)
        found = re.search(r"insns=(\d+) cycles=(\d+)", done.stdout + done.stderr)
        return int(found[1]), int(found[2])


def rows_of(mote, network, name, block, model, folder):
    accuracy = networks.percent(mote.accuracy(network, model, *quantizing(network)))
    for core in CORES.get(block, PARTS):
        drop = Drop(mote, network, model, core, folder / f"{name.replace(' ', '_')}_{block}_{core}")
        weights, code = drop.manifest["memory"]["weights_bytes"], drop.code_bytes()
        instructions, cycles = drop.counts()
        yield [name, block, core, f"{weights:,}", f"{code:,}", f"{weights + code:,}", f"{instructions:,}", f"{cycles:,}", accuracy]


def thinned(mote, network, model, share, block, folder):
    sparse, taught = (folder / f"{network.key}_{share}_{block}_{kind}.onnx" for kind in ("sparse", "taught"))
    if not taught.exists():
        mote.call("prune", model, *network.samples(), "--sparsity", share, "--block", block, "-o", sparse)
        mote.call("distill", "--teacher", network.model, "--student", sparse, *network.samples(), "--epochs", EPOCHS, "-o",
                  taught)
    return sparse, taught


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mote", required=True)
    parser.add_argument("--network", default="kws")
    parser.add_argument("--sparsity", nargs="+", default=["0.5", "0.7"])
    parser.add_argument("--block", nargs="+", default=["1", "1x4", "2x4"])
    parser.add_argument("--keep", help="a folder for the models that are made; those that are there already are taken from it")
    options = parser.parse_args()
    networks.require(networks.DATA, benchmark.SHARED / "tools/armcycles")
    mote, network = networks.Mote(options.mote), getattr(networks, options.network)()
    with tempfile.TemporaryDirectory() as temporary:
        folder, work = pathlib.Path(options.keep or temporary), pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        rows = []
        models = [("none", "", network.model)]
        for block in options.block:
            model = network.model
            for share in options.sparsity:
                sparse, model = thinned(mote, network, model, share, block, folder)
                models.append((share, block, model))
                print(share, block, "before learning:", networks.percent(mote.accuracy(network, sparse, *quantizing(network))),
                      file=sys.stderr, flush=True)
        for name, block, model in models:
            for row in rows_of(mote, network, name, block, model, work):
                rows.append(row)
                print(*row, file=sys.stderr, flush=True)
    print(networks.markdown(["weights of 0", "in blocks of", "core", "weights B", "code B", "flash B", "instructions", "cycles",
                             "accuracy, int8"], rows))


if __name__ == "__main__":
    main()
