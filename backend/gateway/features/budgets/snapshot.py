"""
What a gateway knows of its budgets, on its own disk beside the journal: enough to go on without the ledger.

A heartbeat says less: for each model where its review threshold started to rise from, and when, in some hundred bytes.
What was counted goes another way (store.py): it is needed an hour later.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from gateway.domain import Limits
from gateway.kit.files import read_checked, write_checked
from gateway.verdict.budgets.decline_cap import DeclineCap
from gateway.verdict.budgets.let_through import Spending
from gateway.verdict.budgets.model_budget import ModelBudget
from gateway.verdict.budgets.service import MODELS_MAX, Budgets, Misfit, ModelKey
from gateway.verdict.budgets.target import Start

Counts = dict[int, int]


class KeptSlot(msgspec.Struct, frozen=True, array_like=True):
    """Ten minutes of all gateways together."""

    slot: int
    counts: Counts
    sources: list[str]


class OwnSlot(msgspec.Struct, frozen=True, array_like=True):
    """Ten minutes of one run of this gateway, which the ledger does not have yet."""

    slot: int
    source: str
    counts: Counts


class KeptModel(msgspec.Struct, frozen=True):
    """One model. `filling` is the slot that was being filled; it ends with the run that filled it."""

    name: str
    version: str
    limits: Limits
    start: Start | None
    noted_s: float
    slots: list[KeptSlot]
    unshared: list[OwnSlot]
    filling: OwnSlot | None


class Snapshot(msgspec.Struct, frozen=True):
    """Everything. `payments` and `blocks` are of the decline cap."""

    payments: int
    blocks: list[int]
    models: list[KeptModel]
    misfit: Misfit | None = None
    let_through: Spending | None = None


_decoder = msgspec.json.Decoder(Snapshot)


def encode(budgets: Budgets) -> bytes:
    """As of now: 1 ms for 10,000 payments."""
    models = [_keep(*key, model) for key, model in budgets.models.items()]
    cap = budgets.cap
    kept = Snapshot(cap.payments, list(cap.blocks), models, budgets.misfit, budgets.let_through.spending)
    return msgspec.json.encode(kept)


def write(path: Path, encoded: bytes) -> None:
    """Replace the file, durably. Raises OSError."""
    write_checked(path, encoded)


def read(path: Path, budgets: Budgets) -> bool:
    """Take up what an earlier run knew; whether there was something. A damaged file is put aside and reported."""
    kept = read_checked(path, _decoder.decode, event="budgets.snapshot")
    if kept is None:
        return False
    budgets.cap = DeclineCap(kept.payments, kept.blocks, share=budgets.cap.share, gateways=budgets.cap.gateways)
    budgets.misfit = kept.misfit
    budgets.let_through.take_up(kept.let_through)
    for stored in kept.models:
        _restore(stored, budgets.put((stored.name, stored.version), stored.limits, stored.start))
    budgets.turn()
    return True


def _keep(name: str, version: str, model: ModelBudget) -> KeptModel:
    filling = model.filling
    return KeptModel(
        name=name,
        version=version,
        limits=model.limits,
        start=model.start,
        noted_s=model.noted_s,
        slots=[KeptSlot(slot, dict(counts), list(sources)) for slot, counts, sources in model.window.slots()],
        unshared=[OwnSlot(slot, source, dict(counts)) for (slot, source), counts in model.unshared.items()],
        filling=None if filling is None else OwnSlot(filling[0], model.source, dict(filling[1])),
    )


def _restore(stored: KeptModel, model: ModelBudget) -> None:
    model.noted_s = stored.noted_s
    for kept in stored.slots:
        model.window.put(kept.slot, kept.sources, kept.counts)
    for own in stored.unshared:
        model.unshared[own.slot, own.source] = own.counts
    if stored.filling is not None and stored.filling.counts:
        model.take_up(stored.filling.slot, stored.filling.source, stored.filling.counts)


def to_beat(budgets: Budgets) -> list[dict[str, Any]]:
    """For the heartbeat. A model whose own threshold is in force for want of payments is not in it."""
    said: list[dict[str, Any]] = [
        {"name": name, "version": version, "log_odds": model.start.log_odds, "since_s": model.start.since_s}
        for (name, version), model in budgets.models.items()
        if model.start is not None
    ]
    if budgets.misfit is not None:  # gateways of a version before this one skip what has no log_odds
        said.append({"name": budgets.misfit.name, "version": budgets.misfit.version, "misfit": budgets.misfit.since})
    return said


def from_beats(beats: Iterable[object]) -> tuple[dict[ModelKey, list[Start]], list[Misfit]]:
    """What all others say. What another version says in another way is left out."""
    starts: dict[ModelKey, list[Start]] = {}
    misfits: list[Misfit] = []
    for beat in beats:
        for said in beat[: MODELS_MAX + 1] if isinstance(beat, list) else ():
            try:
                if "misfit" in said:
                    misfits.append(_read_misfit(said))
                else:
                    key, start = _read(said)
                    starts.setdefault(key, []).append(start)
            except (KeyError, TypeError, ValueError):
                continue
    return starts, misfits


def _read(said: Mapping[str, Any]) -> tuple[ModelKey, Start]:
    log_odds, since_s = float(said["log_odds"]), float(said["since_s"])
    if not math.isfinite(log_odds) or not math.isfinite(since_s):
        raise ValueError
    return (str(said["name"]), str(said["version"])), Start(log_odds, since_s)


def _read_misfit(said: Mapping[str, Any]) -> Misfit:
    return Misfit(str(said["name"]), str(said["version"]), date.fromisoformat(said["misfit"]).isoformat())
