#!/usr/bin/env python3
"""What `mote fit` makes of networks that are too large for a part, and what it says where nothing fits.

    tools/tables/fitted.py --mote build/release/bin/mote [--networks kws ic vww]

Networks are fitted, and learn, on samples apart from those that accuracy is measured on (networks.py), without labels;
accuracy is that of the drop that the recipe compiles to. Image classification and visual wake words take images as
integers (--io int8), so that the buffer for them is the caller's.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import networks
from networks import percent

TARGET = "nucleo-l4r5zi"
# RAM and flash in KiB, epochs of the distillation.
REQUESTS = {"kws": (8, 24, 60, ()), "ic": (16, 48, 100, ("--io", "int8")), "vww": (28, 32, 60, ("--io", "int8"))}
IMPOSSIBLE = ("512", "24K")  # RAM and flash, for kws


def request(network, ram, flash, *more):
    calibration = f"{network.learned}[{network.learned_rows}]"
    return ["fit", network.model, "--target", TARGET, "--ram", ram, "--flash", flash, "--calibration", calibration,
            *network.preprocess, *more]


def compiled_accuracy(mote, network, recipe, folder):
    drop = folder / f"{network.key}_drop"
    subprocess.run([mote.program, "--config", recipe, "compile", "-o", drop], check=True, capture_output=True)
    return mote.accuracy(network, network.model, "--drop", drop)


def fitted_row(mote, network, folder):
    ram, flash, epochs, more = REQUESTS[network.key]
    output = folder / network.key
    result, cost = mote.call(*request(network, f"{ram}K", f"{flash}K", "--distill", epochs, "-o", output, *more))
    whole, found = result["networks"][0], result["networks"][result["solution"]]
    original = mote.accuracy(network, network.model)
    accuracy = compiled_accuracy(mote, network, output / "mote.toml", folder)
    change = lambda key: f"{whole[key]:,} → {found[key]:,}"
    return [network.key, f"{ram} KiB + {flash} KiB", change("ram_bytes"), change("flash_bytes"), change("cycles"), change("macs"),
            found["network"], percent(original), percent(accuracy), f"{cost.cpu_seconds:.0f} s"]


def refusal(mote, network, folder):
    done = subprocess.run([str(a) for a in (mote.program, *request(network, *IMPOSSIBLE, "-o", folder / "impossible"))],
                          capture_output=True, text=True)
    if done.returncode != 3:
        sys.exit(f"expected a refusal, got exit code {done.returncode}: {done.stdout}{done.stderr}")
    return "\n".join(line for line in done.stderr.splitlines() if "error" in line or "help" in line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mote", required=True)
    parser.add_argument("--networks", nargs="+", default=["kws", "ic", "vww"], choices=["kws", "ic", "vww"])
    parser.add_argument("--keep", help="a folder for recipes and drops")
    options = parser.parse_args()
    networks.require(networks.DATA)
    mote = networks.Mote(options.mote)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(options.keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        chosen = {"kws": networks.kws, "ic": lambda: networks.ic(folder), "vww": networks.vww}
        rows = []
        for key in options.networks:
            rows.append(fitted_row(mote, chosen[key](), folder))
            print(*rows[-1], file=sys.stderr, flush=True)
        print(networks.markdown(["network", "RAM + flash allowed", "arena B", "weights B", "cycles, estimated", "MAC", "solution",
                                 "original, float", "fitted, int8", "CPU"], rows))
        ram, flash = IMPOSSIBLE
        print(f"\nkws with --ram {ram} --flash {flash}:\n\n{refusal(mote, networks.kws(), folder)}")


if __name__ == "__main__":
    main()
