"""Graphs that do not hang together: cycles, names, operators, control flow, functions, input types."""

from case_list import USAGE, case, one_node
from file_cases import chain
from onnx_wire import (FLOAT16, STRING, block, function, graph, model, node, number, subgraph_attribute, tensor_type,
                       value, zeros)


def of_graph(name, code, nodes, inputs=None, outputs=("y",), initializers=(), **rest):
    inputs = [value("x", [1, 4])] if inputs is None else inputs
    case(name, model(graph(nodes, inputs, list(outputs), initializers), **rest), code)


def add_structure():
    relu = node("Relu", ["x"], ["y"], name="relu")
    of_graph("cycle_of_two", "E0105", [node("Relu", ["b"], ["a"]), node("Relu", ["a"], ["b"]), relu])
    of_graph("cycle_of_one", "E0105", [node("Add", ["x", "y"], ["y"])])
    of_graph("cycle_of_5000", "E0105", chain(5_000)[1:] + [node("Relu", ["y"], ["v0"])])
    of_graph("input_undefined", "E0105", [node("Relu", ["ghost"], ["y"])])
    of_graph("output_undefined", "E0105", [relu], outputs=["z"])
    of_graph("output_defined_twice", "E0105", [relu, node("Relu", ["x"], ["y"])])
    of_graph("output_twice_in_node", "E0105", [node("Relu", ["x"], ["y", "y"])])
    of_graph("output_listed_twice", "E0105", [relu], outputs=["y", "y"])
    of_graph("output_without_name", "E0105", [relu], outputs=["y", ""])
    of_graph("input_listed_twice", "E0105", [relu], [value("x", [4]), value("x", [4])])
    of_graph("input_overwritten", "E0105", [node("Relu", ["x"], ["x"])], outputs=["x"])
    of_graph("input_without_name", "E0105", [relu], [value("x", [4]), value("", [4])])
    of_graph("initializer_twice", "E0105", [relu], initializers=[zeros("w", [1]), zeros("w", [1])])
    of_graph("initializer_overwritten", "E0105", [relu], initializers=[zeros("y", [1])])
    of_graph("initializer_without_name", "E0105", [relu], initializers=[zeros("", [1])])
    of_graph("nothing_at_all", "E0105", [], [], [])
    of_graph("no_outputs", "E0105", [relu], outputs=[])


def add_names():
    named = lambda name: [node("Relu", ["x"], ["y"], name=name)]
    of_graph("name_not_utf8", "E0101", named(b"caf\xe9"))
    of_graph("name_overlong_utf8", "E0101", named(b"\xc0\xaf"))
    of_graph("name_surrogate", "E0101", named(b"\xed\xa0\x80"))
    of_graph("name_with_nul", "E0101", named(b"a\0b"))
    of_graph("name_of_4097", "E0101", named("n" * 4097))
    of_graph("name_of_a_megabyte", "E0101", named("n" * 1_000_000))
    of_graph("tensor_name_not_utf8", "E0101", [node("Relu", ["x"], [b"\xff"]), node("Relu", [b"\xff"], ["y"])])
    of_graph("operator_name_not_utf8", "E0101", [node(b"\xfe\xff", ["x"], ["y"])])
    of_graph("attribute_name_not_utf8", "E0101", [node("Relu", ["x"], ["y"], attributes=[block(1, b"\xff")])])
    of_graph("name_escapes_the_terminal", "E0201", [node("\x1b[2J\x1b]0;x\x07", ["x"], ["y"])])
    of_graph("name_ends_a_comment", "E0201", [node("*/ #include </etc/passwd> \\", ["x"], ["y"])])
    of_graph("graph_name_not_utf8", "E0101", [])
    from case_list import CASES
    CASES[-1].content = model(graph(named("relu"), [value("x", [4])], ["y"]) + block(2, b"\xff"))


def add_operators():
    of_graph("operator_unknown", "E0201", [node("Relux", ["x"], ["y"])])
    of_graph("operator_without_name", "E0201", [node("", ["x"], ["y"])])
    of_graph("operator_of_a_vendor", "E0201", [node("FusedConv", ["x"], ["y"], domain="com.microsoft")])
    of_graph("operator_name_of_4096", "E0201", [node("N" * 4096, ["x"], ["y"])])
    of_graph("operator_needs_more_inputs", "E0210", [node("MatMul", ["x"], ["y"])])
    of_graph("operator_has_too_many_inputs", "E0210", [node("Relu", ["x"] * 1000, ["y"])])
    of_graph("operator_without_inputs", "E0210", [node("Relu", [], ["y"])])
    of_graph("operator_with_input_left_out", "E0210", [node("MatMul", ["", "x"], ["y"])])
    of_graph("operator_has_too_many_outputs", "E0210", [node("Relu", ["x"], ["y", "z"])])
    of_graph("operator_without_outputs", "E0210", [node("Relu", ["x"], []), node("Relu", ["x"], ["y"])])
    of_graph("attribute_unknown", "E0202", [node("Relu", ["x"], ["y"], slope=1.0)])
    of_graph("attribute_of_wrong_kind", "E0202", [node("LeakyRelu", ["x"], ["y"], alpha="much")])
    of_graph("attribute_twice", "E0202", [node("LeakyRelu", ["x"], ["y"], attributes=[
        block(1, "alpha") + number(20, 1)] * 2)])
    of_graph("attribute_without_value", "E0209", [node("LeakyRelu", ["x"], ["y"], attributes=[block(1, "alpha")])])
    of_graph("attribute_of_function", "E0209", [node("LeakyRelu", ["x"], ["y"], attributes=[
        block(1, "alpha") + block(21, "outer") + number(20, 1)])])
    of_graph("attribute_kind_999", "E0209", [node("LeakyRelu", ["x"], ["y"], attributes=[
        block(1, "alpha") + number(20, 999)])])
    of_graph("constant_without_value", "E0210", [node("Constant", [], ["y"])])
    of_graph("constant_with_two_values", "E0210", [node("Constant", [], ["y"], value_int=1, value_float=1.0)])
    of_graph("constant_of_strings", "E0205", [node("Constant", [], ["y"], value_string="text")])
    of_graph("constant_with_input", "E0210", [node("Constant", ["x"], ["y"], value_int=1)])


def add_control_flow():
    inner = graph([node("Relu", ["x"], ["z"])], [], ["z"])
    for op, key in (("If", "then_branch"), ("Loop", "body"), ("Scan", "body"), ("Relu", "body")):
        of_graph(f"subgraph_of_{op.lower()}", "E0201", [node(op, ["x"], ["y"], attributes=[subgraph_attribute(key, inner)])])

    local = [("", 13), ("local", 1)]
    call = lambda name, source="x", target="y": node(name, [source], [target], domain="local")
    of_graph("function_calls_itself", "E0201", [call("F")], functions=[function("F", [call("F", "a", "b")])], opsets=local)
    of_graph("functions_call_each_other", "E0201", [call("F")], opsets=local,
             functions=[function("F", [call("G", "a", "b")]), function("G", [call("F", "a", "b")])])
    doubling = [function(f"F{i}", [call(f"F{i + 1}", "a", "m"), call(f"F{i + 1}", "m", "b")]) for i in range(30)]
    doubling.append(function("F30", [node("Relu", ["a"], ["b"])]))
    of_graph("functions_double_30_times", "E0201", [call("F0")], functions=doubling, opsets=local)
    of_graph("functions_5000", "E0201", chain(5_000, op="Relu"), opsets=[("", 13)],
             functions=[function("Relu", [], domain="")] + [function(f"F{i}", []) for i in range(5_000)])


def add_inputs():
    relu = [node("Relu", ["x"], ["y"])]
    of_graph("input_of_strings", "E0205", relu, [value("x", [4], STRING)])
    of_graph("input_of_half_floats", "E0205", relu, [value("x", [4], FLOAT16)])
    of_graph("input_of_type_999", "E0205", relu, [value("x", [4], 999)])
    of_graph("input_of_type_negative", "E0205", relu, [value("x", [4], -1)])
    of_graph("input_is_a_sequence", "E0205", relu, [block(1, "x") + block(2, block(4, block(1, tensor_type([4]))))])
    of_graph("input_is_a_map", "E0205", relu, [block(1, "x") + block(2, block(5, number(1, 7)))])
    of_graph("input_is_optional", "E0205", relu, [block(1, "x") + block(2, block(9, block(1, tensor_type([4]))))])
    of_graph("input_without_type", "E0205", relu, [block(1, "x")])
    of_graph("input_without_shape", "E0207", relu, [value("x", None)])
    of_graph("input_with_free_extent", "E0207", relu, [value("x", [1, "width"])])
    of_graph("input_with_extent_missing", "E0207", relu, [value("x", [1, None])])
    of_graph("input_extent_negative", "E0105", relu, [value("x", [1, -5])])
    of_graph("input_extent_most_negative", "E0105", relu, [value("x", [1, -(1 << 63)])])
    of_graph("input_elements_overflow", "E0102", relu, [value("x", [1 << 32, 1 << 32])])
    of_graph("input_elements_2_62", "E0102", relu, [value("x", [1 << 62])])
    of_graph("input_rank_7", "E0102", relu, [value("x", [1] * 7)])
    of_graph("input_rank_100000", "E0102", relu, [value("x", [1] * 20_000)])
    of_graph("operand_not_constant", "E0208", [node("Clip", ["x", "low"], ["y"])], [value("x", [4]), value("low", [])])
    of_graph("shape_not_constant", "E0208", [node("Reshape", ["x", "s"], ["y"])], [value("x", [4]), value("s", [1], 7)])
    for name, options in (("option_shape_of_nobody", ["--shape", "nobody=1,4"]),
                          ("option_shape_of_other_rank", ["--shape", "x=1,4,1"])):
        case(name, model(graph(relu, [value("x", [1, 4])], ["y"])), "E0505" if "nobody" in name else "E0501",
             exit=USAGE, options=options)
