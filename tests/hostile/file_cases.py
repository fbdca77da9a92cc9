"""Files that are no model, are cut off, or amplify when they are parsed."""

import random

from case_list import USAGE, case
from onnx_wire import block, graph, integers, model, node, number, tensor, tensor_type, value, varint, zeros

WHOLE = model(graph(
    [node("Conv", ["x", "w"], ["a"], name="conv", pads=[1, 1, 1, 1]), node("Relu", ["a"], ["b"], name="relu"),
     node("Reshape", ["b", "s"], ["y"], name="reshape")],
    [value("x", [1, 2, 4, 4])], ["y"], [zeros("w", [3, 2, 3, 3]), integers("s", [1, 48])]))


def chain(length, op="Relu", last="y"):
    names = ["x"] + [f"v{i}" for i in range(length - 1)] + [last]
    return [node(op, [names[i]], [names[i + 1]]) for i in range(length)]


def add_broken_files():
    case("empty", b"", "E0101")
    case("text", b"import torch\nprint('this is no model')\n", "E0101")
    case("zeros", bytes(1024), "E0101")
    case("ones", b"\xff" * 1024, "E0101")
    case("random", random.Random(7).randbytes(4096), "E0101")
    case("only_a_version", number(1, 7), "E0101")
    case("no_operator_set", model(graph(chain(1), [value("x", [4])], ["y"]), opsets=[]), "E0101")
    case("operator_set_0", model(graph(chain(1), [value("x", [4])], ["y"]), opset=0), "E0101")
    case("operator_set_negative", model(graph(chain(1), [value("x", [4])], ["y"]), opset=-3), "E0101")
    case("operator_set_2_62", model(graph(chain(1), [value("x", [4])], ["y"]), opset=1 << 62), "E0206")
    case("operator_set_twice", model(graph(chain(1), [value("x", [4])], ["y"]), opsets=[("", 13), ("ai.onnx", 12)]),
         "E0101")
    case("operator_set_ancient", model(graph(chain(1), [value("x", [4])], ["y"]), opset=1), "E0206")
    case("operator_set_of_another_domain", model(graph(chain(1), [value("x", [4])], ["y"]), opsets=[("else", 1)]),
         "E0101")
    case("length_2_62", varint(7 << 3 | 2) + varint(1 << 62), "E0101")
    case("length_negative", varint(7 << 3 | 2) + varint(-1), "E0101")
    case("endless_number", varint(1 << 3) + b"\x80" * 64, "E0101")
    case("endless_tag", b"\x80" * 64, "E0101")
    case("a_group", b"\x3b" + bytes(8) + b"\x3c", "E0101")
    case("field_0", b"\x00\x00", "E0101")
    case("garbage_behind", WHOLE + b"\x07\x07\x07", "E0101")
    case("node_longer_than_graph", block(7, b"\x0a\x7f" + bytes(20)), "E0101")
    case("a_folder", None, "E0502", exit=USAGE)
    case("a_pipe", None, "E0502", exit=USAGE)
    case("absent", None, "E0502", exit=USAGE)


def add_truncated_files():
    for part in range(12):
        length = (len(WHOLE) - 1) * part // 12 + 1
        case(f"truncated_{part:02}", WHOLE[:length], "E0101")


def add_bombs():
    in_graph = lambda content: block(7, content) + block(8, number(2, 13))
    case("bomb_attributes", in_graph(block(1, block(5, b"") * 2_000_000)), "E0102")
    case("bomb_nodes", in_graph(block(1, b"") * 2_000_000), "E0102")
    case("bomb_names", in_graph(block(1, block(1, b"") * 2_000_000)), "E0102")
    case("bomb_unknown_fields", block(15, b"") * 2_000_000 + WHOLE, "E0102")
    case("bomb_extents", in_graph(block(11, block(1, "x") + block(2, block(1, block(2, block(1, b"") * 1_000_000))))),
         "E0102")
    case("bomb_packed_extents", in_graph(block(5, block(1, b"\x01" * 4_000_000) + number(2, 1) + block(8, "t"))),
         "E0102")
    case("bomb_functions", WHOLE + block(25, b"") * 1_500_000, "E0102")
    case("bomb_metadata", WHOLE + block(14, b"") * 1_500_000, "E0102")

    nested = graph([node("Relu", ["x"], ["y"])], [], ["y"])
    for _ in range(40):
        nested = graph([node("If", ["x"], ["y"], attributes=[block(1, "then_branch") + block(6, nested) + number(20, 5)])],
                       [], ["y"])
    case("deep_subgraphs", model(nested), "E0102")
    kind = tensor_type([1])
    for _ in range(60):
        kind = block(4, block(1, kind))
    case("deep_types", model(graph(chain(1), [block(1, "x") + block(2, kind)], ["y"])), "E0102")

    case("nodes_20001", model(graph(chain(20_001), [value("x", [4])], ["y"])), "E0102")
    case("nodes_20000_last_unknown",
         model(graph(chain(19_999, last="z") + [node("Nope", ["z"], ["y"], name="last")], [value("x", [4])], ["y"])),
         "E0201")
    case("outputs_200000", model(graph([node("Split", ["x"], ["y"] * 0 + [f"o{i}" for i in range(200_000)])],
                                       [value("x", [4])], ["o0"])), "E0102")
    case("constants_100000", model(graph(chain(1), [value("x", [4])], ["y"],
                                         [tensor(f"c{i}", [0]) for i in range(100_001)])), "E0102")
    case("unknown_operators_5000", model(graph(chain(5_000, op="Nope"), [value("x", [4])], ["y"])), "E0201")
