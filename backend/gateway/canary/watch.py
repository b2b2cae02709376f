"""
Sends every brain a risky and a clean payment that nobody made, every few seconds, and stops believing one that cannot
tell them apart twice in a row. A brain that answers 0.01 to everything is healthy to every other check.

What such a brain has scored since it last told the truth is doubted: those verdicts become debts.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from gateway import clock
from gateway.background import Background
from gateway.canary.pair import Finding, judge, make_pair, model_of
from gateway.domain import Score
from gateway.scoring.scorer import Answer
from gateway.scoring.sight import Sight
from protos import fraud_pb2

_log = structlog.get_logger()
_STRIKES_MAX = 2  # in a row: one wrong answer may be a broken one
_AGAIN_S = 1.0  # after a strike: every second of a liar costs verdicts


@dataclass(frozen=True, slots=True)
class Doubt:
    """Scores that cannot be believed: of one model, given between two times."""

    since: datetime
    until: datetime
    model: tuple[str, str] | None  # name and version; None: not known


class Probed(Protocol):
    """The way to the brains: `gateway.scoring.scorer.Scorer` in production."""

    @property
    def has_only_liars(self) -> bool:
        """True while brains are connected, and none of them is believed."""

    async def probe(self, canaries: list[fraud_pb2.Transaction]) -> dict[str, list[Answer]]:
        """What every connected brain answers to each, by address."""

    def distrust(self, address: str, is_distrusted: bool) -> None:
        """Ask this brain no more, or again."""

    async def score_canary(self, canary: fraud_pb2.Transaction) -> Score:
        """Through circuit and stream, as a customer's. Raises ScorerFailure."""


class CanaryWatch:
    """Runs in the background. `start` and `close` belong to the gateway's lifespan."""

    def __init__(self, scorer: Probed, sight: Sight, *, every_s: float, doubt: Callable[[Doubt], None]) -> None:
        """
        Args:
            sight: Told whether anybody passed.
            every_s: From one look to the next.
            doubt: Told what a brain that is not believed any more has scored.
        """
        self._scorer = scorer
        self._sight = sight
        self._every_s = every_s
        self._doubt = doubt
        self._true_at: dict[str, datetime] = {}  # by address: when it was last asked and told the truth
        self._strikes: dict[str, int] = {}
        # The run before this one may have been lied to since its last look, and have died before it knew.
        self._last_look_at = clock.now() - timedelta(seconds=_STRIKES_MAX * every_s + 1)
        self._has_passed = False  # since the circuit closed
        self._has_struck = False  # a brain that is asked still
        self._wake = asyncio.Event()
        self._background = Background(self._run)

    async def start(self) -> None:
        """Begin to look."""
        self._background.start()

    async def close(self) -> None:
        """Stop."""
        await self._background.stop()

    @property
    def is_clear(self) -> bool:
        """Whether a brain has passed since the circuit closed, and none is under suspicion: scores can be believed."""
        return self._has_passed and not self._has_struck

    def circuit_closed(self) -> None:
        """Whoever came back is looked at now: it may have come back lying."""
        self._has_passed = False
        self._wake.set()

    async def try_one(self) -> Score:
        """Send the clean one the way that a customer's goes. Raises ScorerFailure."""
        return await self._scorer.score_canary(_new_pair()[1])

    async def look(self) -> None:
        """Ask every brain once."""
        began_at, pair = clock.now(), _new_pair()
        answers = await self._scorer.probe(list(pair))
        passed = [self._note(address, judge(pair, of_one), of_one, began_at) for address, of_one in answers.items()]
        self._last_look_at = began_at
        self._has_struck = any(self._strikes.get(address, 0) in range(1, _STRIKES_MAX) for address in answers)
        for gone in self._true_at.keys() - answers.keys() - self._strikes.keys():
            del self._true_at[gone]
        if any(passed):
            self._has_passed = True
            self._sight.canary_passed()
        else:
            self._sight.canary_unanswered()

    def _note(self, address: str, finding: Finding, answers: list[Answer], began_at: datetime) -> bool:
        """Draw the consequences of one brain's answers; whether it passed."""
        true_at = self._true_at.setdefault(address, self._last_look_at)
        if finding is Finding.PASSED:
            self._true_at[address] = began_at
            self._strikes.pop(address, None)
            self._scorer.distrust(address, False)
        elif finding is Finding.FAILED:
            self._strikes[address] = strikes = self._strikes.get(address, 0) + 1
            _log.warning("canary.failed", address=address, strikes=strikes)
            if strikes == _STRIKES_MAX:
                self._doubt(Doubt(true_at, clock.now(), model_of(answers)))
            if strikes >= _STRIKES_MAX:
                self._scorer.distrust(address, True)
                if self._scorer.has_only_liars:
                    self._sight.found_lying(since=true_at)
        return finding is Finding.PASSED

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                _log.exception("canary.crashed")
            wait_s = min(_AGAIN_S, self._every_s) if self._has_struck else self._every_s
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()
            self._wake.clear()


def _new_pair() -> tuple[fraud_pb2.Transaction, fraud_pb2.Transaction]:
    return make_pair(secrets.token_hex(8), now_ms=int(clock.now().timestamp() * 1000))
