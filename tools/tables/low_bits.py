#!/usr/bin/env python3
"""Measures networks with weights of four bits and writes low_bits.md: accuracy beside the float model, bytes of weights.

    tools/tables/low_bits.py --mote build/release/bin/mote [--update]

Every network is calibrated on rows that its accuracy is not measured on. Needs the models and data sets beside the project
(../shared); without them it says so and measures nothing.
"""
import argparse
import dataclasses
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
TARGET = "nucleo-l4r5zi"
WAYS = {"int8": (), "int4": ("--weights", "int4")}


@dataclasses.dataclass
class Network:
    """A model, the rows it is calibrated on and those it is measured on; without labels it shall give its inputs back."""
    name: str
    model: str
    calibration: str
    data: str
    rows: str
    labels: str = ""
    options: tuple = ()


NETWORKS = [
    Network("keyword spotting", "kws_nhwc_tf2onnx", "kws01/x_f32.npy[0:250]", "kws01/x_f32.npy", "250:500", "kws01/y.npy"),
    Network("image classification", "ic_nhwc_tf2onnx", "cifar10/calib_official_x_u8.npy", "cifar10/test_x_u8.npy", "0:466",
            "cifar10/test_y.npy", ("--preprocess", "scale=1")),
    Network("visual wake words", "vww_nhwc_tf2onnx_autopad", "vww01/x_u8.npy[0:250]", "vww01/x_u8.npy", "250:500",
            "vww01/y.npy", ("--preprocess", f"scale={1 / 255}")),
    Network("anomaly detection", "ad_matmul_tf2onnx", "ad01/x_f32.npy[0:98]", "ad01/x_f32.npy", "98:196")]


def run(arguments):
    return subprocess.run([str(a) for a in arguments], check=True, capture_output=True, text=True).stdout


def data_file(name):
    return SHARED / "datasets" / name


def model_file(network):
    return SHARED / f"models/mlperf_tiny/{network.model}.onnx"


def quantizing(network, way):
    return ["--quantize", "int8", "--calibration", data_file(network.calibration), "--no-cache", *network.options, *WAYS[way]]


def scores(mote, network, way):
    """Of the float model and of its integer network: accuracy, or the mean squared error of what it gives back."""
    text = run([mote, "eval", model_file(network), "--data", data_file(network.data), "--labels",
                data_file(network.labels or network.data), "--rows", network.rows, "--format", "json",
                *quantizing(network, way)])
    found = {one["name"]: one["metrics"] for one in json.loads(text)["result"]["candidates"]}
    value = lambda metrics: metrics["accuracy"]["value"] if network.labels else metrics["rmse"]["value"] ** 2
    return value(found["float"]), value(found["compiled"])


def weights(mote, network, way, work):
    """Bytes of weights alone, and of all constants."""
    folder = work / f"{network.model}_{way}"
    run([mote, "compile", model_file(network), "--target", TARGET, "-o", folder, "--name", "net", "--vectors", "0", "--quiet",
         *quantizing(network, way)])
    text = (folder / "src/net_weights.hpp").read_text()
    arrays = [line.split() for line in text.splitlines() if line.startswith("extern const")]
    of_weights = sum(int(words[3].split("[")[1].split("]")[0]) for words in arrays if words[2] in ("int8_t", "uint8_t"))
    return of_weights, json.loads((folder / "manifest.json").read_text())["memory"]["weights_bytes"]


def text_of(network, score):
    return f"{100 * score:.2f} %" if network.labels else f"{score:.3f}"


def row_of(mote, network, work):
    found = {way: scores(mote, network, way) for way in WAYS}
    bytes_of = {way: weights(mote, network, way, work) for way in WAYS}
    cells = [network.name, text_of(network, found["int8"][0])]
    cells += [text_of(network, found[way][1]) for way in WAYS]
    for which in (0, 1):
        wide, narrow = (bytes_of[way][which] for way in WAYS)
        cells += [f"{wide:,} -> {narrow:,} ({narrow / wide:.2f})"]
    return "| " + " | ".join(cells) + " |"


def table(mote):
    with tempfile.TemporaryDirectory() as work:
        rows = [row_of(mote, network, pathlib.Path(work)) for network in NETWORKS]
    return "\n".join([
        "# Weights of four bits", "",
        "Written by `tools/tables/low_bits.py`. Activations have 8 bits. Accuracy on rows that were not calibrated on; of",
        "anomaly detection the mean squared error. Weights are the arrays of levels (8-bit tables included), constants all",
        f"arrays in flash; {TARGET}.", "",
        "| network | float | int8 | `--weights int4` | weights, bytes | constants, bytes |", "|---|---|---|---|---|---|", *rows,
        ""])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mote", type=pathlib.Path, required=True)
    parser.add_argument("--update", action="store_true", help="write tools/tables/low_bits.md")
    arguments = parser.parse_args()
    if not (SHARED / "models/mlperf_tiny").is_dir() or not (SHARED / "datasets").is_dir():
        print("skipped: no ../shared/models/mlperf_tiny or no ../shared/datasets", file=sys.stderr)
        return
    text = table(arguments.mote.resolve())
    print(text)
    if arguments.update:
        (ROOT / "tools/tables/low_bits.md").write_text(text)


if __name__ == "__main__":
    main()
