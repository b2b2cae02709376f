"""
What a heartbeat says of the budgets: for each model where its review threshold started to rise from, and when.

Some hundred bytes. What was counted goes another way (store.py): it is needed an hour later.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.verdict.budgets.ramp import Start
from gateway.verdict.budgets.service import MODELS_MAX, Budgets, ModelKey


def to_beat(budgets: Budgets) -> list[dict[str, Any]]:
    """For the heartbeat. A model whose own threshold is in force for want of payments is not in it."""
    return [
        {"name": name, "version": version, "log_odds": model.start.log_odds, "since_s": model.start.since_s}
        for (name, version), model in budgets.models.items()
        if model.start is not None
    ]


def from_beats(beats: Iterable[object]) -> dict[ModelKey, list[Start]]:
    """What all others say. What another version says in another way is left out."""
    heard: dict[ModelKey, list[Start]] = {}
    for beat in beats:
        for said in beat[:MODELS_MAX] if isinstance(beat, list) else ():
            try:
                key, start = _read(said)
            except (KeyError, TypeError, ValueError):
                continue
            heard.setdefault(key, []).append(start)
    return heard


def _read(said: Mapping[str, Any]) -> tuple[ModelKey, Start]:
    log_odds, since_s = float(said["log_odds"]), float(said["since_s"])
    if not math.isfinite(log_odds) or not math.isfinite(since_s):
        raise ValueError
    return (str(said["name"]), str(said["version"])), Start(log_odds, since_s)
