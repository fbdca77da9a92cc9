"""Linear models, support vector machines and preprocessing whose lists do not belong together, or hold no numbers."""

import struct

from case_list import CASES, one_node
from onnx_wire import block, graph, model, node, number, value


def words(name, elements):
    return block(1, name) + b"".join(block(9, element) for element in elements) + number(20, 8)


def reals(name, elements):
    return block(1, name) + b"".join(struct.pack("<Bf", 7 << 3 | 5, element) for element in elements) + number(20, 6)


def attribute(name, found):
    if not isinstance(found, list):
        return None
    if found and isinstance(found[0], str):
        return words(name, found)
    return reals(name, found) if found and isinstance(found[0], float) else None


# Four features each.
GOOD = {
    "Scaler": {"offset": [0.0] * 4, "scale": [1.0] * 4},
    "Imputer": {"imputed_value_floats": [1.0] * 4},
    "LinearRegressor": {"coefficients": [1.0] * 8, "intercepts": [0.0, 1.0], "targets": 2},
    "LinearClassifier": {"coefficients": [1.0] * 8, "intercepts": [0.0, 1.0], "classlabels_ints": [0, 1]},
    "SVMRegressor": {"kernel_type": "RBF", "kernel_params": [0.1, 0.0, 3.0], "n_supports": 2,
                     "support_vectors": [1.0] * 8, "coefficients": [1.0, -1.0], "rho": [0.5]},
    "SVMClassifier": {"kernel_type": "RBF", "kernel_params": [0.1, 0.0, 3.0], "vectors_per_class": [1, 1],
                      "support_vectors": [1.0] * 8, "coefficients": [1.0, -1.0], "rho": [0.5],
                      "classlabels_ints": [0, 1]},
    "LabelEncoder": {"keys_floats": [1.0, 2.0], "values_int64s": [3, 4]},
    "CategoryMapper": {"cats_int64s": [1, 2], "cats_strings": ["a", "b"]},
    "OneHotEncoder": {"cats_int64s": [0, 1]},
    "Normalizer": {"norm": "L1"},
    "FeatureVectorizer": {"inputdimensions": [4]},
}


def wrong(operator, what, code, **changes):
    attributes = {**GOOD[operator], **changes}
    raw = {name: attribute(name, found) for name, found in attributes.items()}
    simple = {name: found for name, found in attributes.items() if raw[name] is None and found is not None}
    outputs = ["y", "z"] if operator.endswith("Classifier") else ["y"]
    one = node(operator, ["x"], outputs, domain="ai.onnx.ml", attributes=[made for made in raw.values() if made], **simple)
    one_node(f"{operator.lower()}_{what}", one, code)
    CASES[-1].content = model(graph([one], [value("x", [1, 4])], outputs), opsets=[("", 13), ("ai.onnx.ml", 2)])


def add_linear_models():
    wrong("LinearRegressor", "coefficients_short", "E0203", coefficients=[1.0] * 7)
    wrong("LinearRegressor", "coefficient_nan", "E0203", coefficients=[float("nan")] + [1.0] * 7)
    wrong("LinearRegressor", "intercepts_short", "E0203", intercepts=[1.0])
    wrong("LinearRegressor", "targets_negative", "E0203", targets=-1)
    wrong("LinearRegressor", "targets_many", "E0203", targets=60000)
    wrong("LinearRegressor", "transform_unknown", "E0203", post_transform="SOMEHOW")
    wrong("LinearClassifier", "coefficients_long", "E0203", coefficients=[1.0] * 12)
    wrong("LinearClassifier", "labels_missing", "E0203", classlabels_ints=[])
    wrong("LinearClassifier", "labels_of_three", "E0203", classlabels_ints=[0, 1, 2])
    wrong("LinearClassifier", "labels_twice", "E0203", classlabels_strings=["a", "b"])
    wrong("LinearClassifier", "intercept_infinite", "E0203", intercepts=[float("inf"), 0.0])


def add_support_vectors():
    wrong("SVMRegressor", "kernel_unknown", "E0203", kernel_type="SOMEHOW")
    wrong("SVMRegressor", "parameters_short", "E0203", kernel_params=[0.1])
    wrong("SVMRegressor", "parameter_nan", "E0203", kernel_params=[float("nan"), 0.0, 3.0])
    wrong("SVMRegressor", "vectors_short", "E0203", support_vectors=[1.0] * 7)
    wrong("SVMRegressor", "vector_infinite", "E0203", support_vectors=[float("inf")] + [1.0] * 7)
    wrong("SVMRegressor", "coefficients_short", "E0203", coefficients=[1.0])
    wrong("SVMRegressor", "supports_negative", "E0203", n_supports=-2)
    wrong("SVMRegressor", "supports_many", "E0203", n_supports=10_000_000)
    wrong("SVMRegressor", "rho_missing", "E0203", rho=None)
    wrong("SVMClassifier", "vectors_per_class_short", "E0203", vectors_per_class=[2])
    wrong("SVMClassifier", "vectors_per_class_negative", "E0203", vectors_per_class=[3, -1])
    wrong("SVMClassifier", "vectors_per_class_huge", "E0203", vectors_per_class=[1 << 62, 1 << 62])
    wrong("SVMClassifier", "coefficients_short", "E0203", coefficients=[1.0])
    wrong("SVMClassifier", "rho_nan", "E0203", rho=[float("nan")])
    wrong("SVMClassifier", "probabilities_short", "E0203", prob_a=[1.0], prob_b=[1.0, 2.0])
    wrong("SVMClassifier", "one_class", "E0209", classlabels_ints=[7], vectors_per_class=[2])
    wrong("SVMClassifier", "probit_of_margin", "E0209", post_transform="PROBIT")


def add_preparation():
    wrong("Scaler", "offset_of_three", "E0203", offset=[1.0] * 3)
    wrong("Scaler", "scale_nan", "E0203", scale=[float("nan")])
    wrong("Imputer", "values_of_three", "E0203", imputed_value_floats=[1.0] * 3)
    wrong("Imputer", "values_missing", "E0203", imputed_value_floats=None)
    wrong("Normalizer", "norm_unknown", "E0203", norm="L7")
    wrong("LabelEncoder", "keys_twice", "E0203", keys_floats=[1.0, 1.0])
    wrong("LabelEncoder", "values_short", "E0203", values_int64s=[3])
    wrong("LabelEncoder", "keys_missing", "E0203", keys_floats=None)
    wrong("LabelEncoder", "keys_of_another_type", "E0205", keys_floats=None, keys_int64s=[1, 2])
    wrong("LabelEncoder", "keys_are_strings", "E0209", keys_floats=None, keys_strings=["a", "b"])
    wrong("CategoryMapper", "input_is_real", "E0205")
    wrong("OneHotEncoder", "categories_twice", "E0203", cats_int64s=[1, 1])
    wrong("OneHotEncoder", "categories_missing", "E0203", cats_int64s=[])
    wrong("OneHotEncoder", "categories_are_strings", "E0209", cats_int64s=[], cats_strings=["a", "b"])
    wrong("FeatureVectorizer", "dimensions_of_two", "E0203", inputdimensions=[2, 2])
    wrong("FeatureVectorizer", "dimension_negative", "E0203", inputdimensions=[-4])
    wrong("FeatureVectorizer", "dimension_huge", "E0203", inputdimensions=[1 << 62])
