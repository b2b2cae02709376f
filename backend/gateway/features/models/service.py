"""
Which models answer right now, as the brains themselves say it.

Asked in the background, every 10 s, with a timeout of its own: no verdict ever waits for it. Each
gateway asks by itself, so each can answer, and all say the same: the counts are the brains', not the gateway's.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import structlog

from gateway.features.models.facts import Histogram, ModelFacts, to_facts
from gateway.kit.periodic import Periodic
from protos import fraud_pb2

_log = structlog.get_logger()
_ASK_S = 10.0
_ASK_AGAIN_S = 1.0  # while no brain answers: what comes back is known soon
_REFUSED_MAX = 2  # of a brain: there are two roles
_FORGET_S = 35.0  # a brain that missed three questions and a bit does not answer any more

Role = Literal["main", "shadow"]
Describe = Callable[[], Awaitable[Mapping[str, fraud_pb2.ModelDescription]]]


@dataclass(frozen=True, slots=True)
class InService:
    """One model, and the brains that run it; its histograms are theirs together."""

    role: Role
    facts: ModelFacts
    brains: tuple[str, ...]  # addresses


@dataclass(frozen=True, slots=True)
class Served:
    """
    What one brain serves: the names of its models.

    Attributes:
        artifact: Of the promoted one; None where it serves the model of its settings.
        is_unsure: Whether the ledger has not told it since its start what is promoted.
    """

    brain: str
    live: str
    shadow: str | None
    artifact: str | None
    is_unsure: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A promoted model that a brain cannot serve, and why."""

    brain: str
    role: str
    artifact: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Described:
    at_s: float
    models: Mapping[Role, ModelFacts]
    said: fraud_pb2.ModelDescription


class ModelRegistry(Periodic):
    """Asks and remembers."""

    def __init__(self, describe: Describe, now_s: Callable[[], float]) -> None:
        """
        Args:
            describe: what each brain that answers in time says of its models, by address. Never raises for a brain.
            now_s: monotonic seconds.
        """
        super().__init__("models", self.ask, every_s=lambda: _ASK_S if self._described else _ASK_AGAIN_S)
        self._describe = describe
        self._now_s = now_s
        self._described: dict[str, _Described] = {}

    async def ask(self) -> None:
        """Ask every brain once."""
        for address, description in (await self._describe()).items():
            models = _models(description)
            before = self._described.get(address)
            if before is None or _keys(before.models) != _keys(models):
                named = {role: f"{model.name} {model.version}" for role, model in models.items()}
                _log.info("models.found", address=address, **named)
            self._described[address] = _Described(self._now_s(), models, description)
        forgotten_s = self._now_s() - _FORGET_S
        self._described = {
            address: described for address, described in self._described.items() if described.at_s > forgotten_s
        }

    def in_service(self) -> list[InService]:
        """Every model that answers, main ones first; the same model on several brains is one."""
        found: dict[tuple[Role, tuple[str, str, str]], list[tuple[str, ModelFacts]]] = {}
        for address, described in sorted(self._described.items()):
            for role, model in described.models.items():
                found.setdefault((role, model.key), []).append((address, model))
        return [_together(role, models) for (role, _), models in sorted(found.items(), key=lambda item: item[0])]

    def served(self) -> list[Served]:
        """What each brain serves that said which model it has."""
        return [
            Served(
                address,
                live=_name(described.models["main"]),
                shadow=_name(described.models["shadow"]) if "shadow" in described.models else None,
                artifact=described.said.artifact or None,
                is_unsure=described.said.is_unsure,
            )
            for address, described in sorted(self._described.items())
            if "main" in described.models
        ]

    def refused(self) -> list[Refused]:
        """What brains cannot serve."""
        return [
            Refused(address, one.role, one.artifact, one.reason)
            for address, described in sorted(self._described.items())
            for one in described.said.refused[:_REFUSED_MAX]
        ]


def _name(model: ModelFacts) -> str:
    return f"{model.name} {model.version}"


def _models(description: fraud_pb2.ModelDescription) -> dict[Role, ModelFacts]:
    models: dict[Role, ModelFacts] = {}
    if (main := to_facts(description)) is not None:
        models["main"] = main
    if description.HasField("shadow") and (shadow := to_facts(description.shadow)) is not None:
        models["shadow"] = shadow
    return models


def _keys(models: Mapping[Role, ModelFacts]) -> dict[Role, tuple[str, str, str]]:
    return {role: model.key for role, model in models.items()}


def _together(role: Role, models: list[tuple[str, ModelFacts]]) -> InService:
    first = models[0][1]
    histograms = first.histograms
    for _, model in models[1:]:
        histograms = tuple(_sum(histogram, model.histograms) for histogram in histograms)
    return InService(role, replace(first, histograms=histograms), tuple(address for address, _ in models))


def _sum(histogram: Histogram, others: tuple[Histogram, ...]) -> Histogram:
    """Counts in other bins (an artifact described anew under the same hash) cannot be added, and are left out."""
    alike = next((other for other in others if other.is_like(histogram)), None)
    return histogram if alike is None else histogram.plus(alike)
