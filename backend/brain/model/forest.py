"""
Evaluates trees as bit masks: one search for each feature finds all exit leaves of a row.

A node whose answer is "right" rules out the leaves on its left. With one bit for each leaf, from left to right,
and the masks of all such nodes joined by AND, the lowest bit left is the exit leaf. Which nodes answer "right"
depends, feature by feature, only on the interval between two thresholds into which the value falls, so the AND
over a feature's nodes is computed once for each interval and tree when the model is loaded.

Source: Lucchese et al., "QuickScorer: a fast algorithm to rank documents with additive ensembles of regression
trees", SIGIR 2015 (the masks); the table by interval replaces its loop over nodes.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.compiled import borrowing, compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Masks = NDArray[np.uint32]

LEAVES_MAX = 32  # a bit for each: all models have masks of one type, so that a new one needs no new machine code

# 2 generates all remainders of 37, so each bit of a mask has another one: a search for the lowest bit without a loop.
_REMAINDERS = np.uint64(37)
_BIT_OF_REMAINDER = np.zeros(37, dtype=np.int64)
_BIT_OF_REMAINDER[[2**bit % 37 for bit in range(LEAVES_MAX)]] = np.arange(LEAVES_MAX)


class Forest(NamedTuple):
    """
    A model of t trees with up to k leaves each over F features, for G groups of features.

    Attributes:
        edges: The features' thresholds, ascending for each; value v falls into interval i when
            edges[i - 1] < v <= edges[i].
        edge_starts: (F + 1,) where each feature's thresholds begin, and where the last ones end.
        masks: (edges + 2 F, t) leaves that the nodes of one feature leave possible: for each feature its intervals,
            and then a row for NaN.
        leaf_values: (t, k) log-odds.
        leaf_contributions: (t, k, G) log-odds that each group of features added on the way to the leaf.
    """

    edges: Floats
    edge_starts: Ints
    masks: Masks
    leaf_values: Floats
    leaf_contributions: Floats


@compiled
def sum_trees(forest: Forest, x: Floats, contributions: Floats) -> float:
    """
    Sum the trees for one row.

    Args:
        forest: The model.
        x: (F,) features; NaN is unknown.
        contributions: (G,) to be filled with the log-odds that each group added to the average.

    Returns:
        The log-odds.
    """
    possible = _possible_leaves(forest, x)
    contributions[:] = 0.0
    log_odds = 0.0
    for tree in range(len(possible)):
        leaf = _lowest_bit(np.uint64(possible[tree]))
        log_odds += forest.leaf_values[tree, leaf]
        steps = forest.leaf_contributions[tree, leaf]
        for group in range(len(contributions)):
            contributions[group] += steps[group]
    return log_odds


@compiled
def _possible_leaves(forest: Forest, x: Floats) -> Masks:
    """Find the leaves (t,) that no node rules out. The exit leaf is the first of them."""
    possible: Masks = forest.masks[_interval(forest, 0, x[0])].copy()
    for feature in range(1, len(x)):
        left = forest.masks[_interval(forest, feature, x[feature])]
        for tree in range(len(possible)):
            possible[tree] &= left[tree]
    return possible


@borrowing
def _interval(forest: Forest, feature: int, value: float) -> int:
    """Find the row of masks for this value of the feature."""
    low, end = forest.edge_starts[feature], forest.edge_starts[feature + 1]
    rows_before = 2 * feature  # the features before have one interval more than thresholds, and a row for NaN
    if math.isnan(value):
        return int(end + rows_before + 1)
    high = end
    while low < high:
        middle = (low + high) // 2
        if forest.edges[middle] < value:
            low = middle + 1
        else:
            high = middle
    return int(low + rows_before)


@borrowing
def _lowest_bit(mask: np.uint64) -> int:
    lowest = mask ^ (mask & (mask - np.uint64(1)))
    return int(_BIT_OF_REMAINDER[lowest % _REMAINDERS])
