"""Wires together what a gateway does about a time without scores: canary and trial, and what it saw of outages."""

from collections.abc import Sequence

from gateway.features.fleet.service import Instance
from gateway.features.health.conditions import ConditionCode
from gateway.features.outages.service import OutageTracker
from gateway.features.outages.shortages import Shortages
from gateway.features.outages.store import OutageStore
from gateway.features.outages.watch import BlindAlarm, OutageWatch, SpellFile
from gateway.features.rescoring.store import RescoreBacklog
from gateway.features.rescoring.suspects import SuspectMarker
from gateway.kit.circuit import CircuitState, Transition
from gateway.kit.periodic import Part
from gateway.scoring.canary.trial import Trial
from gateway.scoring.canary.watch import CanaryWatch
from gateway.settings import Settings
from gateway.wiring.neighbours import Neighbours

_OUTAGE = {ConditionCode.CIRCUIT_OPEN, ConditionCode.UNSCORED_VERDICTS, ConditionCode.DEGRADED_VERDICTS}


class Recovery:
    """The parts, and the circuit's way to them."""

    def __init__(
        self,
        settings: Settings,
        neighbours: Neighbours,
        *,
        outages: OutageStore,
        shortages: Shortages,
    ) -> None:
        scorer, ledger, fleet = neighbours.scorer, neighbours.ledger, neighbours.fleet
        raise_alert = neighbours.raise_alert
        self._tracker = OutageTracker(
            outages,
            scorer.circuit,
            scorer.monitor,
            shortages,
            raise_alert,
            instance=fleet.name,
            others_are_healthy=lambda: not any(_is_in_an_outage(other) for other in fleet.others()),
        )
        suspects = SuspectMarker(
            RescoreBacklog(ledger.database, instance=fleet.name),
            ledger_is_healthy=ledger.health.is_healthy,
            journal_is_empty=lambda: ledger.journal.counts.pending == 0,
        )
        self._canary = canary = CanaryWatch(scorer, scorer.monitor, every_s=settings.canary_s, on_suspect=suspects.add)
        trial = Trial(scorer.circuit, is_reachable=scorer.health.is_reachable, try_canary=canary.try_one)
        alarm = BlindAlarm(
            scorer.monitor,
            raise_alert,
            instance=fleet.name,
            outage_id=lambda: self._tracker.lasting.id if self._tracker.lasting is not None else None,
        )
        watch = OutageWatch(
            self._tracker, alarm, SpellFile(settings.journal_dir), ledger_is_healthy=ledger.health.is_healthy
        )
        self.parts: Sequence[Part] = (suspects, canary, trial, watch)

    def circuit_changed(self, change: Transition) -> None:
        """Pass a change of the circuit on to those that wait for it."""
        self._tracker.circuit_changed(change)
        if change.new is CircuitState.CLOSED:
            self._canary.circuit_closed()


def _is_in_an_outage(other: Instance) -> bool:
    return other.state is not CircuitState.CLOSED or not _OUTAGE.isdisjoint(other.conditions)
