"""
Sends every brain a risky and a clean payment that nobody made, every few seconds, and stops asking one that cannot
tell them apart twice in a row. A brain that answers 0.01 to everything is healthy to every other check. Which two, and
what their scores must be, each brain's own model says (canary/pair.py).

What such a brain has scored since it last passed is suspect: those verdicts are scored again.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from gateway.domain import Score
from gateway.kit import clock
from gateway.kit.periodic import Periodic
from gateway.scoring.canary.pair import (
    ANY_TWO,
    Finding,
    Pair,
    UnusablePair,
    is_of_another_model,
    judge,
    model_of,
    read_pair,
)
from gateway.scoring.monitor import ScoreMonitor
from gateway.scoring.scorer import Answer
from protos import fraud_pb2

_log = structlog.get_logger()
Canaries = Sequence[fraud_pb2.Transaction]
_STRIKES_MAX = 2  # in a row: one wrong answer may be a broken one
_AGAIN_S = 1.0  # after a strike: every second of an unhealthy brain costs verdicts


@dataclass(frozen=True, slots=True)
class SuspectScores:
    """Scores of an unhealthy brain: of one model, given between two times."""

    since: datetime
    until: datetime
    model: tuple[str, str] | None  # name and version; None: not known


class Probed(Protocol):
    """The way to the brains: `gateway.scoring.scorer.Scorer` in production."""

    @property
    def has_only_unhealthy(self) -> bool:
        """True while brains are connected, and every one of them failed its canaries."""

    async def describe(self) -> Mapping[str, fraud_pb2.ModelDescription]:
        """What every connected brain says of its model, by address; who does not answer in time is left out."""

    async def probe(self, canaries_for: Callable[[str], Canaries]) -> dict[str, list[Answer]]:
        """What every connected brain answers to each of the canaries for its address, by address."""

    def distrust(self, address: str, is_distrusted: bool) -> None:
        """Ask this brain no more, or again."""

    async def score_canary(self, canary: fraud_pb2.Transaction) -> Score:
        """Through circuit and stream, as a customer's. Raises ScorerFailure."""


class CanaryWatch(Periodic):
    """Looks at every brain, and more often at one under suspicion."""

    def __init__(
        self, scorer: Probed, monitor: ScoreMonitor, *, every_s: float, on_suspect: Callable[[SuspectScores], None]
    ) -> None:
        """
        Args:
            monitor: Told whether anybody passed.
            every_s: From one look to the next.
            on_suspect: Called with what a brain scored before it was found unhealthy.
        """
        super().__init__("canary", self.look, every_s=lambda: min(_AGAIN_S, every_s) if self._is_open else every_s)
        self._scorer = scorer
        self._monitor = monitor
        self._on_suspect = on_suspect
        self._passed_at: dict[str, datetime] = {}  # by address: when it last passed
        self._strikes: dict[str, int] = {}
        self._pairs: dict[str, Pair] = {}  # by address
        # The run before this one may have got wrong scores since its last look, and have died before it knew.
        self._last_look_at = clock.now() - timedelta(seconds=_STRIKES_MAX * every_s + 1)
        self._has_struck = False  # a brain that is asked still
        self._swapped: set[str] = set()  # brains that took up another model during the last look

    def circuit_closed(self) -> None:
        """Whoever came back is looked at now: it may have come back unhealthy."""
        self._monitor.circuit_closed()
        self.wake()

    async def try_one(self) -> Score:
        """Send the clean one the way that a customer's goes. Raises ScorerFailure."""
        return await self._scorer.score_canary(_made(ANY_TWO)[1])

    async def look(self) -> None:
        """Ask every brain once."""
        began_at = clock.now()
        await self._ask_for_pairs()  # each time: another model may answer at the address by now
        made: dict[str, Canaries] = {}

        def canaries_for(address: str) -> Canaries:
            return made.setdefault(address, _made(self._pairs.get(address, ANY_TWO)))

        answers = await self._scorer.probe(canaries_for)
        passed = [
            self._note(address, self._judge(address, made[address], of_one), of_one, began_at=began_at)
            for address, of_one in answers.items()
        ]
        self._last_look_at = began_at
        self._has_struck = any(self._strikes.get(address, 0) in range(1, _STRIKES_MAX) for address in answers)
        for gone in self._passed_at.keys() - answers.keys() - self._strikes.keys():
            del self._passed_at[gone]
        for gone in self._pairs.keys() - answers.keys():
            del self._pairs[gone]
        self._swapped &= answers.keys()
        self._monitor.suspected(self._has_struck)
        if any(passed):
            self._monitor.canary_passed()
        else:
            self._monitor.canary_unanswered()

    async def _ask_for_pairs(self) -> None:
        """Who does not say keeps the pair that it had: silence is no failure."""
        for address, description in (await self._scorer.describe()).items():
            try:
                pair = read_pair(description)
            except UnusablePair as reason:
                pair = ANY_TWO
                if self._pairs.get(address) is not pair:
                    _log.warning("canary.pair_refused", address=address, reason=str(reason))
            self._pairs[address] = pair

    @property
    def _is_open(self) -> bool:
        """Whether the last look left a question: the next one comes soon."""
        return self._has_struck or bool(self._swapped)

    def _judge(self, address: str, canaries: Canaries, answers: list[Answer]) -> Finding:
        """Hold one brain's answers against its pair. One look in a row may meet a model that came after its pair."""
        pair = self._pairs.get(address, ANY_TWO)
        finding = judge(pair, canaries, answers)
        has_swapped = finding is Finding.FAILED and is_of_another_model(pair, answers) and address not in self._swapped
        if not has_swapped:
            self._swapped.discard(address)
            return finding
        self._swapped.add(address)
        return Finding.UNANSWERED

    def _note(self, address: str, finding: Finding, answers: list[Answer], *, began_at: datetime) -> bool:
        """Draw the consequences of one brain's answers; whether it passed."""
        passed_at = self._passed_at.setdefault(address, self._last_look_at)
        if finding is Finding.PASSED:
            self._passed_at[address] = began_at
            self._strikes.pop(address, None)
            self._scorer.distrust(address, False)
        elif finding is Finding.FAILED:
            self._strikes[address] = strikes = self._strikes.get(address, 0) + 1
            _log.warning("canary.failed", address=address, strikes=strikes)
            if strikes == _STRIKES_MAX:
                self._on_suspect(SuspectScores(passed_at, clock.now(), model_of(answers)))
            if strikes >= _STRIKES_MAX:
                self._scorer.distrust(address, True)
                if self._scorer.has_only_unhealthy:
                    self._monitor.found_unhealthy(since=passed_at)
        return finding is Finding.PASSED


def _made(pair: Pair) -> Canaries:
    return pair.make(secrets.token_hex(8), now_ms=int(clock.now().timestamp() * 1000))
