"""Reads LightGBM's text format of a model, without LightGBM."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from brain.errors import ArtifactError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tree:
    """
    One decision tree of m nodes and m + 1 leaves.

    Attributes:
        feature: (m,) column each node looks at.
        threshold: (m,) a value at most this goes left.
        decision: (m,) bit field: 1 categorical, 2 default left, bits 2 and 3 the kind of missing value.
        left, right: (m,) child node, or leaf i as -i - 1.
        value: (m,) the node's answer if it were a leaf, log-odds.
        leaf_value: (m + 1,) log-odds.
    """

    feature: Ints
    threshold: Floats
    decision: Ints
    left: Ints
    right: Ints
    value: Floats
    leaf_value: Floats


@dataclass(frozen=True, slots=True)
class TreeText:
    """A whole model: the names of its columns and its trees, whose values are summed."""

    features: tuple[str, ...]
    trees: tuple[Tree, ...]

    def over(self, features: tuple[str, ...]) -> "TreeText":
        """
        Return the same trees over other columns, which include its own.

        Raises:
            ArtifactError: a node looks at none of its columns.
        """
        places = np.array([features.index(name) for name in self.features], dtype=np.int64)
        if any((tree.feature < 0).any() or (tree.feature >= len(places)).any() for tree in self.trees):
            raise ArtifactError(f"a node looks at a column that is none of the {len(places)}")
        return TreeText(features, tuple(replace(tree, feature=places[tree.feature]) for tree in self.trees))


def parse(text: str) -> TreeText:
    """
    Read a model as `Booster.save_model` writes it.

    Raises:
        ArtifactError: it is not such a model, not a binary one that gives log-odds with a slope of one, or it
            has categorical splits or linear leaves, which this code does not serve.

    Source: LightGBM, src/boosting/gbdt_model_text.cpp and src/io/tree.cpp (`Tree::ToString`).
    """
    body, end, _ = text.partition("end of trees")
    header, *blocks = body.split("\nTree=")
    facts = _fields(header)
    if "tree" not in header.splitlines()[:1] or "feature_names" not in facts:
        raise ArtifactError("this is not the text of a LightGBM model")
    if facts.get("objective") != "binary sigmoid:1" or "average_output" in header.splitlines():
        raise ArtifactError(f"only binary models are served, not {facts.get('objective')!r}")
    if not end:
        raise ArtifactError("the text of the model is damaged: it stops before the end of the trees")
    try:
        trees = tuple(_tree(_fields(block)) for block in blocks)
    except (KeyError, ValueError) as failure:
        raise ArtifactError(f"the text of the model is damaged: {failure!r}") from failure
    if not trees:
        raise ArtifactError("the model has no trees")
    return TreeText(tuple(facts["feature_names"].split(" ")), trees)


def _fields(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _tree(fields: dict[str, str]) -> Tree:
    leaves = int(fields["num_leaves"])
    if fields.get("num_cat", "0") != "0" or fields.get("is_linear", "0") != "0":
        raise ArtifactError("categorical splits and linear leaves are not served")
    if leaves == 1:
        none = np.empty(0, dtype=np.int64)
        return Tree(none, np.empty(0), none, none, none, np.empty(0), _floats(fields["leaf_value"], 1))
    nodes = leaves - 1
    return Tree(
        feature=_ints(fields["split_feature"], nodes),
        threshold=_floats(fields["threshold"], nodes),
        decision=_ints(fields["decision_type"], nodes),
        left=_ints(fields["left_child"], nodes),
        right=_ints(fields["right_child"], nodes),
        value=_floats(fields["internal_value"], nodes),
        leaf_value=_floats(fields["leaf_value"], leaves),
    )


def _ints(text: str, size: int) -> Ints:
    return _sized(np.array([int(word) for word in text.split()], dtype=np.int64), size)


def _floats(text: str, size: int) -> Floats:
    values = np.array([float(word) for word in text.split()])
    if values.size != size:
        raise ValueError(f"{values.size} values where {size} belong")
    return values


def _sized(values: Ints, size: int) -> Ints:
    if values.size != size:
        raise ValueError(f"{values.size} values where {size} belong")
    return values
