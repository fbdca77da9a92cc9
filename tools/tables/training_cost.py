#!/usr/bin/env python3
"""What training costs on this machine: 50 epochs of 1,000 samples, in processor seconds and peak memory.

    tools/tables/training_cost.py --mote build/release/bin/mote [--epochs 50]

Each network teaches itself, so that student and teacher have their whole size. With fewer epochs the seconds are scaled
up to 50, after those of one epoch less are taken off, which leaves out what happens once. Wall time on two idle
processors is half the processor seconds. Needs numpy.
"""
import argparse
import pathlib
import tempfile

import networks

SAMPLES, EPOCHS = 1000, 50


def samples_of(network, folder):
    import numpy
    images = numpy.load(network.learned)
    path = folder / f"{network.key}.npy"
    numpy.save(path, numpy.concatenate([images] * (SAMPLES // len(images) + 1))[:SAMPLES])
    return path


def cost_of(mote, network, path, epochs, folder, *options):
    _, cost = mote.call("distill", "--teacher", network.model, "--student", network.model, "--calibration", path,
                        "--epochs", epochs, "-o", folder / "student.onnx", *network.preprocess, *options)
    return cost


def row(mote, network, name, epochs, folder, *options):
    path = samples_of(network, folder)
    whole = cost_of(mote, network, path, epochs, folder, *options)
    if epochs == EPOCHS:
        seconds = whole.cpu_seconds
    else:
        once = cost_of(mote, network, path, 1, folder, *options).cpu_seconds
        seconds = once + (whole.cpu_seconds - once) / (epochs - 1) * (EPOCHS - 1)
    return [name, f"{seconds:.0f} s", f"{seconds / 2:.0f} s", f"{whole.peak_bytes / 2**20:.0f} MiB"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mote", required=True)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()
    if options.epochs < 2:
        parser.error("--epochs: two or more")
    mote = networks.Mote(options.mote)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        rows = [row(mote, networks.kws(), "kws", options.epochs, folder),
                row(mote, networks.kws(), "kws, `--quantize int8`", options.epochs, folder, "--quantize", "int8"),
                row(mote, networks.ic(folder), "ic", options.epochs, folder),
                row(mote, networks.vww(), "vww", options.epochs, folder)]
    print(networks.markdown(["network", "processor", "wall, two idle", "memory"], rows))


if __name__ == "__main__":
    main()
