"""
Follows outages: what this gateway sees of them goes to the ledger, where all gateways' sight makes one outage.

An outage begins with the first circuit that opens and ends when the circuit of every live gateway is closed. What
happens while the ledger is away is remembered here, with its true times, and written down when it is back.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from bson.objectid import ObjectId

from gateway import clock
from gateway.alerts.kinds import AlertKind, RaiseAlert
from gateway.circuit import Circuit, CircuitState, Transition
from gateway.ledger.debts import DOUBTED
from gateway.ledger.outages import Outage, OutageStore
from gateway.outages.rendering import to_outage_out
from gateway.scoring.sight import BlindCause, Sight

_REMEMBERED_MAX = 100  # outages that came and went while the ledger was away
_GRACE = timedelta(seconds=3)  # after its end: verdicts that were under way reach the ledger
_FIRST_FAILURES_MAX = timedelta(seconds=30)  # how long before the opening its first failures may lie
_HEARD_OF_ALL_S = 3.0  # the others' heartbeats are then from after its beginning


@dataclass(slots=True)
class _Spell:
    """One time in which this gateway's own circuit was not closed."""

    began_at: datetime
    cause: str
    ended_at: datetime | None = None
    is_written: bool = False


class OutageTracker:
    """Told of the circuit, and asked twice a second to bring the ledger up to date."""

    def __init__(
        self,
        store: OutageStore,
        circuit: Circuit,
        sight: Sight,
        raise_alert: RaiseAlert,
        *,
        instance: str,
        others_are_closed: Callable[[], bool],
        journals_are_empty: Callable[[], bool],
    ) -> None:
        """
        Args:
            instance: This gateway's name.
            others_are_closed: Whether the circuit of every other live gateway is.
            journals_are_empty: Whether every gateway's verdicts are in the ledger.
        """
        self.lasting: Outage | None = None  # as the ledger last said
        self._store = store
        self._circuit = circuit
        self._sight = sight
        self._raise_alert = raise_alert
        self._instance = instance
        self._others_are_closed = others_are_closed
        self._journals_are_empty = journals_are_empty
        self._spells: deque[_Spell] = deque(maxlen=_REMEMBERED_MAX)
        self._closed_at: datetime | None = None  # this circuit, last
        self._heard_at_s: dict[ObjectId, float] = {}  # of outages that are not settled
        self._announced: set[ObjectId] = set()  # of these

    def circuit_changed(self, change: Transition) -> None:
        """A listener of the circuit."""
        at = clock.whole_ms(change.at)
        if change.new is CircuitState.CLOSED:
            self._closed_at = at
            if self._spells:
                self._spells[-1].ended_at = at
        elif not self._spells or self._spells[-1].ended_at is not None:
            failure, first_at = self._circuit.last_failure, self._sight.unsure_since
            began_at = first_at if first_at is not None and at - first_at < _FIRST_FAILURES_MAX else at
            self._spells.append(_Spell(min(began_at, at), failure.reason if failure is not None else "UNKNOWN"))

    async def look(self) -> None:
        """Bring the ledger and this gateway's sight together, once. Raises LedgerFailure."""
        await self._write_spells()
        self.lasting = await self._store.lasting()
        unsettled = await self._store.unsettled()
        self._heard_at_s = {outage.id: self._heard_at_s.get(outage.id, monotonic()) for outage in unsettled}
        if self.lasting is not None and self._is_over(self.lasting):
            await self._store.end(self.lasting.id, ended_at=self._end_of(self.lasting))
        for outage in unsettled:
            if outage.id not in self._announced:
                self._raise_alert(AlertKind.OUTAGE_STARTED, str(outage.id), _to_started(outage))
            await self._settle(outage)
        self._announced = {outage.id for outage in unsettled}

    async def _write_spells(self) -> None:
        while self._spells:
            spell = self._spells[0]
            blindness = self._sight.blindness
            if blindness is not None and blindness.cause is BlindCause.CANARY:
                spell.cause, spell.began_at = DOUBTED, min(spell.began_at, blindness.since)
            if spell.ended_at is None:
                if not self._is_told(spell):
                    await self._store.begin(spell.began_at, cause=spell.cause)
                    spell.is_written = True
                return
            if not spell.is_written:
                await self._store.add_past(spell.began_at, spell.ended_at, cause=spell.cause)
            self._spells.popleft()

    def _is_told(self, spell: _Spell) -> bool:
        lasting = self.lasting
        return (
            lasting is not None
            and self._instance in lasting.instances
            and lasting.began_at <= spell.began_at
            and (spell.cause != DOUBTED or lasting.cause == DOUBTED)
        )

    def _is_over(self, outage: Outage) -> bool:
        """By what this gateway has seen itself: a circuit that is closed because it is new proves nothing."""
        seen_at, heard_at_s = self._sight.seen_at, self._heard_at_s.get(outage.id)
        return (
            self._circuit.state is CircuitState.CLOSED
            and seen_at is not None
            and seen_at > outage.began_at
            and heard_at_s is not None
            and monotonic() - heard_at_s >= _HEARD_OF_ALL_S
            and self._others_are_closed()
        )

    def _end_of(self, outage: Outage) -> datetime:
        """Known exactly to whoever was alone in it."""
        is_mine = outage.instances == (self._instance,)
        if is_mine and self._closed_at is not None and self._closed_at > outage.began_at:
            return self._closed_at
        return clock.now()

    async def _settle(self, outage: Outage) -> None:
        """Once it is over and every debt of its time is settled, its figures are final."""
        if outage.ended_at is None or clock.now() < outage.ended_at + _GRACE or not self._journals_are_empty():
            return
        if await self._store.has_debts(outage):
            return
        figures = await self._store.count(outage)
        # before it is settled: then no death of a gateway loses it, and one outage is one alert however often
        shown = to_outage_out(replace(outage, is_settled=True), figures)
        self._raise_alert(AlertKind.OUTAGE_ENDED, str(outage.id), shown)
        await self._store.settle(outage, figures)


def _to_started(outage: Outage) -> dict[str, object]:
    shown = to_outage_out(outage, None)
    return {name: shown[name] for name in ("outage_id", "cause", "from", "instances")}
