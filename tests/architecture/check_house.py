#!/usr/bin/env python3
"""The rules of the house that no compiler enforces: who may include whom, how long a file may be, what no file says."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A folder may include the folders named here, and itself.
MAY_INCLUDE = {
    "lib/support": [],
    "lib/target": ["lib/support"],
    "lib/ir": ["lib/support"],
    "lib/ops": ["lib/support", "lib/ir", "lib/target"],
    "lib/import": ["lib/support", "lib/ir", "lib/target", "lib/ops"],
    "lib/exec": ["lib/support", "lib/ir", "lib/target", "lib/ops"],
    "lib/data": ["lib/support", "lib/ir", "lib/target"],
    "lib/plan": ["lib/support", "lib/ir", "lib/target", "lib/ops"],
    "lib/quant": ["lib/support", "lib/ir"],
    "lib/export": ["lib/support", "lib/ir", "lib/target", "lib/ops", "lib/quant"],
    "passes": ["lib/support", "lib/ir", "lib/target", "lib/ops", "lib/exec", "lib/plan", "lib/quant"],
    "codegen": ["lib/support", "lib/ir", "lib/target", "lib/ops", "lib/plan"],
    "tools": ["lib", "passes", "codegen"],
}
# Third-party headers stay behind one door each.
ONLY_IN = {
    "spdlog/": ["lib/support/log.cpp"],
    "openssl/": ["lib/support/sha256.cpp"],
    "toml++": ["lib/target/"],
    "google/protobuf": ["lib/import/", "lib/export/"],
    "onnx/": ["lib/import/", "lib/export/"],
    "Eigen/": ["lib/quant/"],
    "zip.h": ["lib/ir/npz.cpp"],
    "nlohmann/": ["codegen/", "passes/quantize/", "tools/"],
    "CLI/": ["tools/"],
}
# The kernels that operators know: elementary functions and the formulas on top of them are definitions, shared by the
# interpreter and the emitted code so that both give the same bits.
SHARED_FORMULAS = {"math_f32.hpp", "math_f64.hpp", "pow_f32.hpp", "recurrent_functions.hpp", "unary_functions.hpp"}
LINE_CAP = 500
# Spelt apart, so that this file does not find itself.
FORBIDDEN = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


def folder_of(path: str) -> str | None:
    matches = [folder for folder in MAY_INCLUDE if path.startswith(folder + "/")]
    return max(matches, key=len) if matches else None


def check_includes(path: str, text: str) -> list[str]:
    problems = []
    folder = folder_of(path)
    if folder is None or path.startswith(("codegen/kernels/", "tools/emulators/")):
        return problems
    for included in re.findall(r'#include "([^"]+)"', text):
        target = folder_of(included)
        allowed = MAY_INCLUDE[folder] + [folder]
        if target and not any(target == one or target.startswith(one + "/") for one in allowed):
            problems.append(f"{path}: includes {included}, but {folder} may only know {', '.join(MAY_INCLUDE[folder])}")
        shared = folder == "lib/ops" and included in SHARED_FORMULAS
        if target is None and included.endswith(".hpp") and not shared:
            problems.append(f"{path}: includes {included} without its path from the root")
    for included in re.findall(r"#include <([^>]+)>", text):
        for library, doors in ONLY_IN.items():
            if included.startswith(library) and not any(path.startswith(door) for door in doors):
                problems.append(f"{path}: includes <{included}>, which belongs behind {', '.join(doors)}")
    return problems


def check_kernel(path: str, text: str) -> list[str]:
    allowed = {"stdint.h", "stddef.h", "string.h", "avr/pgmspace.h"}
    return [f"{path}: a kernel may not include <{name}>"
            for name in re.findall(r"#include <([^>]+)>", text) if name not in allowed]


def main() -> int:
    problems = []
    files = [p for folder in ("lib", "passes", "codegen", "tools", "tests", "samples")
             for p in sorted((ROOT / folder).rglob("*")) if p.suffix in {".cpp", ".hpp", ".h", ".c", ".py", ".def", ".cmake"}]
    for file in files:
        path = file.relative_to(ROOT).as_posix()
        text = file.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > LINE_CAP:
            problems.append(f"{path}: {lines} lines, the cap is {LINE_CAP}")
        if path != "tests/architecture/check_house.py":
            problems += [f"{path}:{number}: '{line.strip()}'" for number, line in enumerate(text.splitlines(), 1)
                         if FORBIDDEN.search(line)]
        problems += check_includes(path, text) if file.suffix in {".cpp", ".hpp"} else []
        if path.startswith("codegen/kernels/"):
            problems += check_kernel(path, text)
    print("\n".join(problems) or f"{len(files)} files keep the rules of the house")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
