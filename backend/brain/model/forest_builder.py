"""Lays out the trees of a model as the tables of `brain.model.forest`."""

import numpy as np
from numpy.typing import NDArray

from brain.errors import ArtifactError
from brain.model.forest import LEAVES_MAX, Forest
from brain.model.tree_text import Tree, TreeText

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_MISSING_ZERO, _MISSING_NAN = 1, 2
_ZERO = 1e-35  # LightGBM's kZeroThreshold: a value closer to 0 than this is 0


def build_forest(text: TreeText, groups: Floats) -> Forest:
    """
    Lay out the trees.

    Args:
        text: The model.
        groups: (F, G) has a 1 where a feature belongs to a group: their contributions are summed.

    Raises:
        ArtifactError: a tree has more than LEAVES_MAX leaves, a categorical split, or is no tree.
    """
    width = max(tree.leaf_value.size for tree in text.trees)
    if width > LEAVES_MAX:
        raise ArtifactError(f"trees of up to {LEAVES_MAX} leaves are served, this model has one of {width}")
    edges = _edges(text)
    sizes = np.array([edge.size + 2 for edge in edges])
    offsets = np.cumsum(sizes) - sizes
    all_leaves = np.iinfo(np.uint32).max

    masks = np.full((int(sizes.sum()), len(text.trees)), all_leaves, dtype=np.uint32)
    values = np.zeros((len(text.trees), width))
    contributions = np.zeros((len(text.trees), width, len(text.features)))
    for index, tree in enumerate(text.trees):
        order, left_masks = _walk(tree, contributions[index])
        values[index, : order.size] = tree.leaf_value[order]
        for node, feature in enumerate(tree.feature):
            right = _goes_right(tree, node, np.concatenate((edges[feature], [np.inf, np.nan])))
            rows = offsets[feature] + np.flatnonzero(right)
            masks[rows, index] &= np.uint32(all_leaves ^ left_masks[node])
    return Forest(
        edges=np.concatenate(edges),
        edge_starts=np.cumsum([0, *(edge.size for edge in edges)]),
        masks=masks,
        leaf_values=values,
        leaf_contributions=contributions @ groups,
    )


def _edges(text: TreeText) -> tuple[Floats, ...]:
    """Find, for each feature, the values at which some node changes its answer."""
    edges: list[list[float]] = [[] for _ in text.features]
    for tree in text.trees:
        for feature, threshold, decision in zip(tree.feature, tree.threshold, tree.decision, strict=True):
            if decision & _CATEGORICAL:
                raise ArtifactError("categorical splits are not served")
            edges[feature].append(threshold)
            if decision >> 2 & 3 == _MISSING_ZERO:
                edges[feature] += [float(np.nextafter(-_ZERO, -np.inf)), _ZERO]
    return tuple(np.unique(np.array(edge, dtype=np.float64)) for edge in edges)


def _goes_right(tree: Tree, node: int, values: Floats) -> Bools:
    """
    Decide for each value whether the node sends it to its right child.

    Source: LightGBM, include/LightGBM/tree.h, `Tree::NumericalDecision`.
    """
    decision = int(tree.decision[node])
    missing = decision >> 2 & 3
    if missing != _MISSING_NAN:
        values = np.where(np.isnan(values), 0.0, values)
    by_default = np.isnan(values) if missing == _MISSING_NAN else np.zeros(values.shape, dtype=np.bool_)
    if missing == _MISSING_ZERO:
        by_default = (values >= -_ZERO) & (values <= _ZERO)
    return np.where(by_default, not decision & _DEFAULT_LEFT, values > tree.threshold[node])


def _walk(tree: Tree, contributions: Floats) -> tuple[Ints, list[int]]:
    """
    Number the leaves from left to right and record the path to each.

    Args:
        tree: The tree.
        contributions: (leaves, F) zeros, filled with each path's steps in value, by feature (Saabas).

    Returns:
        The leaves' own numbers in their new order, and for each node the bits of the leaves on its left.
    """
    order: list[int] = []
    left_masks = [0] * tree.feature.size

    def visit(child: int, value: float, path: list[tuple[int, float]]) -> int:
        if child < 0:
            leaf = -child - 1
            for feature, step in path:
                contributions[len(order), feature] += step
            order.append(leaf)
            return 1 << (len(order) - 1)
        below = 0
        for side in (int(tree.left[child]), int(tree.right[child])):
            answer = tree.leaf_value[-side - 1] if side < 0 else tree.value[side]
            bits = visit(side, answer, [*path, (int(tree.feature[child]), float(answer - value))])
            if side == tree.left[child]:
                left_masks[child] = bits
            below |= bits
        return below

    if tree.feature.size == 0:
        return np.zeros(1, dtype=np.int64), left_masks
    visit(0, float(tree.value[0]), [])
    if sorted(order) != list(range(tree.leaf_value.size)):
        raise ArtifactError("a tree of the model does not reach each of its leaves once")
    return np.array(order), left_masks
