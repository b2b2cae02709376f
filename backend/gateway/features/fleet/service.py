"""
What the gateways announce to each other through the ledger: a heartbeat with the state of their circuit, their traffic,
and where their review thresholds stand. With it each reads the ledger's clock.

Each has a circuit of its own, on purpose (three failures are quickly seen by each, and a shared store would be one
more thing to lose). The fleet's word is its worst.
"""

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from pymongo.errors import PyMongoError

from gateway.features.budgets.snapshot import from_beats, to_beat
from gateway.features.fleet.store import BEAT_S, WORKER, Instances
from gateway.features.traffic.service import Beat, Traffic
from gateway.kit import clock
from gateway.kit.circuit import Circuit, CircuitState
from gateway.kit.periodic import Periodic
from gateway.ledger.audit_chain import Head
from gateway.ledger.client import Database
from gateway.ledger.health import LedgerHealth
from gateway.ledger.journal.service import Journal
from gateway.verdict.budgets.service import Budgets

AWAY_AFTER_S = 30.0  # a worker that is replaced is back sooner
_CONDITIONS_MAX = 50  # codes: three times what there is
_BADNESS = [CircuitState.CLOSED, CircuitState.HALF_OPEN, CircuitState.OPEN]


class Workers:
    """
    Told of each heartbeat. Only time in which MongoDB answers counts: a ledger that is away says nothing of workers.

    Attributes:
        alive: Workers at the newest heartbeat; None while MongoDB does not answer.
        settled: How many unscored verdicts each of these has dealt with; None of a version that does not say so.

    Args:
        now_s: Monotonic seconds.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self.alive: int | None = None
        self.settled: Mapping[str, int | None] = {}
        self._now_s = now_s
        self._answered_at_s: float | None = None
        self._missing_s = 0.0

    @property
    def away_s(self) -> float | None:
        """For how long none was seen, once that is 30 s; None before, and while nobody can know."""
        return self._missing_s if self.alive == 0 and self._missing_s >= AWAY_AFTER_S else None

    def found(self, settled: Mapping[str, int | None]) -> None:
        """Note who had a heartbeat in the last seconds. Args: settled: by name, what they have dealt with."""
        now_s = self._now_s()
        if settled:
            self._missing_s = 0.0
        elif self._answered_at_s is not None:
            self._missing_s += now_s - self._answered_at_s
        self.alive, self.settled, self._answered_at_s = len(settled), settled, now_s

    def unknown(self) -> None:
        """Note that MongoDB did not answer."""
        self.alive, self.settled, self._answered_at_s = None, {}, None


@dataclass(frozen=True, slots=True)
class Instance:
    """One gateway as it last reported itself."""

    name: str
    state: CircuitState
    failures: int
    seen_at: datetime
    journal_pending: int = 0  # verdicts that wait in its journal
    oldest_pending_s: float | None = None
    journal_lost: int = 0  # acknowledged verdicts that a damaged journal no longer holds
    journal: str | None = None  # which one that is: after a restart, still the same
    conditions: tuple[str, ...] = ()  # codes of what is wrong with it; none where it is of a version without them


def worst(states: Sequence[CircuitState]) -> CircuitState:
    """Find one word for all."""
    return max(states, key=_BADNESS.index)


def one_for_each_journal(own: str, others: Sequence[Instance]) -> list[Instance]:
    """Count each journal once: after a restart two instances report it. Older versions name none."""
    by_journal = {other.journal or other.name: other for other in others if other.journal != own}
    return list(by_journal.values())


def instance_name() -> str:
    """Name this process among all gateways and workers."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Fleet(Periodic):
    """
    Beats in the background and remembers who else does. Answers from memory: never a wait for the ledger.

    Attributes:
        conditions: Codes of what is wrong with this gateway, sent in each beat. The status, which needs us, sets it.
        workers: Whether there are any.
    """

    def __init__(
        self,
        database: Database,
        circuit: Circuit,
        journal: Journal,
        heads: Callable[[], Sequence[Head]],
        *,
        traffic: Traffic,
        budgets: Budgets,
        ledger_health: LedgerHealth,
        ledger_clock: clock.LedgerClock = clock.LEDGER,
    ) -> None:
        """
        Args:
            heads: the ends of this gateway's chains: nobody can cut them unnoticed while it lives.
            traffic, budgets: of this gateway, to be sent to the others; they receive theirs.
            ledger_health: updated with whether each beat was answered.
            ledger_clock: updated with each beat.
        """
        super().__init__("fleet", self._try_beat, every_s=BEAT_S)
        self.name = instance_name()
        self.workers = Workers(monotonic)
        self.conditions: Callable[[], Sequence[str]] = tuple
        self._kept = Instances(database, name=self.name, ledger_clock=ledger_clock)
        self._circuit = circuit
        self._journal = journal
        self._heads = heads
        self._traffic = traffic
        self._budgets = budgets
        self._ledger_health = ledger_health
        self._others: list[Instance] = []

    async def close(self) -> None:
        """Stop, and sign off where that is possible."""
        await super().close()
        await self._kept.sign_off()

    def instances(self) -> list[Instance]:
        """List this one, as of now, and the others, as of their last beat."""
        me = Instance(self.name, self._circuit.state, self._circuit.failures, datetime.now(UTC))
        return [me, *self._others]

    def others(self) -> list[Instance]:
        """List the others, as of their last beat."""
        return list(self._others)

    def has_company(self) -> bool:
        """Whether other gateways are alive."""
        return bool(self._others)

    def other_journals(self) -> list[Instance]:
        """List one gateway for each journal that is not this one's, as of its last beat."""
        return one_for_each_journal(self._journal.name, self._others)

    async def _try_beat(self) -> None:
        try:
            found = await self._kept.beat(self._state())
        except (PyMongoError, TimeoutError):
            self._ledger_health.answered(False)
            self.workers.unknown()
            self._traffic.cut_off()
            return
        self._ledger_health.answered(True)
        gateways = [document for document in found if document.get("role") != WORKER]
        workers = [document for document in found if document.get("role") == WORKER]
        self.workers.found({document["_id"]: document.get("settled") for document in workers})
        self._others = [_to_instance(document) for document in gateways]
        self._traffic.receive([_to_beat(document) for document in gateways])
        self._budgets.receive(*from_beats(document.get("budgets") for document in gateways))
        self._budgets.share_cap(1 + len(gateways))

    def _state(self) -> dict[str, Any]:
        return {
            "circuit_state": self._circuit.state.value,
            "failures": self._circuit.failures,
            "journal_pending": self._journal.counts.pending,
            "oldest_pending_s": self._journal.oldest_pending_s,
            "journal_lost": self._journal.lost.count,
            "journal": self._journal.name,
            "chains": [head.to_document() for head in self._heads()],
            "traffic": self._traffic.announce(),
            "conditions": list(self.conditions()),
            "budgets": to_beat(self._budgets),
        }


def _to_instance(document: Mapping[str, Any]) -> Instance:
    return Instance(
        name=document["_id"],
        state=CircuitState(document["circuit_state"]),
        failures=int(document.get("failures", 0)),
        seen_at=document["seen_at"],
        journal_pending=int(document.get("journal_pending", 0)),
        oldest_pending_s=document.get("oldest_pending_s"),
        journal_lost=int(document.get("journal_lost", 0)),
        journal=document.get("journal"),
        conditions=tuple(str(code) for code in document.get("conditions", ())[:_CONDITIONS_MAX]),
    )


def _to_beat(document: Mapping[str, Any]) -> Beat:
    traffic = document.get("traffic")
    age_s = (document["now"] - document["seen_at"]).total_seconds()
    return Beat(document["_id"], traffic if isinstance(traffic, bytes) else None, age_s)
