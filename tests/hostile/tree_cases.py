"""Tree ensembles that cannot have been trained: lists that do not fit, ways that never end, thresholds that are no numbers."""

import struct

from case_list import CASES, one_node
from onnx_wire import block, graph, model, node, number, value


def words(name, elements):
    return block(1, name) + b"".join(block(9, element) for element in elements) + number(20, 8)


def reals(name, elements):
    return block(1, name) + b"".join(struct.pack("<Bf", 7 << 3 | 5, element) for element in elements) + number(20, 6)


# One tree: node 0 asks for feature 0, nodes 1 and 2 are its leaves.
GOOD = {"nodes_treeids": [0, 0, 0], "nodes_nodeids": [0, 1, 2], "nodes_featureids": [0, 0, 0],
        "nodes_truenodeids": [1, 0, 0], "nodes_falsenodeids": [2, 0, 0], "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"],
        "nodes_values": [0.5, 0.0, 0.0], "target_treeids": [0, 0], "target_nodeids": [1, 2], "target_ids": [0, 0],
        "target_weights": [1.0, 2.0], "n_targets": 1}


def tree(name, code, **changes):
    lists = {**GOOD, **changes}
    raw = [words(key, found) if key == "nodes_modes" else reals(key, found)
           for key, found in lists.items() if key in ("nodes_modes", "nodes_values", "target_weights", "base_values")]
    simple = {key: found for key, found in lists.items()
              if key not in ("nodes_modes", "nodes_values", "target_weights", "base_values") and found is not None}
    one = node("TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", attributes=raw, **simple)
    one_node(f"tree_{name}", one, code)
    CASES[-1].content = model(graph([one], [value("x", [1, 4])], ["y"]), opsets=[("", 13), ("ai.onnx.ml", 1)])


def add_trees():
    tree("child_missing", "E0214", nodes_truenodeids=[7, 0, 0])
    tree("child_negative", "E0214", nodes_truenodeids=[-1, 0, 0])
    tree("child_is_itself", "E0214", nodes_truenodeids=[0, 0, 0])
    tree("child_shared", "E0214", nodes_falsenodeids=[1, 0, 0])
    tree("cycle", "E0214", nodes_modes=["BRANCH_LEQ", "BRANCH_LEQ", "LEAF"], nodes_truenodeids=[1, 0, 0],
         nodes_falsenodeids=[2, 2, 0])
    tree("node_unreached", "E0214", nodes_modes=["LEAF", "LEAF", "LEAF"], target_treeids=[0, 0, 0],
         target_nodeids=[0, 1, 2], target_ids=[0, 0, 0], target_weights=[1.0, 1.0, 1.0])
    tree("node_twice", "E0214", nodes_nodeids=[0, 1, 1])
    tree("values_short", "E0214", nodes_values=[0.5])
    tree("modes_short", "E0214", nodes_modes=["BRANCH_LEQ"])
    tree("features_long", "E0214", nodes_featureids=[0, 0, 0, 0])
    tree("mode_unknown", "E0203", nodes_modes=["BRANCH_SOMEHOW", "LEAF", "LEAF"])
    tree("threshold_nan", "E0214", nodes_values=[float("nan"), 0.0, 0.0])
    tree("weight_nan", "E0214", target_weights=[float("nan"), 0.0])
    tree("weight_of_no_node", "E0214", target_nodeids=[1, 9])
    tree("weight_of_no_target", "E0214", target_ids=[0, 5])
    tree("weight_list_short", "E0214", target_weights=[1.0])
    tree("leaf_without_weight", "E0214", target_treeids=[0], target_nodeids=[1], target_ids=[0], target_weights=[1.0])
    tree("feature_beyond", "E0214", nodes_featureids=[4, 0, 0])
    tree("feature_negative", "E0214", nodes_featureids=[-1, 0, 0])
    tree("no_nodes", "E0214", **{key: [] for key in GOOD if key != "n_targets"})
    tree("no_targets", "E0214", n_targets=0)
    tree("base_values_of_three", "E0214", base_values=[1.0, 2.0, 3.0])
    tree("transform_unknown", "E0203", post_transform="SOMEHOW")
    tree("aggregate_unknown", "E0203", aggregate_function="SOMEHOW")
    many = 1_000_000
    tree("million_nodes", "E0102", nodes_treeids=[0] * many, nodes_nodeids=[0] * many)
