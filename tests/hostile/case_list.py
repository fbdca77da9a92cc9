"""The list that every part of the corpus adds to: a name, the bytes, what mote must answer."""

from dataclasses import dataclass, field

from onnx_wire import FLOAT, graph, model, value

REJECTED = 1  # exit code: the model is at fault
USAGE = 2     # exit code: a file cannot be read, an option does not fit


@dataclass
class Case:
    name: str
    content: bytes
    code: str
    exit: int = REJECTED
    options: list = field(default_factory=list)


CASES = []


def case(name, content, code, **rest):
    assert all(other.name != name for other in CASES), name
    CASES.append(Case(name, content, code, **rest))


def one_node(name, content, code, dims=(1, 4), initializers=(), opset=13, dtype=FLOAT, outputs=("y",)):
    """A model of one node that reads the input x and the initializers."""
    case(name, model(graph([content], [value("x", dims, dtype)], list(outputs), initializers), opset), code)
