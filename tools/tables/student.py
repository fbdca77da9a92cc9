#!/usr/bin/env python3
"""What a student a quarter of the size learns from its teacher, beside what it learns from labels alone, over seeds.

    tools/tables/student.py --mote build/release/bin/mote [--seeds 5] [--epochs 200]

The bundled digits: rows 0 to 249 are learned from, 250 to 499 measured. Each way of learning has the learning rate with
the least loss on its own held-out part of the rows that are learned from. Needs numpy. A few minutes.
"""
import argparse
import pathlib
import statistics
import tempfile

import networks
from networks import percent

SAMPLES = networks.ROOT / "samples/digits"
IMAGES, LABELS, TEACHER = (SAMPLES / name for name in ("digits_test_images.npy", "digits_test_labels.npy", "digits.onnx"))
RATES = ("0.01", "0.03", "0.1")
WAYS = {"the teacher, no labels": (),
        "labels alone": ("--labels", LABELS, "--label-share", "1"),
        "the teacher and labels": ("--labels", LABELS, "--label-share", "0.3")}


def learned(mote, way, rate, seed, epochs, path):
    result, _ = mote.call("distill", "--teacher", TEACHER, "--student", SAMPLES / "student.mir", "--initial", "random",
                          "--calibration", IMAGES, "--rows", "0:250", "--epochs", epochs, "--rate", rate, "--seed", seed,
                          "-o", path, *WAYS[way])
    return result["loss"]


def row(mote, network, way, options, folder):
    path = folder / "student.onnx"
    seeds = range(1, options.seeds + 1)
    losses, accuracies = {}, {}
    for rate in RATES:
        results = []
        for seed in seeds:
            losses.setdefault(rate, []).append(learned(mote, way, rate, seed, options.epochs, path))
            results.append(mote.accuracy(network, path))
        accuracies[rate] = results
    best = min(RATES, key=lambda rate: statistics.mean(losses[rate]))
    chosen = accuracies[best]
    return [way, best, percent(statistics.mean(chosen)), f"{percent(min(chosen))} to {percent(max(chosen))}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mote", required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=200)
    options = parser.parse_args()
    mote = networks.Mote(options.mote)
    network = networks.Network("digits", TEACHER, IMAGES, "0:250", IMAGES, LABELS, "250:500")
    print(f"The teacher: {percent(mote.accuracy(network, TEACHER))}\n")
    with tempfile.TemporaryDirectory() as folder:
        rows = [row(mote, network, way, options, pathlib.Path(folder)) for way in WAYS]
    print(networks.markdown(["the student learns from", "rate", f"accuracy, mean of {options.seeds} seeds", "from, to"], rows))


if __name__ == "__main__":
    main()
