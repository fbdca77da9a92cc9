#!/usr/bin/python3
"""Train the bundled sample: a small CNN on scikit-learn's handwritten digits.

Run from anywhere, with Debian 12's python3-sklearn, python3-torch and python3-onnx:

    /usr/bin/python3 samples/digits/train.py [--out DIRECTORY]

Writes digits.onnx and its test vectors (see README.md) and prints the accuracy.
"""
import argparse
import collections
import pathlib

import numpy
import onnx
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

SEED = 0
TEST_ROWS = 500
EPOCHS = 30
BATCH_ROWS = 64
LEARNING_RATE = 1e-2
WEIGHT_DECAY = 1e-2
FULL_SCALE = 16  # the data set counts ink per 4x4 cell: 0..16
OPSET = 14

EXPECTED_OPERATORS = {
    "Conv": 2, "BatchNormalization": 2, "Relu": 2, "MaxPool": 2, "Flatten": 1, "Gemm": 1, "Softmax": 1,
}


def build_network():
    """Logits of ten classes from one 8x8 image; Softmax is added for export only."""
    return nn.Sequential(collections.OrderedDict([
        ("conv1", nn.Conv2d(1, 8, kernel_size=3, padding=1)),
        ("norm1", nn.BatchNorm2d(8)),
        ("relu1", nn.ReLU()),
        ("pool1", nn.MaxPool2d(2)),
        ("conv2", nn.Conv2d(8, 16, kernel_size=3, padding=1)),
        ("norm2", nn.BatchNorm2d(16)),
        ("relu2", nn.ReLU()),
        ("pool2", nn.MaxPool2d(2)),
        ("flatten", nn.Flatten()),
        ("dense", nn.Linear(16 * 2 * 2, 10)),
    ]))


def load_split():
    """Train and test rows, stratified by class: images Nx1x8x8 in [0, 1], labels N."""
    digits = load_digits()
    images = digits.images[:, numpy.newaxis] / FULL_SCALE
    return train_test_split(images, digits.target, test_size=TEST_ROWS, random_state=SEED, stratify=digits.target)


def train(network, images, labels):
    images, labels = torch.tensor(images), torch.tensor(labels)
    batches_per_epoch = -(-len(images) // BATCH_ROWS)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * batches_per_epoch)
    network.train()
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(images)).split(BATCH_ROWS):
            loss = nn.functional.cross_entropy(network(images[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    network.eval()


def with_softmax(network):
    """The trained layers themselves (not copies), followed by Softmax: what firmware wants to read."""
    layers = collections.OrderedDict(network.named_children())
    layers["softmax"] = nn.Softmax(dim=1)
    return nn.Sequential(layers).eval()


def scores_of(classifier, images):
    with torch.no_grad():
        return classifier(torch.tensor(images)).numpy()


def export(classifier, path):
    """Write the float32 network as a user's export has it: nothing fused, nothing folded, any batch size."""
    # TrainingMode.PRESERVE on a network in eval mode is what keeps BatchNormalization
    # out of Conv: the default mode merges the two before anything is written.
    torch.onnx.export(
        classifier, torch.zeros(1, 1, 8, 8), str(path),
        input_names=["image"], output_names=["scores"],
        dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}},
        opset_version=OPSET, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
    model = onnx.load(str(path))
    onnx.checker.check_model(model, full_check=True)
    operators = collections.Counter(node.op_type for node in model.graph.node)
    if operators != EXPECTED_OPERATORS:
        raise SystemExit(f"{path}: exported operators {dict(operators)}, expected {EXPECTED_OPERATORS}")


def report(name, scores, labels):
    correct = int((scores.argmax(axis=1) == labels).sum())
    print(f"{name} accuracy: {correct}/{len(labels)} = {100 * correct / len(labels):.2f} %")


def main():
    parser = argparse.ArgumentParser(description="Train the digits sample and write it as ONNX with test vectors.")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent,
                        help="directory to write to (default: beside this script)")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    # One thread and double precision: sums are rounded so far below float32 that the
    # order in which another processor's vector unit adds them rarely shows in the weights.
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(SEED)

    train_images, test_images, train_labels, test_labels = load_split()
    network = build_network()
    train(network, train_images, train_labels)
    classifier = with_softmax(network)

    torch.set_default_dtype(torch.float32)
    classifier.float()
    export(classifier, out / "digits.onnx")
    single = scores_of(classifier, test_images.astype(numpy.float32))

    # The expected scores are those of the float32 weights, computed in double and rounded
    # once: no particular float32 summation order is favoured over another.
    classifier.double()
    train_scores = scores_of(classifier, train_images)
    test_scores = scores_of(classifier, test_images).astype(numpy.float32)

    numpy.save(out / "digits_test_images.npy", test_images.astype(numpy.float32))
    numpy.save(out / "digits_test_labels.npy", test_labels.astype(numpy.int64))
    numpy.save(out / "digits_expected.npy", test_scores)

    report("train", train_scores, train_labels)
    report("test", test_scores, test_labels)
    print(f"largest difference of PyTorch's float32 scores: {abs(single - test_scores).max():.1e}")
    print(f"classes equal to PyTorch's float32: {int((single.argmax(1) == test_scores.argmax(1)).sum())}/{TEST_ROWS}")


if __name__ == "__main__":
    main()
