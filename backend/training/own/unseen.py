"""Keeps scores of payments that the trees were not trained on, to choose thresholds again without the data."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from brain.model.artifact import METADATA_FILE, Model
from training.errors import UnusableDataError
from training.model.artifact import write_metadata
from training.own.judging import Floats, Judged
from training.own.limits import Wish, choose

UNSEEN_FILE = "scores.parquet"
_DAYS = b"days"
# What training measured with the thresholds that it chose: no figures of a model with others. How it ranks stays.
_MEASURED = ("metrics", "compared", "backtest")
_RANKING = ("auc", "ap", "recall_1fpr", "recall_01fpr")


def write_unseen(directory: Path, judged: Judged, scores: Floats, *, days: float) -> None:
    """Write labels and scores of payments of so many days."""
    columns = {"score": scores, "fraud": judged.fraud, "amount": judged.amount, "weight": judged.weight}
    table = pa.table({name: pa.array(column) for name, column in columns.items()})
    parquet.write_table(table.replace_schema_metadata({_DAYS: str(days)}), directory / UNSEEN_FILE, compression="zstd")


def choose_again(directory: Path, wish: Wish) -> dict[str, Any]:
    """
    Choose other thresholds for the artifact in this directory, and write them into its metadata.

    The figures of its test go, but for its ranking: they are those of the thresholds before, and `promote` must not
    decide on them.

    Returns:
        "thresholds" and "thresholds_chosen".

    Raises:
        ArtifactError: there is no model. UnusableDataError: its scores are not beside it.
    """
    Model.load(directory)
    path = directory / UNSEEN_FILE
    try:
        table = parquet.read_table(path)
        score, fraud, amount, weight = (
            table.column(name).to_numpy() for name in ("score", "fraud", "amount", "weight")
        )
        days = float(table.schema.metadata[_DAYS])
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as failure:
        raise UnusableDataError(f"{path} cannot be read: train the model with --data first ({failure})") from failure
    judged = Judged(fraud.astype(np.bool_), amount, weight, np.arange(score.size))
    thresholds, how = choose(judged, score, wish, days=days)
    metadata = json.loads((directory / METADATA_FILE).read_bytes())
    chosen = {"thresholds": thresholds, "thresholds_chosen": how}
    metrics = {name: value for name, value in metadata.get("metrics", {}).items() if name in _RANKING}
    metadata = {name: value for name, value in metadata.items() if name not in _MEASURED}
    metadata |= {"metrics": metrics, **chosen}
    digest = hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()
    metadata["version"] = f"{metadata['version'].partition('+')[0]}+{digest[:6]}"
    write_metadata(directory, metadata)
    return {"version": metadata["version"], **chosen}
