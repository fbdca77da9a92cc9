#!/usr/bin/env python3
"""Accuracy of networks with fewer channels, before and after distillation, in real numbers and in integers.

    tools/tables/pruned.py --mote build/release/bin/mote [--networks kws ic vww] [--macs 0.75 0.5 0.35]

Nothing is learned from rows that are measured on: keyword spotting and visual wake words learn from rows 0 to 249 and are
measured on 250 to 499; image classification learns from CIFAR-10's calibration and training images without those that
are test images, too, and is measured on the test images. No labels are used to learn. A quarter of an hour to an hour.
"""
import argparse
import pathlib
import sys
import tempfile

import networks
from networks import percent

EPOCHS = {"kws": 200, "ic": 60, "vww": 150}


def row(mote, network, share, original, folder, epochs):
    pruned, taught = folder / f"{network.key}_{share}.onnx", folder / f"{network.key}_{share}_taught.onnx"
    if not pruned.exists():
        mote.call("prune", network.model, *network.samples(), "--macs", share, "-o", pruned)
    structure, _ = mote.call("inspect", pruned)
    seconds = "taken"
    if not taught.exists():
        _, cost = mote.call("distill", "--teacher", network.model, "--student", pruned, *network.samples(), "--epochs",
                            epochs, "-o", taught)
        seconds = f"{cost.cpu_seconds:.0f} s"
    before, real, integer = (mote.accuracy(network, pruned), mote.accuracy(network, taught),
                             mote.integer_accuracy(network, taught))
    return [network.key, share, f"{structure['macs']:,}", f"{structure['parameters']:,}", percent(original), percent(before),
            percent(real), percent(integer), f"{100 * (integer - original):+.1f}", seconds]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mote", required=True)
    parser.add_argument("--networks", nargs="+", default=["kws", "ic", "vww"], choices=["kws", "ic", "vww"])
    parser.add_argument("--macs", nargs="+", default=["0.75", "0.5", "0.35"])
    parser.add_argument("--epochs", type=int, help=f"of distillation, instead of {EPOCHS}")
    parser.add_argument("--keep", help="a folder for the models that are made; those that are there already are taken")
    options = parser.parse_args()
    mote = networks.Mote(options.mote)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(options.keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        chosen = {"kws": networks.kws, "ic": lambda: networks.ic(folder), "vww": networks.vww}
        rows = []
        for key in options.networks:
            networks.require(networks.DATA)
            network = chosen[key]()
            original = mote.accuracy(network, network.model)
            for share in options.macs:
                rows.append(row(mote, network, share, original, folder, options.epochs or EPOCHS[key]))
                print(*rows[-1], file=sys.stderr, flush=True)
    print(networks.markdown(["network", "work kept", "MAC", "weights", "original, float", "pruned, float", "distilled, float",
                             "distilled, int8", "points", "CPU to distil"], rows))


if __name__ == "__main__":
    main()
