"""
Follows outages: what this gateway sees of them goes to the ledger, where what all gateways see makes one outage.

An outage begins with the first circuit that opens, or with the first verdict that lacks a score or history where more
than a few do, and ends when no live gateway sees either. One that goes over into the other is one outage. What happens
while the ledger is away is remembered here, with its true times, and written down when it is back. Its figures become
final in the worker (settlement.py).
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from bson.objectid import ObjectId

from gateway.alerting import AlertKind, RaiseAlert
from gateway.features.outages.schemas import to_started
from gateway.features.outages.shortages import OutageCause, Shortages, is_worse
from gateway.features.outages.store import Outage, OutageStore
from gateway.kit import clock
from gateway.kit.circuit import Circuit, CircuitState, Transition
from gateway.scoring.monitor import BlindCause, ScoreMonitor

_REMEMBERED_MAX = 100  # outages that came and went while the ledger was away
_FIRST_FAILURES_MAX = timedelta(seconds=30)  # how long before the opening its first failures may lie
_KNOWN_S = 3.0  # the others' heartbeats are then from after its beginning
_DATED = timedelta(milliseconds=500)  # so long after its score, or the lack of one, a verdict may be dated


@dataclass(slots=True)
class Spell:
    """One time in which this gateway's own circuit was not closed, or its verdicts lacked something."""

    began_at: datetime
    cause: str
    ended_at: datetime | None = None
    is_written: bool = False  # its beginning is in the ledger

    def come_to(self, began_at: datetime, cause: str) -> None:
        """Note that it is longer, or worse, than it looked."""
        self.began_at = min(self.began_at, began_at)
        if is_worse(cause, self.cause):
            self.cause = cause


class OutageTracker:
    """Listens to the circuit; looks at the verdicts and brings the ledger up to date, twice a second."""

    def __init__(
        self,
        store: OutageStore,
        circuit: Circuit,
        monitor: ScoreMonitor,
        shortages: Shortages,
        raise_alert: RaiseAlert,
        *,
        instance: str,
        others_are_healthy: Callable[[], bool],
    ) -> None:
        """
        Args:
            instance: This gateway's name.
            others_are_healthy: Whether every other live gateway's circuit is closed, and its verdicts lack nothing.
        """
        self.lasting: Outage | None = None  # as the ledger last said
        self._store = store
        self._circuit = circuit
        self._monitor = monitor
        self._shortages = shortages
        self._raise_alert = raise_alert
        self._instance = instance
        self._others_are_healthy = others_are_healthy
        self._spells: deque[Spell] = deque(maxlen=_REMEMBERED_MAX)
        self._closed_at: datetime | None = None  # this circuit, last
        self._lacked_at: datetime | None = None  # a verdict, last, while that was an outage
        self._ended_at: datetime | None = None  # what this gateway saw of an outage, last
        self._known_at_s: dict[ObjectId, float] = {}  # of outages that are not settled
        self._announced: set[ObjectId] = set()  # of these

    @property
    def unwritten(self) -> list[Spell]:
        """What the ledger knows nothing of yet, oldest first: copies, to be kept over a restart."""
        return [replace(spell) for spell in self._spells if not spell.is_written]

    @property
    def is_calm(self) -> bool:
        """Whether there is nothing to write down, and nothing that waits for its end."""
        return not self._spells and self.lasting is None

    def restore(self, spells: Iterable[Spell]) -> None:
        """Take up what an earlier run could not write down. What lasted then goes on until all is seen to be well."""
        for spell in reversed(list(spells)):
            if spell.ended_at is None and self._spells:
                spell.ended_at = max(spell.began_at, self._spells[0].began_at)
            self._spells.appendleft(spell)

    def circuit_changed(self, change: Transition) -> None:
        """Begin a spell when the circuit opens."""
        at = clock.whole_ms(change.at)
        if change.new is CircuitState.CLOSED:
            self._closed_at = at  # `notice` ends the spell, once the circuit itself says that it is closed
            return
        failure, first_at = self._circuit.last_failure, self._monitor.unsure_since
        began_at = first_at if first_at is not None and at - first_at < _FIRST_FAILURES_MAX else at
        self._begin(min(began_at, at), failure.reason if failure is not None else OutageCause.UNKNOWN)

    def notice(self) -> None:
        """Look at the verdicts. Needs no ledger, and waits for nobody."""
        shortage = self._shortages.current()
        if shortage is not None:
            self._begin(shortage.since, shortage.cause)
            self._lacked_at = shortage.last_at + _DATED
        spell = self._lasting_spell
        if spell is None or self._shortages.is_on or self._circuit.state is not CircuitState.CLOSED:
            return
        ends = [at for at in (self._closed_at, self._lacked_at) if at is not None and at >= spell.began_at]
        spell.ended_at = self._ended_at = max(ends, default=clock.now())

    @property
    def _lasting_spell(self) -> Spell | None:
        return self._spells[-1] if self._spells and self._spells[-1].ended_at is None else None

    def _begin(self, began_at: datetime, cause: str) -> None:
        spell = self._lasting_spell
        if spell is None:
            # never in the one before: their figures would count the same verdicts
            self._spells.append(Spell(max(began_at, self._ended_at or began_at), cause))
        else:
            spell.come_to(began_at, cause)

    async def look(self) -> None:
        """Bring the ledger and what this gateway sees together, once. Raises LedgerFailure."""
        await self._write_spells()
        unsettled = await self._store.unsettled()
        self.lasting = next((outage for outage in unsettled if outage.ended_at is None), None)
        self._known_at_s = {outage.id: self._known_at_s.get(outage.id, monotonic()) for outage in unsettled}
        if self.lasting is not None and self._is_over(self.lasting):
            await self._store.end(self.lasting.id, ended_at=self._end_of(self.lasting))
        for outage in unsettled:
            if outage.id not in self._announced:
                self._raise_alert(AlertKind.OUTAGE_STARTED, str(outage.id), to_started(outage))
        self._announced = {outage.id for outage in unsettled}

    async def _write_spells(self) -> None:
        while self._spells:
            spell = self._spells[0]
            blindness = self._monitor.blindness
            if blindness is not None and blindness.cause is BlindCause.CANARY:
                spell.come_to(blindness.since, OutageCause.CANARY)
            if spell.ended_at is None:
                if not self._is_known(spell):
                    await self._store.begin(spell.began_at, cause=spell.cause)
                    spell.is_written = True
                return
            if not spell.is_written:
                await self._store.add_past(spell.began_at, spell.ended_at, cause=spell.cause)
            self._spells.popleft()

    def _is_known(self, spell: Spell) -> bool:
        lasting = self.lasting
        return (
            lasting is not None
            and self._instance in lasting.instances
            and lasting.began_at <= spell.began_at
            and not is_worse(spell.cause, lasting.cause)
        )

    def _is_over(self, outage: Outage) -> bool:
        """By what this gateway has seen itself: a circuit that is closed because it is new proves nothing."""
        seen_at, known_at_s = self._monitor.seen_at, self._known_at_s.get(outage.id)
        return (
            self._circuit.state is CircuitState.CLOSED
            and self._lasting_spell is None
            and not self._shortages.is_on
            and seen_at is not None
            and seen_at > outage.began_at
            and known_at_s is not None
            and monotonic() - known_at_s >= _KNOWN_S
            and self._others_are_healthy()
        )

    def _end_of(self, outage: Outage) -> datetime:
        """Known exactly to whoever was alone in it."""
        is_mine = outage.instances == (self._instance,)
        if is_mine and self._ended_at is not None and self._ended_at > outage.began_at:
            return self._ended_at
        return clock.now()
