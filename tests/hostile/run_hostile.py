#!/usr/bin/env python3
"""Writes the hostile files, compiles each and checks the answer: exit code and diagnostic code as the manifest says, text that is
UTF-8 without control characters, no output folder, at most a second of processor time and 256 MB of memory.

usage: run_hostile.py MOTE FOLDER [--sanitized]     (a sanitizer costs time and memory of its own: not measured then)
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

from make_hostile import write_corpus

MOST_SECONDS = 1.0
MOST_MEGABYTES = 256
HANG_SECONDS = 60


def run(mote, model, options, target):
    """Exit code, stderr, processor seconds and peak megabytes of one compilation."""
    command = [mote, "compile", model, "--target", "host", "-o", target, *options]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            process.wait(HANG_SECONDS)
            hung = False
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            hung = True
        errors.seek(0)
        return process.returncode, errors.read(), hung


def measured(mote, model, options, target):
    """The same in a child of its own, so that its resource usage can be told from the others'."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code, text, hung = run(mote, model, options, target)
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        report = {"code": code, "text": text.decode("latin-1"), "hung": hung,
                  "seconds": usage.ru_utime + usage.ru_stime, "megabytes": usage.ru_maxrss / 1024}
        with os.fdopen(writer, "w") as pipe:
            json.dump(report, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        report = json.load(pipe)
    os.waitpid(child, 0)
    return report


def faults_of(entry, report, target, sanitized):
    text = report["text"].encode("latin-1")
    if report["hung"]:
        yield f"hangs for more than {HANG_SECONDS} s"
    if report["code"] != entry["exit"]:
        yield f"exit code {report['code']}, expected {entry['exit']}: {text[-300:]!r}"
    codes = re.findall(rb"error (E\d{4}):", text)
    if not codes or codes[0].decode() != entry["code"]:
        yield f"codes {[code.decode() for code in codes[:4]]}, expected {entry['code']}: {text[:300]!r}"
    try:
        if re.search("[\x00-\x09\x0b-\x1f\x7f]", text.decode("utf-8")):
            yield f"control characters in the report: {text[:300]!r}"
    except UnicodeDecodeError:
        yield f"the report is not UTF-8: {text[:300]!r}"
    if os.path.lexists(target):
        yield "an output folder was left behind"
    if not sanitized and report["seconds"] > MOST_SECONDS:
        yield f"{report['seconds']:.2f} s of processor time"
    if not sanitized and report["megabytes"] > MOST_MEGABYTES:
        yield f"{report['megabytes']:.0f} MB of memory"


def main():
    mote, folder = sys.argv[1:3]
    sanitized = "--sanitized" in sys.argv
    manifest = write_corpus(folder)
    target = os.path.join(folder, "drop")
    failed, slowest, largest = 0, (0.0, ""), (0.0, "")
    for entry in manifest:
        report = measured(mote, os.path.join(folder, "models", entry["name"] + ".onnx"), entry["options"], target)
        slowest = max(slowest, (report["seconds"], entry["name"]))
        largest = max(largest, (report["megabytes"], entry["name"]))
        faults = list(faults_of(entry, report, target, sanitized))
        failed += bool(faults)
        shutil.rmtree(target, ignore_errors=True)
        for fault in faults:
            print(f"{entry['name']}: {fault}")
    print(f"{len(manifest)} hostile files, {failed} not answered as they must be; slowest {slowest[0]:.2f} s "
          f"({slowest[1]}), largest {largest[0]:.0f} MB ({largest[1]})")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
