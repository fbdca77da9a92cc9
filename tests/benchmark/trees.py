#!/usr/bin/env python3
"""Measures compiled forests and writes trees.md: flash and cycles per prediction on Cortex-M0, M4F and ATmega2560.

    tests/benchmark/trees.py --mote build/release/bin/mote [--update] [--only har_rf10_d10] [--core m0]

Flash is what a linked program grows by over the same program without the model (-Os, unused sections dropped), cycles
the mean over 100 test rows; every answer on the target is compared with ONNX Runtime's. Figures of other generators,
counted the same way, stand beside them. Needs the models, the counter and its board support beside the project
(../shared), the cross compilers, QEMU and simavr; it says what it leaves out.
"""
import argparse
import ast
import dataclasses
import json
import math
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
ROWS = 100
FORESTS = ["har_rf10_d10", "cancer_rf10_d5", "diabetes_rfr10_d5", "digits_rf10_d5", "wine_rf50_d10", "cancer_et50_d5",
           "hmp_rf50_d5", "cancer_rf100_d10", "digits_rf10_d10", "hmp_rf10_d10", "digits_rf50_d10"]
BESIDE = ["em inline i16 hard", "em inline i16 soft8", "em loadable soft8", "naive f32 ifs"]
HEAD = """# Forests, measured
Written by `tests/benchmark/trees.py --update`: flash in bytes / cycles per prediction, at -Os, class label only. Features
are in RAM, as floats or as ranks that the caller has computed. Flash: growth of the linked program over the same one
without the model, soft float included. Cycles: mean of up to 100 test rows, zero wait states; Cortex-M from the counts of
an emulator and the timing tables of the reference manuals, ATmega2560 from simavr. "em": emlearn; "ref" and "naive":
generators written to see what is possible, and what is obvious."""


@dataclasses.dataclass
class Core:
    key: str
    title: str      # as the table of the other generators calls it
    target: str
    programs: tuple
    flags: tuple = ()


@dataclasses.dataclass
class Form:
    name: str
    options: tuple
    beside: str     # the column of another generator that it is to be held against
    ranks: bool = False


CORES = [Core("m0", "Cortex-M0", "stm32f091rc", ("arm-none-eabi-g++", "qemu-system-arm")),
         Core("m4", "Cortex-M4F", "nucleo-l4r5zi", ("arm-none-eabi-g++", "qemu-system-arm")),
         Core("avr", "ATmega2560", "atmega2560", ("avr-g++", "simavr"), ("-mmcu=atmega2560", "-DF_CPU=16000000UL"))]
RANKS = ("--tree-features", "ranks")
FORMS = [Form("speed, ranks", ("--optimize", "speed", *RANKS), "ref u8 ifs", True),
         Form("size, ranks", ("--optimize", "size", *RANKS), "ref u8 walk", True),
         Form("speed, float", ("--optimize", "speed"), "ref f32-as-int ifs"),
         Form("size, float", ("--optimize", "size"), None)]

# Done before the features reach the forest, so it is part of no figure.
RANK_MAIN = """
#include <stdio.h>
#include "net/net.h"
int main() {{
  {x_type} ranks[{width}];
  float features[{features}];
  while (fread(features, sizeof features, 1, stdin) == 1) {{
    net_{x}_from_features(features, ranks);
    for (int i = 0; i < {width}; ++i) printf("%u\\n", static_cast<unsigned>(ranks[i]));
  }}
}}
"""

# The features of one row at a time are in RAM, as they would be behind a sensor; each call is bracketed on its own.
ARM_MAIN = """
#include "semi.h"
#include "stopwatch.h"
{common}
int main() {{
  for (int row = 0; row < {rows}; ++row) {{
    for (int i = 0; i < {features}; ++i) x[i] = table[row * {features} + i];
    mark_begin();
    predict();
    mark_end();
    semi_puts("answer ");
    semi_putu(bits());
    semi_puts("\\n");
  }}
  return 0;
}}
"""

AVR_MAIN = """
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/pgmspace.h>
#include <avr/sleep.h>
{common}
static void put(char c) {{
  while ((UCSR0A & (1 << UDRE0)) == 0) {{}}
  UDR0 = static_cast<uint8_t>(c);
}}
static void put_number(uint32_t n) {{
  char digits[10];
  uint8_t count = 0;
  do {{ digits[count++] = static_cast<char>('0' + n % 10); n /= 10; }} while (n != 0);
  while (count > 0) put(digits[--count]);
}}
static void put_text(const char* text) {{ while (*text != 0) put(*text++); }}
template <class F>
static uint32_t cycles(F call) {{
  TCNT1 = 0;
  TIFR1 = 1 << TOV1;
  __asm__ volatile("" ::: "memory");
  call();
  __asm__ volatile("" ::: "memory");
  const uint16_t low = TCNT1;
  return low + ((TIFR1 & (1 << TOV1)) != 0 ? 65536UL : 0UL);
}}
static void nothing() {{ __asm__ volatile("" ::: "memory"); }}
int main() {{
  UCSR0B = 1 << TXEN0;
  TCCR1B = 1;
  const uint32_t empty = cycles([] {{}});
  for (int row = 0; row < {rows}; ++row) {{
    memcpy_P(x, table + static_cast<uint16_t>(row) * {features}, sizeof x);
    const uint32_t taken = cycles(predict) - empty;
    put_text("cycles=");
    put_number(taken);
    put_text(" answer ");
    put_number(bits());
    put_text("\\n");
  }}
  cli();
  sleep_enable();
  sleep_cpu();
  return 0;
}}
"""

COMMON = """
#include <stdint.h>
#include <string.h>
#ifndef WITHOUT_MODEL
#include "net/net.h"
#endif
#ifndef PROGMEM
#define PROGMEM
#endif
static const {x_type} table[{rows} * {features}] PROGMEM = {{{values}}};
static {x_type} x[{features}];
static {y_type} answer;
#ifdef WITHOUT_MODEL
__attribute__((noinline)) static void predict() {{ __asm__ volatile("" : : "r"(x), "r"(&answer) : "memory"); }}
#else
__attribute__((noinline)) static void predict() {{ {entry}(&{context}, x, &answer); }}
#endif
static uint32_t bits() {{ uint32_t b = 0; memcpy(&b, &answer, 4); return b; }}
"""


def read_npy(path):
    """A matrix or vector as (shape, flat tuple in C order)."""
    data = path.read_bytes()
    assert data[:6] == b"\x93NUMPY", path
    length = struct.unpack("<H", data[8:10])[0]
    header = ast.literal_eval(data[10:10 + length].decode("latin1"))
    code = {"<f4": "f", "<f8": "d", "<i8": "q", "<i4": "i"}[header["descr"]]
    count = math.prod(header["shape"])
    flat = struct.unpack(f"<{count}{code}", data[10 + length:10 + length + count * struct.calcsize(code)])
    if header["fortran_order"] and len(header["shape"]) == 2:
        rows = header["shape"][0]
        flat = tuple(v for row in range(rows) for v in flat[row::rows])
    return header["shape"], flat


def run(arguments, **options):
    return subprocess.run([str(a) for a in arguments], check=True, capture_output=True, text=True, **options).stdout


def golden(forest):
    folder = SHARED / "golden/trees" / forest
    shape, x = read_npy(folder / "in__X.npy")
    name = "label" if (folder / "out__label.npy").is_file() else "variable"
    answers = read_npy(folder / f"out__{name}.npy")[1]
    rows, features = min(ROWS, shape[0]), shape[-1]
    return name, features, x[:rows * features], answers[:rows]


class Program:
    """A drop and the program around it."""

    def __init__(self, mote, forest, form, core, work):
        self.core, self.work = core, work
        self.output, features, rows, self.expected = golden(forest)
        drop = work / "drop"
        run([mote, "compile", SHARED / f"models/trees/{forest}.onnx", "--target", core.target, "-o", drop, "--name", "net",
             "--vectors", "0", "--quiet", "--outputs", self.output, *form.options])
        self.manifest = json.loads((drop / "manifest.json").read_text())
        self.sources = [drop / s for s in self.manifest["sources"]]
        self.includes = [f"-I{drop / i}" for i in self.manifest["include_dirs"]]
        self.features = math.prod(self.manifest["inputs"][0]["shape"])  # of what the drop takes
        self.rows = self.ranks(rows, features) if form.ranks else rows

    def ranks(self, rows, features):
        entry = self.manifest["inputs"][0]
        main, program = self.work / "ranks.cpp", self.work / "ranks"
        main.write_text(RANK_MAIN.format(x=entry["c_name"], x_type=entry["c_type"], width=self.features, features=features))
        run(["c++", "-std=c++14", *self.includes, main, "-o", program])
        data = struct.pack(f"<{len(rows)}f", *rows)
        return [int(n) for n in subprocess.run([program], input=data, check=True, capture_output=True).stdout.split()]

    def main(self, template, first, count):
        values = self.rows[first * self.features:(first + count) * self.features]
        x_type = self.manifest["inputs"][0]["c_type"]
        text = ", ".join(f"{v!r}f" if x_type == "float" else str(v) for v in values)
        common = COMMON.format(rows=count, features=self.features, values=text.replace("nanf", "__builtin_nanf(\"\")"),
                               x_type=x_type, y_type=self.manifest["outputs"][0]["c_type"], entry=self.manifest["entry"],
                               context=self.manifest["static_context"])
        path = self.work / "main.cpp"
        path.write_text(template.format(common=common, rows=count, features=self.features))
        return path

    def check(self, bits):
        """Counts rows whose answer differs from ONNX Runtime's."""
        if self.output == "label":
            return sum(b != e for b, e in zip(bits, self.expected))
        values = struct.unpack(f"<{len(bits)}f", struct.pack(f"<{len(bits)}I", *bits))
        return sum(abs(v - e) > 1e-5 * abs(e) for v, e in zip(values, self.expected))


def flash(size_program, image):
    """.text, .rodata and .data; Berkeley's text holds the first two."""
    fields = run([size_program, image]).splitlines()[1].split()
    return int(fields[0]) + int(fields[1])


def measure_arm(program, plugin):
    harness = SHARED / "tools/qemu-harness"
    count = len(program.rows) // program.features
    main = program.main(ARM_MAIN, 0, count)
    env = {"OPT": "-Os", "NOBENCH": "1", "PATH": "/usr/bin:/bin"}
    sizes = []
    for name, extra, sources in (("without", ["-DWITHOUT_MODEL"], []), ("with", [], program.sources)):
        image = program.work / f"{name}.elf"
        run(["bash", harness / "build.sh", program.core.key, image, "--", "-std=c++14", "-ffp-contract=off", *extra,
             *program.includes, main, *sources], env=env)
        sizes.append(flash("arm-none-eabi-size", image))
    ran = subprocess.run(["bash", harness / "run.sh", "-p", plugin, program.core.key, image], capture_output=True,
                         text=True, timeout=900)
    text = ran.stdout + ran.stderr
    cycles = [int(c) for c in re.findall(r"cycles=(\d+)", text)]
    answers = [int(a) for a in re.findall(r"answer (\d+)", text)]
    assert len(cycles) == len(answers) == count, text[-2000:]
    return sizes[1] - sizes[0], sum(cycles) / count, program.check(answers)


def measure_avr(program, _):
    count, batch = len(program.rows) // program.features, 20
    cycles, answers = [], []
    common = [*program.core.flags, "-std=c++14", "-Os", "-ffunction-sections", "-fdata-sections", "-fno-exceptions",
              "-Wl,--gc-sections", *program.includes]
    for first in range(0, count, batch):
        main = program.main(AVR_MAIN, first, min(batch, count - first))
        image = program.work / "with.elf"
        run(["avr-g++", *common, main, *program.sources, "-o", image])
        if first == 0:
            run(["avr-g++", *common, "-DWITHOUT_MODEL", main, "-o", program.work / "without.elf"])
            size = flash("avr-size", image) - flash("avr-size", program.work / "without.elf")
        ran = subprocess.run(["simavr", "-m", "atmega2560", "-f", "16000000", image], capture_output=True, text=True,
                             timeout=900)
        text = ran.stdout + ran.stderr
        cycles += [int(c) for c in re.findall(r"cycles=(\d+)", text)]
        answers += [int(a) for a in re.findall(r"answer (\d+)", text)]
    assert len(cycles) == len(answers) == count, text[-2000:]
    return size, sum(cycles) / count, program.check(answers)


def build_plugin(core, work):
    """The counter's table is the Cortex-M4's. A Cortex-M0 (its reference manual, table 3-1) does not overlap loads and
    stores, a call takes one cycle more, and so does a return that pops the program counter."""
    text = (SHARED / "tools/armcycles/armcycles.c").read_text()
    if core.key == "m0":
        for old, new in (("*previous_was_access ? 1 : 2", "2"),
                         ("*is_branch = names_pc;", "*is_branch = names_pc; cycles += names_pc;"),
                         ('*is_branch = !starts(op, "dls");', '*is_branch = true; cycles += strcmp(op, "bl") == 0;')):
            assert old in text, f"armcycles has changed: no '{old}'"
            text = text.replace(old, new)
    source, plugin = work / f"{core.key}.c", work / f"{core.key}.so"
    source.write_text(text)
    run(["gcc", "-O2", "-fPIC", "-shared", "-o", plugin, source])
    return plugin


def other_generators():
    """(core, forest, column) -> (flash, cycles), from the tables beside the project."""
    figures, core, columns = {}, None, []
    number = lambda t: float(t[:-1]) * 1000 if t.endswith("k") else float(t)
    for line in (SHARED / "design/trees.md").read_text().splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if "-Os: flash B / cycles" in line:
            core, columns = cells[0].split(" -Os")[0], cells[1:]
        elif core and cells[0] in FORESTS:
            for column, cell in zip(columns, cells[1:]):
                if re.fullmatch(r"[\d.]+k?/[\d.]+k?", cell):
                    figures[core, cells[0], column] = tuple(number(part) for part in cell.split("/"))
    return figures


def table(core, rows, others):
    forms = [f.name for f in FORMS]
    columns = forms + sorted({f.beside for f in FORMS if f.beside}) + BESIDE
    lines = [f"## {core.title}", "| forest | " + " | ".join(columns) + " |", "|" + "---|" * (len(columns) + 1)]
    for forest in FORESTS:
        cells = []
        for column in columns:
            pair = rows.get((forest, column)) if column in forms else others.get((core.title, forest, column))
            cells.append(f"{pair[0]:,.0f} / {pair[1]:,.0f}" if pair else "–")
        lines.append(f"| {forest} | " + " | ".join(cells) + " |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mote", type=pathlib.Path, default=ROOT / "build/release/bin/mote")
    parser.add_argument("--update", action="store_true", help="write tests/benchmark/trees.md")
    parser.add_argument("--only", help="one forest")
    parser.add_argument("--core", choices=[c.key for c in CORES], help="one core")
    parser.add_argument("--form", choices=[f.name for f in FORMS], help="one form")
    options = parser.parse_args()
    if not (SHARED / "models/trees").is_dir():
        print("SKIPPED: ../shared is absent, so there is nothing to measure")
        return 0
    others, lines, wrong = other_generators(), [HEAD], 0
    for core in CORES:
        if options.core not in (None, core.key):
            continue
        if not all(shutil.which(p) for p in core.programs):
            print(f"SKIPPED: {core.title}: needs {' and '.join(core.programs)}")
            continue
        rows = {}
        with tempfile.TemporaryDirectory() as folder:
            work = pathlib.Path(folder)
            plugin = None if core.key == "avr" else build_plugin(core, work)
            for forest in FORESTS:
                for form in FORMS:
                    if options.only not in (None, forest) or options.form not in (None, form.name):
                        continue
                    program_work = work / f"{forest}_{FORMS.index(form)}"
                    program_work.mkdir()
                    measure = measure_avr if core.key == "avr" else measure_arm
                    try:
                        size, cycles, differ = measure(Program(options.mote.resolve(), forest, form, core, program_work), plugin)
                    except subprocess.CalledProcessError as error:
                        print(f"{core.key} {forest} {form.name}: FAILED {error.stderr.strip().splitlines()[-1][:200]}", flush=True)
                        continue
                    rows[forest, form.name] = size, cycles
                    wrong += differ
                    goal = others.get((core.title, forest, form.beside))
                    print(f"{core.key:4} {forest:18} {form.name:16} {size:7,} B {cycles:9,.0f} cycles"
                          + (f"   {form.beside}: {goal[0]:,.0f} B {goal[1]:,.0f} cycles" if goal else "")
                          + (f"   {differ} ANSWERS DIFFER" if differ else ""), flush=True)
        lines += ["", *table(core, rows, others)]
    if options.update:
        (ROOT / "tests/benchmark/trees.md").write_text("\n".join(lines) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
