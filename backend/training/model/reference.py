"""
Describes the validation data as shares of bins, with which a brain compares what it scores later.

Taken from all payments of the validation weeks, as a live service sees them and with nothing unknown, so that a service
that lacks merchants or histories shows as drift too.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from brain.features.formulas import FEATURE_NAMES
from brain.model.drift import RISK_SCORE

Floats = NDArray[np.float64]

BINS = 10  # the usual number; with 5,000 live rows chance alone then gives a stability index of 0.002
DIGITS = 6  # of an edge; shares are taken after rounding
SHARE_DIGITS = 6

# One for each thing that can shift by itself: amounts against the usual, users' habits, merchants' sizes, labels.
FEATURES = (
    "amount_to_user_median",
    "amount_to_merchant_median",
    "user_count_30d",
    "user_hours_since_last",
    "merchant_count_7d",
    "merchant_known_37d",
)


def reference(x: Floats, scores: Floats, thresholds: Mapping[str, float]) -> dict[str, dict[str, list[float]]]:
    """
    Make edges and shares of the scores and of the main features, for the model's metadata.

    Args:
        x: (n, F) features of payments that the model was not trained on.
        scores: (n,) their risk scores, as served.
        thresholds: Lowest score of each level. They are edges of the scores too: nine tenths of all scores differ by
            thousandths, and an operator wants to know whether more of them are risky.
    """
    columns = {RISK_SCORE: scores, **{name: x[:, FEATURE_NAMES.index(name)] for name in FEATURES}}
    described = {}
    for name, values in columns.items():
        edges = bin_edges(values)
        if name == RISK_SCORE:
            edges = np.union1d(edges, list(thresholds.values()))
        described[name] = {"edges": edges.tolist(), "shares": bin_shares(values, edges).tolist()}
    return described


def bin_edges(values: Floats, *, bins: int = BINS) -> Floats:
    """
    Choose edges so that each bin holds as equal a share of the known values as possible; at least one edge.

    A value that alone holds more than its share (most merchants have no fraud at all) gets a bin of its own, and the
    others share the bins that are left. Edges are therefore never equal.
    """
    distinct, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    reached = np.cumsum(counts)
    edges: list[float] = []
    last = -1  # of the distinct values that have a bin
    for left in range(bins, 1, -1):
        taken = reached[last] if last >= 0 else 0
        last = int(np.searchsorted(reached, taken + (reached[-1] - taken) / left)) if distinct.size else 0
        if last >= distinct.size - 1:
            break
        edges.append(float(f"{distinct[last + 1]:.{DIGITS}g}"))
    if not edges:  # nothing known, or one value: above it are values that were never seen
        edges = [float(np.nextafter(distinct[-1], np.inf)) if distinct.size else 0.0]
    return np.unique(np.array(edges))


def bin_shares(values: Floats, edges: Floats) -> Floats:
    """Compute shares (edges + 2,) of the values: below the first edge, between, from the last on, unknown."""
    counts = np.bincount(np.searchsorted([*edges, np.nan], values, side="right"), minlength=edges.size + 2)
    return np.round(counts / values.size, SHARE_DIGITS)
