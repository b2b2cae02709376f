"""What a gateway saw of an outage outlives it, also while the ledger is away: on its own disk."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from gateway.features.outages.service import OutageTracker, Spell
from gateway.features.outages.shortages import Shortages
from gateway.features.outages.store import OutageStore
from gateway.features.outages.watch import BlindAlarm, OutageWatch, SpellFile
from gateway.kit.circuit import Circuit
from gateway.scoring.errors import SCORER_ERRORS
from gateway.scoring.monitor import ScoreMonitor
from tests.clock import Clock
from tests.waiting import eventually

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
OVER = Spell(BEGAN, "LEDGER_UNAVAILABLE", BEGAN + timedelta(seconds=6))


class Store:
    """The ledger, of which only what is written down matters here."""

    def __init__(self) -> None:
        self.past: list[tuple[datetime, datetime, str]] = []

    async def add_past(self, began_at: datetime, ended_at: datetime, *, cause: str) -> None:
        """One that is over."""
        self.past.append((began_at, ended_at, cause))

    async def unsettled(self) -> list[object]:
        """None waits for its figures."""
        return []


class Run:
    """One run of a gateway: a tracker that is looked after, over a directory that outlives it."""

    def __init__(self, directory: Path, clock: Clock, *, ledger_is_healthy: bool) -> None:
        self.store = Store()
        monitor = ScoreMonitor(blind_after_s=30.0, now_s=clock, now=lambda: BEGAN + timedelta(hours=1))
        self.tracker = OutageTracker(
            cast(OutageStore, self.store),
            Circuit(SCORER_ERRORS, fail_max=3, reset_s=1.0, clock=clock, listeners=[]),
            monitor,
            Shortages(),
            lambda kind, key, data: None,
            instance="one",
            others_are_healthy=lambda: True,
        )
        alarm = BlindAlarm(monitor, lambda kind, key, data: None, instance="one", outage_id=lambda: None)
        self.watch = OutageWatch(self.tracker, alarm, SpellFile(directory), ledger_is_healthy=lambda: ledger_is_healthy)


async def test_an_outage_is_on_record_although_its_gateway_stopped_before_the_ledger_was_back(
    tmp_path: Path, clock: Clock
) -> None:
    """Once, with its true times, and by the first run that finds the ledger well."""
    first = Run(tmp_path, clock, ledger_is_healthy=False)
    await first.watch.start()
    first.tracker.restore([OVER])  # as if it had just been seen
    await first.watch.close()
    second = Run(tmp_path, clock, ledger_is_healthy=True)
    await second.watch.start()
    await eventually(lambda: second.store.past != [])
    await second.watch.close()
    third = Run(tmp_path, clock, ledger_is_healthy=True)
    await third.watch.start()

    assert second.store.past == [(OVER.began_at, OVER.ended_at, OVER.cause)]
    assert third.tracker.unwritten == []
    await third.watch.close()


async def test_what_lasted_goes_on_after_a_restart_until_all_is_seen_to_be_well(tmp_path: Path, clock: Clock) -> None:
    """Its beginning is the first run's."""
    file = SpellFile(tmp_path)
    file.write([Spell(BEGAN, "HISTORY_UNAVAILABLE")])
    run = Run(tmp_path, clock, ledger_is_healthy=True)
    await run.watch.start()
    await eventually(lambda: run.store.past != [])
    await run.watch.close()

    (began_at, ended_at, cause) = run.store.past[0]
    assert (began_at, cause) == (BEGAN, "HISTORY_UNAVAILABLE")
    assert ended_at > BEGAN


def test_a_file_that_cannot_be_believed_is_put_aside_and_a_disk_that_fails_stops_nobody(tmp_path: Path) -> None:
    """The gateway starts, and keeps what it sees in memory."""
    (tmp_path / "outages-0.json").write_bytes(b"garbage")
    damaged = SpellFile(tmp_path)
    (tmp_path / "no folder").write_text("")
    nowhere = SpellFile(tmp_path / "no folder")

    assert damaged.read() == []
    assert (tmp_path / "outages-0.json.damaged").exists()
    assert nowhere.read() == []
    nowhere.write([OVER])
