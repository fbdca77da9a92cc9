#!/usr/bin/python3
"""Train the screening sample: a random forest on scikit-learn's breast cancer data that may abstain.

Run from anywhere, with Debian 12's python3-sklearn and python3-onnx:

    /usr/bin/python3 samples/screening/train.py [--out DIRECTORY]

Writes screening.onnx, abstain.h, examples.txt and the test rows (see README.md) and prints what the model reaches.
"""
import argparse
import pathlib
import sys

import numpy
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_predict, train_test_split

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import forest_onnx  # noqa: E402

SEED = 0
TEST_ROWS = 171
BENIGN, MALIGNANT = 0, 1
MISSED_SHARE = 0.01  # of the malignant rows that may be called benign without a second look
ALARM_SHARE = 0.01   # of the benign rows that may be called malignant without one


def load_split():
    data = load_breast_cancer()
    malignant = 1 - data.target  # the data set counts the other way round
    return train_test_split(data.data.astype(numpy.float32), malignant, test_size=TEST_ROWS, random_state=SEED,
                            stratify=malignant)


def new_forest():
    return RandomForestClassifier(n_estimators=20, max_depth=6, min_samples_leaf=2, random_state=SEED)


def abstain_range(rows, labels):
    """Between these two probabilities a person decides. From tenfold cross-validation: no row judged itself."""
    probability = cross_val_predict(new_forest(), rows, labels, cv=10, method="predict_proba")[:, MALIGNANT]
    low = numpy.quantile(probability[labels == MALIGNANT], MISSED_SHARE, method="lower")
    high = numpy.quantile(probability[labels == BENIGN], 1 - ALARM_SHARE, method="higher")
    return round(float(low), 2), round(float(high), 2)


def write_range(path, low, high):
    path.write_text(f"""/* Written by train.py: from tenfold cross-validation on the training rows. */
#ifndef ABSTAIN_H
#define ABSTAIN_H

/* Probability of 'malignant': below the first the answer is benign, from the second on it is malignant, and between
   them a person looks. */
#define BENIGN_BELOW {low:.2f}F
#define MALIGNANT_FROM {high:.2f}F

#endif
""")


def answer(probability, low, high):
    name = "benign" if probability < low else "malignant" if probability >= high else "undecided, a person is to look"
    return f"{name} (malignant: {int(100 * probability + 0.5)} %)"


def write_examples(out, forest, rows, low, high):
    """One row each that is clearly benign, left to a person, and clearly malignant: what main.cpp reads and prints."""
    probability = forest.predict_proba(rows)[:, MALIGNANT]
    chosen = [int(probability.argmin()), int(abs(probability - (low + high) / 2).argmin()), int(probability.argmax())]
    (out / "examples.txt").write_text("".join(" ".join(str(number) for number in rows[i]) + "\n" for i in chosen))
    (out / "examples_expected.txt").write_text("".join(answer(probability[i], low, high) + "\n" for i in chosen))


def report(name, forest, rows, labels, low, high):
    probability = forest.predict_proba(rows)[:, MALIGNANT]
    correct = int((forest.predict(rows) == labels).sum())
    print(f"{name}: always answering {correct}/{len(labels)} = {100 * correct / len(labels):.2f} % right")
    decided = (probability < low) | (probability >= high)
    right = int(((probability >= high) == labels)[decided].sum())
    missed = int(((probability < low) & (labels == MALIGNANT)).sum())
    alarms = int(((probability >= high) & (labels == BENIGN)).sum())
    print(f"{name}: decided {decided.sum()}/{len(labels)}, of these {right} right; malignant called benign: {missed} of "
          f"{(labels == MALIGNANT).sum()}, benign called malignant: {alarms} of {(labels == BENIGN).sum()}")


def main():
    parser = argparse.ArgumentParser(description="Train the screening sample and write it as ONNX with test rows.")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent,
                        help="directory to write to (default: beside this script)")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    train_rows, test_rows, train_labels, test_labels = load_split()
    low, high = abstain_range(train_rows, train_labels)
    forest = new_forest().fit(train_rows, train_labels)
    forest_onnx.write(forest, ["benign", "malignant"], "measurements", out / "screening.onnx")
    write_range(out / "abstain.h", low, high)
    write_examples(out, forest, test_rows, low, high)
    numpy.save(out / "screening_test_rows.npy", test_rows)
    numpy.save(out / "screening_test_labels.npy", test_labels.astype(numpy.int64))

    print(f"benign below {low:.2f}, malignant from {high:.2f}, {sum(t.tree_.node_count for t in forest.estimators_)} nodes")
    report("test", forest, test_rows, test_labels, low, high)


if __name__ == "__main__":
    main()
