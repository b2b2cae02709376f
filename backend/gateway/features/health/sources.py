"""Reads the facts from the parts that know them, and asks brains what they inject. No reader waits."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import monotonic

from gateway.fallback.service import PolicyFile
from gateway.features.fleet.service import Fleet, Instance, Workers
from gateway.features.health.conditions import ConditionCode, Facts, LackFacts, OtherGateway, Stalled, WorkerAway
from gateway.features.lists.service import Lists
from gateway.features.models.service import ModelRegistry
from gateway.features.outages.shortages import Shortfall
from gateway.features.workers.store import Backlog
from gateway.kit import clock
from gateway.kit.cached import Cached
from gateway.kit.circuit import CircuitState
from gateway.kit.periodic import Periodic
from gateway.ledger.service import Ledger
from gateway.scoring.faults import BrainFaults
from gateway.scoring.scorer import Scorer

STALLED_AFTER_S = 60.0  # an outage's verdicts wait up to 15 s for history, and a batch takes some seconds
_ASK_S = 1.0
_KEPT_S = 5.0  # what a brain that is silent said last; it may be silent because of it


class Rescoring:
    """
    Asked twice a second. MongoDB is asked only while the workers do nothing.

    Args:
        workers: What they say that they have settled.
        scorer_is_healthy: Whether a worker would be given scores.
        oldest_waiting_s: As workers/store.py gives it.
        now_s: Monotonic seconds.
    """

    def __init__(
        self,
        workers: Workers,
        *,
        scorer_is_healthy: Callable[[], bool],
        oldest_waiting_s: Cached[float | None],
        now_s: Callable[[], float],
    ) -> None:
        self._workers = workers
        self._scorer_is_healthy = scorer_is_healthy
        self._oldest_waiting_s = oldest_waiting_s
        self._now_s = now_s
        self._settled: Mapping[str, int | None] = {}
        self._since_s = now_s()

    def stalled(self) -> Stalled | None:
        """Find out for how long; None while something is settled, nothing waits, or nobody can know."""
        settled, now_s = self._workers.settled, self._now_s()
        says_all = bool(settled) and None not in settled.values()
        if settled != self._settled or not says_all or not self._scorer_is_healthy():
            self._settled, self._since_s = settled, now_s
        for_s = now_s - self._since_s
        if for_s < STALLED_AFTER_S:
            return None
        self._oldest_waiting_s.refresh()
        known = self._oldest_waiting_s.get_stale()
        oldest_s = None if known is None else known.value
        return Stalled(for_s, oldest_s) if oldest_s is not None and oldest_s >= STALLED_AFTER_S else None


class KnownFaults(Periodic):
    """
    What brains inject, or have to do without, asked each second: what nobody announced must show without traffic.

    Args:
        read: What every known brain injects; its settings are None when it does not say. Never raises for a brain.
        now_s: Monotonic seconds.
    """

    def __init__(self, read: Callable[[], Awaitable[Sequence[BrainFaults]]], now_s: Callable[[], float]) -> None:
        super().__init__("faults", self.ask, every_s=_ASK_S)
        self._read = read
        self._now_s = now_s
        self._said: dict[str, tuple[float, BrainFaults]] = {}  # with when it was said

    def known(self) -> tuple[BrainFaults, ...]:
        """List what each brain said within the last seconds, by address."""
        return tuple(self._said[address][1] for address in sorted(self._said))

    async def ask(self) -> None:
        """Ask every brain once."""
        said = [brain for brain in await self._read() if brain.settings is not None]
        self._said |= {brain.address: (self._now_s(), brain) for brain in said}
        forgotten_s = self._now_s() - _KEPT_S
        self._said = {address: last for address, last in self._said.items() if last[0] > forgotten_s}


class Sources:
    """
    The parts of one gateway.

    Attributes:
        unscored: Times in which verdicts lack a score.
        degraded: Times in which scores lack history.
    """

    def __init__(
        self,
        *,
        scorer: Scorer,
        ledger: Ledger,
        fleet: Fleet,
        lists: Lists,
        policy: PolicyFile,
        faults: KnownFaults,
        models: ModelRegistry,
        backlog: Cached[Backlog],
        oldest_waiting_s: Cached[float | None],
    ) -> None:
        """Args: backlog, oldest_waiting_s: what waits for a worker; asked for only while none is there, or works."""
        self.unscored = Shortfall(scorer.monitor.without_score, now_s=monotonic)
        self.degraded = Shortfall(scorer.monitor.without_history, now_s=monotonic)
        self._scorer = scorer
        self._ledger = ledger
        self._fleet = fleet
        self._lists = lists
        self._policy = policy
        self._faults = faults
        self._models = models
        self._backlog = backlog
        self._rescoring = Rescoring(
            fleet.workers,
            scorer_is_healthy=scorer.health.is_proven,
            oldest_waiting_s=oldest_waiting_s,
            now_s=monotonic,
        )

    def read(self) -> Facts:
        """Read what the parts know now."""
        scorer, fleet, journal = self._scorer, self._fleet, self._ledger.journal
        skew = clock.LEDGER.skew
        brains, blindness = scorer.brains(), scorer.monitor.blindness
        return Facts(
            circuit=scorer.circuit.state,
            brains=len(brains),
            distrusted=sum(brain.is_distrusted for brain in brains),
            is_reachable=scorer.health.is_reachable(),
            has_only_unhealthy=scorer.has_only_unhealthy,
            blind_since=blindness.since if blindness is not None else None,
            unscored=_lack(self.unscored),
            degraded=_lack(self.degraded),
            ledger_is_up=not self._ledger.health.is_down(),
            ledger_changed_at=self._ledger.health.changed_at,
            journal_is_available=journal.is_available,
            pending=journal.counts.pending,
            oldest_pending_s=journal.oldest_pending_s,
            lists_are_known=self._lists.as_of is not None,
            faults=self._faults.known(),
            refused=tuple(self._models.refused()),
            clock_skew_s=skew.total_seconds() if skew is not None and clock.LEDGER.is_wrong else None,
            policy_error=self._policy.error,
            lost=journal.lost.count,
            lost_found_at=journal.lost.first[0].found_at if journal.lost.first else None,
            others=tuple(_other(instance) for instance in fleet.others()),
            worker_away=self._worker_away(),
            stalled=self._rescoring.stalled(),
        )

    def _worker_away(self) -> WorkerAway | None:
        away_s = self._fleet.workers.away_s
        if away_s is None:
            return None
        self._backlog.refresh()
        known = self._backlog.get_stale()
        return WorkerAway(away_s, None if known is None else known.value)


def _lack(shortfall: Shortfall) -> LackFacts:
    shortfall.look()
    return LackFacts(shortfall.last_minute, shortfall.since)


def _other(instance: Instance) -> OtherGateway:
    """Also of a version that tells no conditions: its circuit it does tell."""
    circuit = () if instance.state is CircuitState.CLOSED else (ConditionCode.CIRCUIT_OPEN.value,)
    return OtherGateway(instance.name, tuple(sorted({*instance.conditions, *circuit})))
