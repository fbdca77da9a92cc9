"""The networks that tables are made of: models, samples to learn from, rows to measure on, and the calls of mote."""
import dataclasses
import json
import pathlib
import resource
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
DATA = SHARED / "datasets"


@dataclasses.dataclass
class Network:
    key: str
    model: pathlib.Path
    learned: pathlib.Path        # samples, unlabelled
    learned_rows: str
    measured: pathlib.Path
    labels: pathlib.Path
    measured_rows: str
    preprocess: tuple = ()
    learned_labels: pathlib.Path = None

    def samples(self):
        return ["--calibration", self.learned, "--rows", self.learned_rows, *self.preprocess]


def mlperf(key, stem, data, *preprocess):
    folder = DATA / data
    x = folder / ("x_u8.npy" if preprocess else "x_f32.npy")
    return Network(key, SHARED / f"models/mlperf_tiny/{stem}.onnx", x, "0:250", x, folder / "y.npy", "250:500", preprocess)


def require(*paths):
    for path in paths:
        if not path.exists():
            sys.exit(f"{path} is not there: this table needs the models and data beside the project")


def pictures(folder):
    """CIFAR-10's calibration and training images in one file, without those that are measured on, too."""
    import numpy
    source = DATA / "cifar10"
    load = lambda name: numpy.load(source / f"{name}.npy")
    apart = ~numpy.isin(load("calib_official_test_index"), load("index"))
    calibration = load("calib_official_x_u8")
    seen = {image.tobytes() for image in load("test_x_u8")}
    apart &= numpy.array([image.tobytes() not in seen for image in calibration])
    path = folder / "pictures.npy"
    images = numpy.concatenate([calibration[apart], load("train_x_u8")])
    numpy.save(path, images)
    return path, len(images)


def kws():
    return mlperf("kws", "kws_nhwc_tf2onnx", "kws01")


def vww():
    return mlperf("vww", "vww_nhwc_tf2onnx_autopad", "vww01", "--preprocess", f"scale={1 / 255}")


def ic(folder):
    path, count = pictures(folder)
    source = DATA / "cifar10"
    return Network("ic", SHARED / "models/mlperf_tiny/ic_nhwc_tf2onnx.onnx", path, f"0:{count}",
                   source / "test_x_u8.npy", source / "test_y.npy", "0:466", ("--preprocess", "scale=1"))


@dataclasses.dataclass
class Cost:
    cpu_seconds: float
    peak_bytes: int


class Mote:
    def __init__(self, program):
        self.program = pathlib.Path(program).resolve()
        require(self.program)

    def call(self, *arguments):
        """The result of a command, and its cost."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([str(a) for a in (self.program, "--format", "json", *arguments)], capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0:
            sys.exit(f"mote {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return json.loads(done.stdout)["result"], Cost(cpu, after.ru_maxrss * 1024)

    def accuracy(self, network, model, *options):
        """Of the model in real numbers or, with options that quantize, of the integer network."""
        result, _ = self.call("eval", model, "--data", network.measured, "--labels", network.labels, "--rows",
                              network.measured_rows, "--no-drop", *network.preprocess, *options)
        return result["candidates"][-1]["metrics"]["accuracy"]["value"]

    def integer_accuracy(self, network, model):
        return self.accuracy(network, model, "--quantize", "int8", "--calibration",
                             f"{network.learned}[{network.learned_rows}]")


def percent(value):
    return f"{100 * value:.1f} %"


def markdown(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
