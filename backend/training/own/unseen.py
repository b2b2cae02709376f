"""Keeps scores of payments that the trees were not trained on, to choose thresholds again without the data."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from brain.model.artifact import METADATA_FILE, Model
from training.errors import UnusableDataError
from training.model.artifact import write_metadata
from training.own.comparing import NEW, Comparison
from training.own.judging import Costs, Floats, Judged, Verdicts, measure
from training.own.limits import Wish, choose
from training.own.ordinary import Ordinary
from training.own.words import CANDIDATE

UNSEEN_FILE = "scores.parquet"
_DAYS, _COSTS = b"days", b"costs"


def write_unseen(directory: Path, judged: Judged, scores: Floats, found: Comparison, *, days: float) -> None:
    """
    Write labels and scores.

    Args:
        judged, scores: Of the payments that thresholds are chosen on.
        found: The test, whose payments no thresholds are chosen on.
        days: How many days the former are of.
    """
    tested = found.judged
    columns = {
        "score": (scores, found.verdicts[NEW].scores),
        "fraud": (judged.fraud, tested.fraud),
        "amount": (judged.amount, tested.amount),
        "weight": (judged.weight, tested.weight),
        "is_test": (np.zeros(scores.size, dtype=np.bool_), np.ones(tested.fraud.size, dtype=np.bool_)),
    }
    table = pa.table({name: pa.array(np.concatenate(parts)) for name, parts in columns.items()})
    facts = {_DAYS: str(days), _COSTS: json.dumps(asdict(found.costs))}
    parquet.write_table(table.replace_schema_metadata(facts), directory / UNSEEN_FILE, compression="zstd")


def choose_again(directory: Path, wish: Wish) -> dict[str, Any]:
    """
    Choose other thresholds for the artifact in this directory, and write them into its metadata.

    The figures of its test become those of the new thresholds, so `promote` can decide on them.

    Returns:
        "version", "thresholds", "thresholds_chosen" and "metrics": its figures in the test of its training.

    Raises:
        ArtifactError: there is no model. UnusableDataError: its scores are not beside it.
    """
    model = Model.load(directory)
    path = directory / UNSEEN_FILE
    try:
        table = parquet.read_table(path)
        score, fraud, amount, weight, is_test = (
            table.column(name).to_numpy() for name in ("score", "fraud", "amount", "weight", "is_test")
        )
        days = float(table.schema.metadata[_DAYS])
        costs = Costs(**json.loads(table.schema.metadata[_COSTS]))
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as failure:
        raise UnusableDataError(f"{path} cannot be read: train the model with --data first ({failure})") from failure
    judged = Judged(fraud.astype(np.bool_), amount, weight, np.arange(score.size))
    thresholds, how = choose(judged.take(~is_test), score[~is_test], wish, days=days)
    thresholds = Ordinary.of(model.risk_scores).raised(thresholds)
    figures = _tested(judged.take(is_test), score[is_test], thresholds, costs)
    metadata = json.loads((directory / METADATA_FILE).read_bytes())
    chosen = {"thresholds": thresholds, "thresholds_chosen": how}
    metrics = {name: value for name, value in figures.items() if value is not None}
    metadata |= {"metrics": metrics, **chosen}
    metadata["backtest"]["models"][CANDIDATE] = figures
    digest = hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()
    metadata["version"] = f"{metadata['version'].partition('+')[0]}+{digest[:6]}"
    write_metadata(directory, metadata)
    return {"version": metadata["version"], **chosen, "metrics": metrics}


def _tested(judged: Judged, scores: Floats, thresholds: dict[str, float], costs: Costs) -> dict[str, float | None]:
    verdicts = Verdicts.by(scores, high=thresholds["high"], critical=thresholds["critical"])
    return measure(judged, verdicts, costs, draws=0).figures
