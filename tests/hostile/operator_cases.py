"""Operators with impossible attributes, ranks, shapes and constants."""

from case_list import CASES, one_node
from onnx_wire import BOOL, INT32, INT64, graph, integers, model, node, tensor, value, zeros

LEAST, MOST = -(1 << 63), (1 << 63) - 1


def op(name, code, kind, dims=(1, 4), constants=(), initializers=(), opset=13, dtype=1, outputs=("y",), **attributes):
    """A node of `kind` that reads x and the named initializers."""
    one_node(name, node(kind, ["x", *constants], list(outputs), **attributes), code, dims, initializers, opset, dtype)


def conv(name, code, dims=(1, 2, 5, 5), weights=(3, 2, 3, 3), **attributes):
    op(f"conv_{name}", code, "Conv", dims, ["w"], [zeros("w", weights)], **attributes)


def add_windows():
    conv("stride_0", "E0203", strides=[0, 1])
    conv("stride_negative", "E0203", strides=[1, -1])
    conv("stride_most_negative", "E0203", strides=[LEAST, LEAST])
    conv("strides_of_three", "E0203", strides=[1, 1, 1])
    conv("dilation_0", "E0203", dilations=[0, 0])
    conv("dilation_huge", "E0203", dilations=[MOST, MOST])
    conv("pads_negative", "E0203", pads=[-9, 0, 0, 0])
    conv("pads_huge", "E0203", pads=[MOST, MOST, MOST, MOST])
    conv("pads_of_two", "E0203", pads=[1, 1])
    conv("group_0", "E0203", group=0)
    conv("group_negative", "E0203", group=-2)
    conv("group_does_not_divide", "E0204", dims=(1, 4, 5, 5), weights=(3, 1, 3, 3), group=3)
    conv("channels_differ", "E0204", weights=(3, 4, 3, 3))
    conv("weights_of_rank_2", "E0204", weights=(3, 2))
    conv("kernel_empty", "E0204", weights=(3, 2, 0, 3))
    conv("input_of_rank_2", "E0204", dims=(1, 4))
    conv("kernel_shape_differs", "E0203", kernel_shape=[5, 5])
    conv("kernel_beyond_input", "E0204", weights=(3, 2, 9, 9))
    conv("auto_pad_unknown", "E0203", auto_pad="SOMEHOW")
    for kind in ("MaxPool", "AveragePool"):
        pool = kind.lower()
        op(f"{pool}_stride_0", "E0203", kind, (1, 1, 4, 4), kernel_shape=[2, 2], strides=[0, 0])
        op(f"{pool}_kernel_0", "E0203", kind, (1, 1, 4, 4), kernel_shape=[0, 0])
        op(f"{pool}_kernel_missing", "E0203", kind, (1, 1, 4, 4))
        op(f"{pool}_kernel_huge", "E0203", kind, (1, 1, 4, 4), kernel_shape=[MOST, MOST])
        op(f"{pool}_kernel_of_one", "E0203", kind, (1, 1, 4, 4), kernel_shape=[2])
        op(f"{pool}_pads_huge", "E0203", kind, (1, 1, 4, 4), kernel_shape=[2, 2], pads=[MOST] * 4)


def add_shapes():
    reshape = lambda name, code, shape, dims=(1, 4), **rest: op(
        f"reshape_{name}", code, "Reshape", dims, ["s"], [integers("s", shape)], **rest)
    reshape("to_other_count", "E0204", [7])
    reshape("two_unknowns", "E0203", [-1, -1])
    reshape("to_minus_2", "E0203", [-2, 2])
    reshape("overflow", "E0204", [1 << 32, 1 << 32])
    reshape("rank_7", "E0102", [1, 1, 1, 1, 1, 1, 4])
    reshape("zero_beyond_rank", "E0204", [0, 0, 0, 4])
    op("reshape_shape_of_floats", "E0209", "Reshape", (1, 4), ["s"], [zeros("s", [1])])
    op("reshape_shape_of_rank_2", "E0209", "Reshape", (1, 4), ["s"], [integers("s", [2, 2], [1, 2])])
    op("transpose_twice_the_same", "E0203", "Transpose", perm=[0, 0])
    op("transpose_beyond", "E0203", "Transpose", perm=[0, 2])
    op("transpose_negative", "E0203", "Transpose", perm=[LEAST, 0])
    op("transpose_of_other_rank", "E0203", "Transpose", perm=[0, 1, 2])
    op("concat_axis_beyond", "E0203", "Concat", (1, 4), ["x"], axis=2)
    op("concat_axis_most_negative", "E0203", "Concat", (1, 4), ["x"], axis=LEAST)
    op("concat_ranks_differ", "E0204", "Concat", (1, 4), ["c"], [zeros("c", [4])], axis=0)
    op("concat_overflow", "E0102", "Concat", (1 << 30, 1), ["x"] * 7, axis=0)
    op("flatten_axis_beyond", "E0203", "Flatten", axis=9)
    op("squeeze_axis_of_four", "E0204", "Squeeze", (1, 4), ["a"], [integers("a", [1])])
    op("squeeze_axis_beyond", "E0203", "Squeeze", (1, 4), ["a"], [integers("a", [MOST])])
    op("unsqueeze_axis_twice", "E0203", "Unsqueeze", (1, 4), ["a"], [integers("a", [0, 0])])
    op("unsqueeze_to_rank_7", "E0102", "Unsqueeze", (1, 4), ["a"], [integers("a", [0, 1, 2, 3, 4])])
    op("split_sizes_differ", "E0204", "Split", (1, 4), ["s"], [integers("s", [1, 2])], outputs=("y", "z"), axis=1)
    op("split_sizes_negative", "E0203", "Split", (1, 4), ["s"], [integers("s", [-1, 5])], outputs=("y", "z"), axis=1)
    slice_of = lambda name, code, starts, ends, axes, steps: op(
        f"slice_{name}", code, "Slice", (1, 4), ["b", "e", "a", "s"],
        [integers("b", starts), integers("e", ends), integers("a", axes), integers("s", steps)])
    slice_of("step_0", "E0203", [0], [4], [1], [0])
    slice_of("axis_beyond", "E0203", [0], [4], [7], [1])
    slice_of("lengths_differ", "E0203", [0, 0], [4], [1], [1])
    op("pad_huge", "E0203", "Pad", (1, 4), ["p"], [integers("p", [0, 1 << 40, 0, 0])])
    op("pad_overflow", "E0203", "Pad", (1, 4), ["p"], [integers("p", [0, MOST, 0, MOST])])
    op("pad_to_too_many_elements", "E0102", "Pad", (1, 4), ["p"], [integers("p", [1 << 20, 1 << 20, 0, 0])])
    op("pad_of_other_rank", "E0203", "Pad", (1, 4), ["p"], [integers("p", [1, 1])])
    op("pad_cuts_too_much", "E0204", "Pad", (1, 4), ["p"], [integers("p", [0, -3, 0, -3])])
    op("expand_bomb", "E0102", "Expand", (1, 1), ["s"], [integers("s", [1 << 20, 1 << 20])])
    op("expand_negative", "E0203", "Expand", (1, 1), ["s"], [integers("s", [-4])])


def add_arithmetic():
    op("add_shapes_differ", "E0204", "Add", (1, 4), ["c"], [zeros("c", [3])])
    op("add_types_differ", "E0205", "Add", (1, 4), ["c"], [zeros("c", [4], INT32)])
    op("add_of_booleans", "E0205", "Add", (1, 4), ["x"], dtype=BOOL)
    op("add_broadcast_bomb", "E0102", "Add", (1 << 20, 1), ["c"], [zeros("c", [1, 1 << 12])])
    op("gemm_inner_differs", "E0204", "Gemm", (1, 4), ["c"], [zeros("c", [5, 2])])
    op("gemm_of_rank_3", "E0204", "Gemm", (1, 4, 1), ["c"], [zeros("c", [4, 2])])
    op("gemm_bias_differs", "E0204", "Gemm", (1, 4), ["c", "d"], [zeros("c", [4, 2]), zeros("d", [3])])
    op("matmul_inner_differs", "E0204", "MatMul", (1, 4), ["c"], [zeros("c", [5, 2])])
    op("matmul_of_scalar", "E0204", "MatMul", (1, 4), ["c"], [zeros("c", [])])
    op("softmax_axis_beyond", "E0203", "Softmax", axis=2)
    op("reduce_axis_beyond", "E0203", "ReduceMean", axes=[5])
    op("reduce_axis_twice", "E0203", "ReduceMean", axes=[1, 1])
    op("argmax_axis_beyond", "E0203", "ArgMax", axis=-3)
    op("cast_to_strings", "E0205", "Cast", to=8)
    op("cast_to_type_999", "E0205", "Cast", to=999)
    op("batch_norm_sizes_differ", "E0204", "BatchNormalization", (1, 4), ["c", "c", "c", "c"], [zeros("c", [3])])
    op("quantize_scales_differ", "E0204", "QuantizeLinear", (1, 4), ["s"], [zeros("s", [3])], axis=1)
    op("gather_axis_beyond", "E0203", "Gather", (1, 4), ["i"], [integers("i", [0])], axis=2)
    op("gather_index_of_floats", "E0205", "Gather", (1, 4), ["i"], [zeros("i", [1])])
    op("leaky_relu_of_integers", "E0205", "LeakyRelu", dtype=INT64)


def add_together():
    """One model with several faults: all of them are reported, the first decides."""
    nodes = [node("Relux", ["x"], ["a"]), node("Conv", ["x", "w"], ["b"], strides=[0, 0]), node("Relu", ["a"], ["y"])]
    one_node("several_faults", nodes[0], "E0201")
    CASES[-1].content = model(graph(nodes, [value("x", [1, 2, 5, 5])], ["y"], [tensor("w", [3, 2, 3, 3])]))
    CASES[-1].code = "E0104"
