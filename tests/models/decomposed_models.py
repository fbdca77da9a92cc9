#!/usr/bin/env python3
"""Models that exporters decompose into ONNX operators, as skl2onnx does it, against scikit-learn: isolation forests,
Gaussian mixtures, k-means, nearest neighbours and naive Bayes.

    tests/models/decomposed_models.py build/release/bin/mote

Labels must be scikit-learn's on every row, scores within 1e-5; `mote verify` then holds the emitted code to the same
numbers bit for bit. Needs scikit-learn and onnx; says so and passes where they are missing.
"""
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from sklearn.cluster import KMeans
    from sklearn.datasets import load_iris
    from sklearn.ensemble import IsolationForest
    from sklearn.mixture import GaussianMixture
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
except ImportError as missing:
    print(f"SKIPPED: decomposed models were not compared with scikit-learn: {missing}")
    sys.exit(0)

SAMPLES, TREES = 64, 8


class Graph:
    """Nodes and constants of a model, one call each."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, values, dtype=np.float32):
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def add(self, op, *inputs, output=None, domain="", **attributes):
        output = output or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [output], name=output, domain=domain, **attributes))
        return output

    def save(self, path, features, label_shape, scores):
        x = helper.make_tensor_value_info("X", TensorProto.FLOAT, ["N", features])
        outputs = [helper.make_tensor_value_info("label", TensorProto.INT64, label_shape),
                   helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", scores])]
        graph = helper.make_graph(self.nodes, path.stem, [x], outputs, self.constants)
        opsets = [helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 1), helper.make_opsetid("com.microsoft", 1)]
        onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=7), str(path))


def average_path(samples):
    """Decisions on the mean path of a random search tree of so many samples."""
    if samples <= 2:
        return float(max(samples - 1, 0))
    return 2 * (np.log(samples - 1) + np.euler_gamma) - 2 * (samples - 1) / samples


def tree_of_leaf_numbers(tree):
    """A regressor whose answer is the number of the leaf that a row ends in."""
    leaf = tree.children_left < 0
    leaves = np.flatnonzero(leaf)
    count = tree.node_count
    # A row goes left if feature <= threshold in float32: exactly if it is at most the float32 just below or at it.
    thresholds = np.where(leaf, 0, tree.threshold).astype(np.float32)
    thresholds = np.where(thresholds > np.where(leaf, 0, tree.threshold), np.nextafter(thresholds, np.float32(-np.inf)), thresholds)
    return dict(n_targets=1, nodes_treeids=[0] * count, nodes_nodeids=list(range(count)),
                nodes_featureids=[max(int(f), 0) for f in tree.feature], nodes_values=[float(t) for t in thresholds],
                nodes_modes=["LEAF" if one else "BRANCH_LEQ" for one in leaf],
                nodes_truenodeids=[max(int(n), 0) for n in tree.children_left],
                nodes_falsenodeids=[max(int(n), 0) for n in tree.children_right],
                target_treeids=[0] * len(leaves), target_nodeids=[int(n) for n in leaves], target_ids=[0] * len(leaves),
                target_weights=[float(n) for n in leaves])


def path_lengths(tree):
    depth = np.zeros(tree.node_count)
    for node in range(tree.node_count):
        for child in (tree.children_left[node], tree.children_right[node]):
            if child >= 0:
                depth[child] = depth[node] + 1
    return depth + np.array([average_path(n) for n in tree.n_node_samples])


def isolation_forest(path, x):
    forest = IsolationForest(n_estimators=TREES, max_samples=SAMPLES, random_state=0).fit(x)
    graph = Graph()
    lengths = []
    for estimator in forest.estimators_:
        tree = estimator.tree_
        leaf = graph.add("TreeEnsembleRegressor", "X", domain="ai.onnx.ml", **tree_of_leaf_numbers(tree))
        number = graph.add("Reshape", graph.add("Cast", leaf, to=TensorProto.INT64), graph.constant([-1], np.int64))
        found = graph.add("ArrayFeatureExtractor", graph.constant([path_lengths(tree)]), number, domain="ai.onnx.ml")
        lengths.append(graph.add("Reshape", found, graph.constant([-1, 1], np.int64)))
    share = graph.add("Div", graph.add("Sum", *lengths), graph.constant([TREES * average_path(SAMPLES)]))
    anomaly = graph.add("Pow", graph.constant([2]), graph.add("Neg", share))
    graph.add("Sub", graph.add("Neg", anomaly), graph.constant([forest.offset_]), output="scores")
    outside = graph.add("Cast", graph.add("Less", "scores", graph.constant([0])), to=TensorProto.INT64)
    graph.add("Add", graph.add("Mul", outside, graph.constant([-2], np.int64)), graph.constant([1], np.int64), output="label")
    graph.save(path, x.shape[1], ["N", 1], 1)
    return forest.predict(x), forest.decision_function(x)


def gaussian_mixture(path, x):
    mixture = GaussianMixture(3, random_state=0).fit(x)
    graph = Graph()
    distances, offsets = [], []
    for mean, root, weight in zip(mixture.means_, mixture.precisions_cholesky_, mixture.weights_):
        whitened = graph.add("Gemm", "X", graph.constant(root), graph.constant(-mean @ root))
        distances.append(graph.add("ReduceSumSquare", whitened, axes=[1], keepdims=1))
        offsets.append(np.log(np.diag(root)).sum() + np.log(weight) - x.shape[1] / 2 * np.log(2 * np.pi))
    halves = graph.add("Mul", graph.add("Concat", *distances, axis=1), graph.constant([-0.5]))
    densities = graph.add("Add", halves, graph.constant(offsets))
    graph.add("ArgMax", densities, axis=1, keepdims=0, output="label")
    whole = graph.add("ReduceLogSumExp", densities, axes=[1], keepdims=1)
    graph.add("Exp", graph.add("Sub", densities, whole), output="scores")
    graph.save(path, x.shape[1], ["N"], 3)
    return mixture.predict(x), mixture.predict_proba(x)


def k_means(path, x):
    means = KMeans(3, n_init=3, random_state=0).fit(x)
    graph = Graph()
    centers = means.cluster_centers_
    squares = graph.add("ReduceSumSquare", "X", axes=[1], keepdims=1)
    products = graph.add("Gemm", "X", graph.constant(centers), graph.constant((centers ** 2).sum(axis=1)), alpha=-2.0, transB=1)
    graph.add("Add", squares, products, output="scores")  # squared: their root would only show what float32 cancels
    graph.add("ArgMin", "scores", axis=1, keepdims=0, output="label")
    graph.save(path, x.shape[1], ["N"], 3)
    return means.predict(x), means.transform(x) ** 2


def nearest_neighbours(path, x):
    known, neighbours = np.arange(len(x)) % 2 == 0, 5
    labels = load_iris().target
    model = KNeighborsClassifier(neighbours).fit(x[known], labels[known])
    graph = Graph()
    distances = graph.add("CDist", "X", graph.constant(x[known]), domain="com.microsoft", metric="euclidean")
    graph.nodes.append(helper.make_node("TopK", [distances, graph.constant([neighbours], np.int64)], ["near", "places"],
                                        name="top_k", axis=1, largest=0, sorted=1))
    flat = graph.add("Reshape", "places", graph.constant([-1], np.int64))
    found = graph.add("ArrayFeatureExtractor", graph.constant([labels[known]], np.int64), flat, domain="ai.onnx.ml")
    votes = graph.add("Reshape", found, graph.constant([-1, neighbours], np.int64))
    of_class = [graph.add("ReduceSum", graph.add("Cast", graph.add("Equal", votes, graph.constant([c], np.int64)), to=TensorProto.FLOAT),
                          graph.constant([1], np.int64), keepdims=1) for c in range(3)]
    counts = graph.add("Concat", *of_class, axis=1)
    graph.add("Div", counts, graph.constant([neighbours]), output="scores")
    graph.add("ArgMax", counts, axis=1, keepdims=0, output="label")
    graph.save(path, x.shape[1], ["N"], 3)
    return model.predict(x), model.predict_proba(x)


def naive_bayes(path, x):
    model = GaussianNB().fit(x, load_iris().target)
    graph = Graph()
    likelihoods = []
    for mean, variance, prior in zip(model.theta_, model.var_, model.class_prior_):
        apart = graph.add("Pow", graph.add("Sub", "X", graph.constant(mean)), graph.constant([2]))
        exponent = graph.add("ReduceSum", graph.add("Div", apart, graph.constant(variance)), graph.constant([1], np.int64), keepdims=1)
        start = np.log(prior) - 0.5 * np.log(2 * np.pi * variance).sum()
        likelihoods.append(graph.add("Sub", graph.constant([start]), graph.add("Mul", exponent, graph.constant([0.5]))))
    joint = graph.add("Concat", *likelihoods, axis=1)
    graph.add("ArgMax", joint, axis=1, keepdims=0, output="label")
    graph.add("Exp", graph.add("Sub", joint, graph.add("ReduceLogSumExp", joint, axes=[1], keepdims=1)), output="scores")
    graph.save(path, x.shape[1], ["N"], 3)
    return model.predict(x), model.predict_proba(x)


def run(*arguments):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True)
    assert done.returncode == 0, " ".join(str(a) for a in arguments) + "\n" + done.stdout + done.stderr


def check(mote, folder, make):
    model, rows, answers = folder / f"{make.__name__}.onnx", folder / "rows.npy", folder / "answers.npz"
    x = (load_iris().data / 8).astype(np.float32)  # below 1: what float32 cancels of squares is below what is asked
    labels, scores = make(model, x)
    np.save(rows, x)
    run(mote, "run", model, "--shape", f"X={len(x)},{x.shape[1]}", "--input", f"X={rows}", "-o", answers)
    found = np.load(answers)
    assert (found["label"].ravel() == labels).all(), f"{make.__name__}: labels differ"
    assert len(set(labels)) > 1, f"{make.__name__}: all rows have the same label"
    error = (np.abs(found["scores"].ravel() - scores.ravel()) / np.maximum(1, np.abs(scores.ravel()))).max()
    assert error <= 1e-5, f"{make.__name__}: scores differ by {error}"
    run(mote, "compile", model, "--target", "host", "-o", folder / make.__name__, "--vectors", "20")
    run(mote, "verify", folder / make.__name__)
    print(f"{make.__name__}: {len(x)} labels equal, scores within {error:.1e}, emitted code verified")


def main():
    for make in (isolation_forest, gaussian_mixture, k_means, nearest_neighbours, naive_bayes):
        with tempfile.TemporaryDirectory() as folder:
            check(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder), make)


if __name__ == "__main__":
    main()
