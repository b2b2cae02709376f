"""What the model that was brought last says of itself: how many frauds it knew, and how it did on past payments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

_MODELS_SHOWN = 8
FIGURES = (
    "auc", "ap", "recall_1fpr", "recall_01fpr", "genuine_declined", "genuine_reviewed", "fraud_caught",
    "fraud_value_caught", "money",
)  # fmt: skip


class Backtest(msgspec.Struct, frozen=True):
    """
    How models did on the same past payments, which none of them was trained on: as training writes it into metadata.

    Attributes:
        period: The first and the last day of these payments.
        rows, frauds: How many there were.
        models: Name ("candidate", "present", baselines) -> figure of FIGURES -> value; None where it is not known.
    """

    period: tuple[date, date]
    rows: int
    frauds: int
    models: dict[str, dict[str, float | None]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    An artifact, whatever became of it.

    Attributes:
        ripe_frauds: From so many of the merchant's own, whose labels were known, it has learned; None: it does not say.
        backtest: None where it was not tested, or says so in a way that is not ours.
    """

    name: str
    version: str
    created_at: datetime
    by: str
    may_block: bool
    own_labels: bool
    ripe_frauds: int | None
    backtest: Backtest | None


class _Metadata(msgspec.Struct):
    may_block: bool = False
    own_labels: bool = False
    ripe_frauds: int | None = None
    frauds: int | None = None
    source: Any = None  # of a merchant's own payments only
    backtest: msgspec.Raw = msgspec.Raw(b"null")


def to_candidate(document: Mapping[str, Any]) -> Candidate:
    """From a document of `models`, without its trees. What its metadata say in another way is not known."""
    try:
        metadata = msgspec.json.decode(bytes(document["metadata"]), type=_Metadata)
    except msgspec.MsgspecError:
        metadata = _Metadata()
    own_frauds = None if metadata.source is None else metadata.frauds
    return Candidate(
        name=document["name"],
        version=document["version"],
        created_at=document["created_at"],
        by=document["by"],
        may_block=metadata.may_block,
        own_labels=metadata.own_labels,
        ripe_frauds=own_frauds if metadata.ripe_frauds is None else metadata.ripe_frauds,
        backtest=_to_backtest(metadata.backtest),
    )


def _to_backtest(raw: msgspec.Raw) -> Backtest | None:
    try:
        found = msgspec.json.decode(raw, type=Backtest | None)
    except msgspec.MsgspecError:
        return None
    if found is None:
        return None
    shown = list(found.models.items())[:_MODELS_SHOWN]
    models = {name: {figure: figures.get(figure) for figure in FIGURES} for name, figures in shown}
    return Backtest(found.period, found.rows, found.frauds, models)
