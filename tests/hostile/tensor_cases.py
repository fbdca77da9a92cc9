"""Stored tensors whose claims do not fit their bytes, and tensors in other files."""

from case_list import case
from file_cases import chain
from onnx_wire import (BOOL, COMPLEX64, FLOAT, FLOAT16, INT8, INT64, STRING, block, fixed32, graph, integers, model,
                       node, number, tensor, value, varint, zeros)


def with_initializer(name, code, content=None, sparse=None, options=()):
    case(name, model(graph(chain(1), [value("x", [1, 4])], ["y"], [content] if content else [],
                           [sparse] if sparse else [])), code, options=list(options))


def add_initializers():
    for size in (0, 1, 15, 17, 1 << 20):
        with_initializer(f"raw_data_of_{size}", "E0104", tensor("w", [2, 2], FLOAT, bytes(size)))
    with_initializer("no_data", "E0104", tensor("w", [2, 2]))
    with_initializer("raw_and_typed_data", "E0104", tensor("w", [1], FLOAT, bytes(4), fixed32(4, bytes(4))))
    with_initializer("typed_data_short", "E0104", tensor("w", [3], FLOAT, extra=block(4, bytes(8))))
    with_initializer("typed_data_long", "E0104", tensor("w", [1], FLOAT, extra=block(4, bytes(8))))
    with_initializer("typed_data_of_other_type", "E0104", tensor("w", [1], INT64, extra=block(5, b"\x01")))
    with_initializer("typed_data_beyond_int8", "E0104", tensor("w", [1], INT8, extra=block(5, varint(128))))
    with_initializer("typed_data_beyond_bool", "E0104", tensor("w", [1], BOOL, extra=block(5, varint(-1))))
    with_initializer("segment", "E0104", tensor("w", [1], FLOAT, bytes(4), block(3, number(1, 0) + number(2, 99))))
    with_initializer("tensor_of_strings", "E0205", tensor("w", [1], STRING, extra=block(6, "text")))
    with_initializer("tensor_of_half_floats", "E0205", tensor("x2", [1], FLOAT16, bytes(2)))
    from case_list import CASES
    CASES[-1].content = model(graph([node("Add", ["x", "x2"], ["y"])], [value("x", [1])], ["y"],
                                    [tensor("x2", [1], FLOAT16, bytes(2))]))
    with_initializer("tensor_of_complex", "E0205", tensor("w", [1], COMPLEX64, bytes(8)))
    with_initializer("tensor_of_type_0", "E0205", tensor("w", [1], 0, bytes(4)))
    with_initializer("tensor_of_type_999", "E0205", tensor("w", [1], 999, bytes(4)))
    with_initializer("extent_negative", "E0104", tensor("w", [-1], FLOAT, bytes(4)))
    with_initializer("extents_negative_product", "E0104", tensor("w", [-2, -2], FLOAT, bytes(16)))
    with_initializer("extents_overflow_to_1", "E0102", tensor("w", [(1 << 32) + 1, (1 << 32) - 1], FLOAT, bytes(4)))
    with_initializer("extents_overflow_to_0", "E0102", tensor("w", [1 << 32, 1 << 32], FLOAT, b""))
    with_initializer("extent_2_63", "E0104", tensor("w", [1 << 63], FLOAT, bytes(4)))
    with_initializer("claims_4_gigabytes", "E0102", tensor("w", [1 << 30], FLOAT, bytes(4)))
    with_initializer("claims_200_megabytes", "E0104", tensor("w", [50_000_000], FLOAT, bytes(4)))
    with_initializer("rank_7", "E0102", tensor("w", [1] * 7, FLOAT, bytes(4)))


def add_sparse():
    build = lambda dims, values, indices: block(1, values) + block(2, indices) + b"".join(number(3, d) for d in dims)
    one = zeros("w", [1])
    with_initializer("sparse_bomb", "E0102", sparse=build([1 << 30], one, integers("i", [0])))
    with_initializer("sparse_index_beyond", "E0104", sparse=build([4], one, integers("i", [4])))
    with_initializer("sparse_index_negative", "E0104", sparse=build([4], one, integers("i", [-1])))
    with_initializer("sparse_indices_descend", "E0104", sparse=build([4], zeros("w", [2]), integers("i", [2, 1])))
    with_initializer("sparse_indices_missing", "E0104", sparse=build([4], zeros("w", [2]), integers("i", [2])))
    with_initializer("sparse_index_of_other_rank", "E0104",
                     sparse=build([4, 4], one, integers("i", [0, 0, 0], [1, 3])))
    with_initializer("sparse_index_overflow", "E0104",
                     sparse=build([4, 4], one, integers("i", [1 << 62, 1 << 62], [1, 2])))


def external(location, offset=None, length=None, dims=(4,)):
    pairs = [("location", location)] if location is not None else []
    pairs += [(key, text) for key, text in (("offset", offset), ("length", length)) if text is not None]
    entries = b"".join(block(13, block(1, key) + block(2, text)) for key, text in pairs)
    return tensor("w", dims, FLOAT, extra=entries + number(14, 1))


def add_external():
    """make_hostile.py lays out beside/weights.bin (16 bytes), links to ../secret.bin, and a pipe."""
    allow = ["--allow-external-data"]
    with_initializer("external_not_allowed", "E0103", external("beside/weights.bin"))
    for name, content in {
            "parent": external("../secret.bin"),
            "parent_behind_folder": external("beside/../../secret.bin"),
            "parent_that_stays_inside": external("beside/../beside/weights.bin"),
            "absolute": external("/etc/hostname"),
            "device": external("/dev/zero"),
            "symlink": external("beside/symlink.bin"),
            "symlink_to_folder": external("linked/secret.bin"),
            "hardlink": external("beside/hardlink.bin"),
            "pipe": external("beside/pipe"),
            "folder": external("beside"),
            "absent": external("beside/absent.bin"),
            "no_location": external(None),
            "empty_location": external(""),
            "nul_in_location": external(b"beside/weights.bin\0.txt"),
            "offset_beyond": external("beside/weights.bin", offset="4"),
            "offset_negative": external("beside/weights.bin", offset="-4"),
            "offset_no_number": external("beside/weights.bin", offset="0x0"),
            "offset_overflow": external("beside/weights.bin", offset="9223372036854775807"),
            "length_other": external("beside/weights.bin", length="8"),
            "length_beyond": external("beside/weights.bin", length="1000", dims=(250,)),
    }.items():
        with_initializer(f"external_{name}", "E0103", content, options=allow)
    with_initializer("external_and_raw", "E0104", external("beside/weights.bin") + block(9, bytes(16)), options=allow)
    # The same door serves constants inside of nodes and sparse tensors.
    case("external_in_constant_node",
         model(graph([node("Constant", [], ["c"], value=external("../secret.bin")), node("Add", ["x", "c"], ["y"])],
                     [value("x", [4])], ["y"])), "E0103", options=allow)
    with_initializer("external_in_sparse", "E0103", options=allow,
                     sparse=block(1, external("../secret.bin")) + block(2, integers("i", [0, 1, 2, 3])) + number(3, 4))
