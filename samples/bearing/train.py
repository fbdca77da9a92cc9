#!/usr/bin/python3
"""Train the bearing sample: a random forest that tells machine faults from the vibration of simulated motors.

Run from anywhere, with Debian 12's python3-sklearn and python3-onnx; about a minute:

    /usr/bin/python3 samples/bearing/train.py [--out DIRECTORY]

Writes bearing.onnx and its test data (see README.md) and prints what the model reaches.
"""
import argparse
import pathlib
import sys

import numpy
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import GroupKFold, cross_val_score

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import features  # noqa: E402
import forest_onnx  # noqa: E402
import simulate  # noqa: E402

TRAIN = {"seed": 0, "machines": 60, "per_machine": 100}
TEST = {"seed": 1, "machines": 20, "per_machine": 50}  # machines that training has not seen
RECORDED = 25  # windows that are kept as they are, for main.cpp


def load(part):
    counts, speeds, severities, classes, machines = zip(*simulate.windows(**part))
    rows = numpy.array([features.features(c, s) for c, s in zip(counts, speeds)], dtype=numpy.float32)
    return rows, numpy.array(classes), numpy.array(machines), numpy.array(severities), counts, speeds


def write_recording(path, counts, speeds):
    """Per window: the speed as float32, then the counts as int16; little endian, as the firmware's port takes them."""
    with open(path, "wb") as file:
        for row, speed in list(zip(counts, speeds))[:RECORDED]:
            file.write(numpy.float32(speed).astype("<f4").tobytes() + row.astype("<i2").tobytes())


def write_expected(path, forest, rows):
    """What main.cpp is to print for the recording."""
    with open(path, "w") as file:
        for shares in forest.predict_proba(rows[:RECORDED]):
            file.write(f"{simulate.CLASSES[shares.argmax()]} ({int(100 * shares.max() + 0.5)} %)\n")


def report(forest, rows, classes, severities):
    right = forest.predict(rows) == classes
    print(f"test: {right.sum()}/{len(right)} = {100 * right.mean():.1f} % right, on machines not trained on")
    faulty = classes != 0
    print(f"  healthy: {100 * right[~faulty].mean():.1f} % of {(~faulty).sum()}")
    for low, high in ((0.03, 0.1), (0.1, 0.3), (0.3, 1.0)):
        part = faulty & (severities >= low) & (severities < high)
        print(f"  faults of severity {low}-{high}: {100 * right[part].mean():.1f} % of {part.sum()}")
    print(confusion_matrix(classes, forest.predict(rows)))


def main():
    parser = argparse.ArgumentParser(description="Train the bearing sample and write it as ONNX with test data.")
    parser.add_argument("--out", type=pathlib.Path, default=HERE, help="directory to write to (default: beside this script)")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    rows, classes, machines, *_ = load(TRAIN)
    forest = RandomForestClassifier(n_estimators=20, max_depth=6, min_samples_leaf=5, random_state=0)
    scores = cross_val_score(forest, rows, classes, groups=machines, cv=GroupKFold(6))
    print(f"train: {100 * scores.mean():.1f} % right in sixfold cross-validation by machine")
    forest.fit(rows, classes)
    forest_onnx.write(forest, simulate.CLASSES, "features", out / "bearing.onnx")

    rows, classes, _, severities, counts, speeds = load(TEST)
    report(forest, rows, classes, severities)
    numpy.save(out / "bearing_test_features.npy", rows)
    numpy.save(out / "bearing_test_labels.npy", classes.astype(numpy.int64))
    write_recording(out / "recording.bin", counts, speeds)
    write_expected(out / "recording_expected.txt", forest, rows)
    print(f"{sum(t.tree_.node_count for t in forest.estimators_)} nodes")


if __name__ == "__main__":
    main()
