"""Writes a forest that scikit-learn trained as ONNX (ai.onnx.ml TreeEnsembleClassifier), for the training scripts.

What the usual exporter writes: one node with all trees, the weights of a leaf its class shares divided by the number
of trees, then label and probabilities. Debian does not package that exporter; the format is short enough to write.
"""
import numpy
import onnx
from onnx import TensorProto, helper

LEAF = -1  # scikit-learn's mark in children_left


def largest_float_not_above(threshold):
    """scikit-learn compares float32 features with double thresholds; x <= t holds for the same x with this one."""
    rounded = numpy.float32(threshold)
    return numpy.nextafter(rounded, numpy.float32(-numpy.inf)) if rounded > threshold else rounded


def node_attributes(forest):
    columns = {name: [] for name in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")}
    leaves = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for tree_id, estimator in enumerate(forest.estimators_):
        tree = estimator.tree_
        for node in range(tree.node_count):
            leaf = tree.children_left[node] == LEAF
            columns["treeids"].append(tree_id)
            columns["nodeids"].append(node)
            columns["featureids"].append(0 if leaf else int(tree.feature[node]))
            columns["values"].append(0.0 if leaf else float(largest_float_not_above(tree.threshold[node])))
            columns["modes"].append("LEAF" if leaf else "BRANCH_LEQ")
            columns["truenodeids"].append(0 if leaf else int(tree.children_left[node]))
            columns["falsenodeids"].append(0 if leaf else int(tree.children_right[node]))
            if not leaf:
                continue
            counts = tree.value[node][0]
            shares = counts / counts.sum() / len(forest.estimators_)
            # Of two classes only the second has weights, under id 0: with both, ONNX Runtime would compare the second
            # one's sum with 0 instead of with the first one's.
            for class_id, weight in enumerate(shares if len(shares) > 2 else shares[1:]):
                leaves["treeids"].append(tree_id)
                leaves["nodeids"].append(node)
                leaves["ids"].append(class_id)
                leaves["weights"].append(float(numpy.float32(weight)))
    return {"nodes_" + k: v for k, v in columns.items()} | {"class_" + k: v for k, v in leaves.items()}


def write(forest, class_names, input_name, path):
    """The classes in the order of `class_names`, which become the labels."""
    node = helper.make_node("TreeEnsembleClassifier", [input_name], ["label", "probabilities"], name="forest",
                            domain="ai.onnx.ml", classlabels_strings=list(class_names), post_transform="NONE",
                            **node_attributes(forest))
    graph = helper.make_graph(
        [node], "forest", [helper.make_tensor_value_info(input_name, TensorProto.FLOAT, [None, forest.n_features_in_])],
        [helper.make_tensor_value_info("label", TensorProto.STRING, [None]),
         helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, len(class_names)])])
    model = helper.make_model(graph, producer_name="scikit-learn", ir_version=8,
                              opset_imports=[helper.make_opsetid("", 15), helper.make_opsetid("ai.onnx.ml", 1)])
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
