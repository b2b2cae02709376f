"""A sweep goes on to the next run, whatever became of the one before."""

import pytest

from gateway.errors import LedgerUnreadable
from gateway.features.audit.runs import SilentRun
from gateway.features.audit.sweep import Sweep, Unchained
from gateway.ledger.client import open_database
from gateway.settings import Settings


class EndlessRuns:
    """Silent runs without records, which MongoDB refuses to end."""

    def __init__(self) -> None:
        self.silent = [SilentRun(b"first.", 3), SilentRun(b"second", 7)]

    async def claim_silent(self, _holder: str) -> SilentRun | None:
        """Each once."""
        return self.silent.pop(0) if self.silent else None

    async def unsettled(self, _run: SilentRun, *, limit: int) -> list[bytes]:
        """All of it is chained."""
        assert limit > 0
        return []

    async def end_silent(self, _run: SilentRun) -> None:
        """As MongoDB answers without the right to."""
        raise LedgerUnreadable("not authorized")


class NoFlags:
    """Nothing is flagged."""

    async def left_behind(self, _limit: int) -> list[Unchained]:
        """None."""
        return []


async def test_a_run_that_cannot_be_ended_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next look comes at once, until there is none left."""
    sweep = Sweep(open_database(Settings()), instance="one")
    monkeypatch.setattr(sweep, "_runs", EndlessRuns())
    monkeypatch.setattr(sweep, "_flags", NoFlags())

    assert [await sweep.look() for _ in range(3)] == [True, True, False]
