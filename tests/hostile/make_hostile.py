#!/usr/bin/env python3
"""Writes the corpus of broken and hostile models into a folder, with manifest.json: what mote must answer to each.

usage: make_hostile.py FOLDER        (nothing but the standard library; the same bytes on every run)
"""

import json
import os
import shutil
import sys

import classical_cases
import file_cases
import graph_cases
import operator_cases
import tensor_cases
import tree_cases
from case_list import CASES


def collect():
    for add in (file_cases.add_broken_files, file_cases.add_truncated_files, file_cases.add_bombs,
                graph_cases.add_structure, graph_cases.add_names, graph_cases.add_operators,
                graph_cases.add_control_flow, graph_cases.add_inputs, tensor_cases.add_initializers,
                tensor_cases.add_sparse, tensor_cases.add_external, operator_cases.add_windows,
                operator_cases.add_shapes, operator_cases.add_arithmetic, operator_cases.add_together,
                tree_cases.add_trees, classical_cases.add_linear_models, classical_cases.add_support_vectors,
                classical_cases.add_preparation):
        add()
    return CASES


def lay_out(models):
    """The surroundings that some cases reach for, inside and outside of the models' folder."""
    beside = os.path.join(models, "beside")
    os.makedirs(beside)
    secret = os.path.join(models, "..", "secret.bin")
    for path in (os.path.join(beside, "weights.bin"), secret):
        with open(path, "wb") as file:
            file.write(bytes(16))
    os.symlink(os.path.abspath(secret), os.path.join(beside, "symlink.bin"))
    os.symlink(os.path.abspath(os.path.dirname(secret)), os.path.join(models, "linked"))
    os.link(secret, os.path.join(beside, "hardlink.bin"))
    os.mkfifo(os.path.join(beside, "pipe"))
    os.mkfifo(os.path.join(models, "a_pipe.onnx"))
    os.makedirs(os.path.join(models, "a_folder.onnx"))


def write_corpus(folder):
    """Returns the manifest: a list of {name, exit, code, options}."""
    shutil.rmtree(folder, ignore_errors=True)
    models = os.path.join(folder, "models")
    os.makedirs(models)
    lay_out(models)
    manifest = []
    for entry in collect():
        if entry.content is not None:
            with open(os.path.join(models, entry.name + ".onnx"), "wb") as file:
                file.write(entry.content)
        manifest.append({"name": entry.name, "exit": entry.exit, "code": entry.code, "options": entry.options})
    with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
    return manifest


if __name__ == "__main__":
    print(f"{len(write_corpus(sys.argv[1]))} hostile files in {sys.argv[1]}")
