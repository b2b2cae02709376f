"""`sentinel model backtest`: what a model would have done to a merchant's own payments that it was not trained on."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from brain.domain import DAY_MS
from brain.model.artifact import METADATA_FILE, Model
from training.own.baselines import fit_baselines
from training.own.comparing import Comparison, compare, judged_of
from training.own.history import read_history
from training.own.judging import Costs
from training.own.limits import Wish
from training.own.payments import OwnPayments
from training.own.sampling import draw
from training.own.scoring import FeatureTable
from training.own.splitting import last_days
from training.own.words import above_cap, caveats

FRAUDS_MIN = 10  # for baselines of a model that brings none


@dataclass(frozen=True, slots=True)
class Backtested:
    """The model, its metadata, the comparison, and what a person has to know of it."""

    model: Model
    metadata: dict[str, Any]
    comparison: Comparison
    notes: tuple[str, ...]


def backtest_own(
    own: OwnPayments, directory: Path, *, present: Model | None, test_days: int, costs: Costs
) -> Backtested:
    """
    Judge the model in this directory on the last days of these payments.

    Days that it was trained on are never judged. Payments that it was trained on, and that the file lacks, go before
    these as their history.

    Raises:
        ArtifactError: the directory has no model.
        UnusableDataError: there is no fraud, or no genuine payment, to judge.
    """
    model = Model.load(directory)
    metadata = json.loads((directory / METADATA_FILE).read_bytes())
    from_ms = int(metadata.get("tested_from_ms", 0))
    history = read_history(directory)
    joined = own.after(history) if history is not None else own
    first_own_ms = int(own.payments.time_ms[0])
    joined, parts = draw(joined, last_days(joined, test_days=test_days, from_ms=max(from_ms, first_own_ms)))
    notes = list(parts.notes)
    judged_days = round((parts.test_until_ms - parts.test_from_ms) / DAY_MS)
    if judged_days != test_days:
        notes.append(f"judged are {judged_days} days, not {test_days}: the others have no labels, or trained the model")
    if "source" not in metadata:
        notes.append("it was not trained on payments of this merchant")
    baselines = metadata.get("baselines", {}) or _baselines(joined, parts.test_from_ms)
    found = compare(
        FeatureTable(joined, parts.test), parts, new=model, present=present, baselines=baselines, costs=costs
    )
    notes += caveats(int(found.judged.fraud.sum()), found.measured)
    return Backtested(model, metadata, found, tuple(filter(None, (*notes, above_cap(found)))))


def source_of(directory: Path) -> dict[str, Any]:
    """Return where the model in this directory comes from; empty if that is not told, as of the shipped one."""
    try:
        source = json.loads((directory / METADATA_FILE).read_bytes()).get("source", {})
    except (OSError, ValueError, AttributeError):
        return {}
    return source if isinstance(source, dict) else {}


def _baselines(own: OwnPayments, until_ms: int) -> dict[str, Any]:
    """Fit baselines to what was known before the test, if that is enough."""
    rows = np.flatnonzero(own.is_labelled & (own.payments.known_at_ms <= until_ms))
    if own.is_fraud[rows].sum() < FRAUDS_MIN or not (~own.is_fraud[rows]).any():
        return {}
    time_ms = own.payments.time_ms[rows]
    days = max(1.0, float(time_ms[-1] - time_ms[0]) / DAY_MS)
    return fit_baselines(own.payments, rows, judged_of(own, rows, own.is_fraud), Wish(), days=days)
