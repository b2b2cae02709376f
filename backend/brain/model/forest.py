"""
Evaluates trees as bit masks: one table look-up for each feature finds all exit leaves of a row.

A node whose answer is "right" rules out the leaves on its left. With one bit for each leaf, from left to right,
and the masks of all such nodes joined by AND, the lowest bit left is the exit leaf. Which nodes answer "right"
depends, feature by feature, only on the interval between two thresholds into which the value falls, so the AND
over a feature's nodes is computed once for each interval and tree when the model is loaded.

Source: Lucchese et al., "QuickScorer: a fast algorithm to rank documents with additive ensembles of regression
trees", SIGIR 2015 (the masks); the table by interval replaces its loop over nodes, which numpy cannot do fast.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from brain.errors import ArtifactError
from brain.model.tree_text import Tree, TreeText

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Masks = NDArray[np.unsignedinteger]

LEAVES_MAX = 64

_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_MISSING_ZERO, _MISSING_NAN = 1, 2
_ZERO = 1e-35  # LightGBM's kZeroThreshold: a value closer to 0 than this is 0


@dataclass(frozen=True, slots=True)
class Forest:
    """
    A model of t trees with up to k leaves each over F features.

    Attributes:
        features: F column names.
        edges: F ascending arrays; value v falls into interval i when edges[i - 1] < v <= edges[i].
        offsets: (F,) row of `masks` where each feature's intervals begin; its last one is for NaN.
        masks: (rows, t) leaves that the nodes of one feature leave possible.
        leaf_values: (t * k,) log-odds.
        leaf_contributions: (t * k, G) log-odds that each feature, or group of features, added on the way to the leaf.
    """

    features: tuple[str, ...]
    edges: tuple[Floats, ...]
    offsets: Ints
    masks: Masks
    leaf_values: Floats
    leaf_contributions: Floats
    _leaf_base: Ints

    @classmethod
    def build(cls, text: TreeText) -> Self:
        """
        Lay out the trees.

        Raises:
            ArtifactError: a tree has more than LEAVES_MAX leaves, a categorical split, or is no tree.
        """
        width = max(tree.leaf_value.size for tree in text.trees)
        if width > LEAVES_MAX:
            raise ArtifactError(f"trees of up to {LEAVES_MAX} leaves are served, this model has one of {width}")
        edges = _edges(text)
        sizes = np.array([edge.size + 2 for edge in edges])
        offsets = np.cumsum(sizes) - sizes
        dtype = np.uint16 if width <= 16 else np.uint32 if width <= 32 else np.uint64

        masks = np.full((int(sizes.sum()), len(text.trees)), np.iinfo(dtype).max, dtype=dtype)
        values = np.zeros((len(text.trees), width))
        contributions = np.zeros((len(text.trees), width, len(text.features)))
        for index, tree in enumerate(text.trees):
            order, left_masks = _walk(tree, contributions[index])
            values[index, : order.size] = tree.leaf_value[order]
            for node, feature in enumerate(tree.feature):
                right = _goes_right(tree, node, np.concatenate((edges[feature], [np.inf, np.nan])))
                rows = offsets[feature] + np.flatnonzero(right)
                masks[rows, index] &= dtype(np.iinfo(dtype).max ^ left_masks[node])
        return cls(
            features=text.features,
            edges=edges,
            offsets=offsets,
            masks=masks,
            leaf_values=values.ravel(),
            leaf_contributions=contributions.reshape(-1, len(text.features)),
            _leaf_base=np.arange(len(text.trees)) * width,
        )

    def grouped(self, groups: Floats) -> Self:
        """Group the contributions: fewer columns take less time. `groups` (F, G) has 1s for members."""
        return replace(self, leaf_contributions=self.leaf_contributions @ groups)

    def exit_leaves(self, x: Floats) -> Ints:
        """Find the leaf of each of n rows (n, F) in each tree: (n, t) indices into the leaf tables."""
        by_feature = np.ascontiguousarray(x.T)
        rows = np.empty(by_feature.shape, dtype=np.int64)
        for feature, edge in enumerate(self.edges):
            # NaN sorts last, after the interval above all edges.
            rows[feature] = edge.searchsorted(by_feature[feature])
        rows += np.isnan(by_feature)
        rows += self.offsets[:, None]
        possible = np.bitwise_and.reduce(self.masks.take(rows, axis=0), axis=0)
        lowest = possible & (~possible + self.masks.dtype.type(1))
        leaves: Ints = np.bitwise_count(lowest - self.masks.dtype.type(1)) + self._leaf_base
        return leaves

    def scores(self, leaves: Ints) -> Floats:
        """Sum the log-odds of rows that end in these leaves (n, t): (n,)."""
        log_odds: Floats = self.leaf_values[leaves].sum(axis=1)
        return log_odds

    def contributions(self, leaves: Ints) -> Floats:
        """Sum the log-odds that each feature, or group, added on the paths to these leaves (n, t): (n, G)."""
        steps = self.leaf_contributions.take(leaves, axis=0)
        # equals `steps.sum(axis=1)`, which takes three times as long over so few columns
        sums: Floats = np.einsum("ntg->ng", steps)
        return sums


def _edges(text: TreeText) -> tuple[Floats, ...]:
    """Find, for each feature, the values at which some node changes its answer."""
    edges: list[list[float]] = [[] for _ in text.features]
    for tree in text.trees:
        for feature, threshold, decision in zip(tree.feature, tree.threshold, tree.decision, strict=True):
            if decision & _CATEGORICAL:
                raise ArtifactError("categorical splits are not served")
            if not 0 <= feature < len(edges):
                raise ArtifactError(f"a node looks at column {feature} of {len(edges)}")
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
