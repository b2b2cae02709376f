"""Facts of a gateway with which all is well, to be changed in one place."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from gateway.features.health.conditions import Facts, LackFacts
from gateway.kit.circuit import CircuitState
from gateway.scoring.faults import BrainFaults, FaultSettings
from gateway.scoring.monitor import Lack

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
WHOLE = LackFacts(Lack(0, 442, None))


def short(n: int, *, of: int = 442) -> LackFacts:
    """So many of the last minute lacked it, since noon."""
    return LackFacts(Lack(n, of, NOON), NOON)


def injecting(**settings: Any) -> tuple[BrainFaults, ...]:
    """One brain that injects these."""
    off = {"latency_rate": 0.0, "latency_s": 2.0, "error_rate": 0.0, "drop_rate": 0.0, "nan_rate": 0.0}
    rest = {"wrong_id_rate": 0.0, "constant_score": None}
    return (BrainFaults("brain:50051", is_allowed=True, settings=FaultSettings(**off | rest | settings)),)


def unread() -> tuple[BrainFaults, ...]:
    """One brain that cannot read history."""
    (brain,) = injecting()
    return (replace(brain, degraded=("history",)),)


def facts(**changes: Any) -> Facts:
    """All is well, but for these."""
    well: dict[str, Any] = {
        "circuit": CircuitState.CLOSED,
        "brains": 1,
        "distrusted": 0,
        "is_reachable": True,
        "has_only_unhealthy": False,
        "blind_since": None,
        "unscored": WHOLE,
        "degraded": WHOLE,
        "ledger_is_up": True,
        "ledger_changed_at": NOON,
        "journal_is_available": True,
        "pending": 0,
        "oldest_pending_s": None,
        "lists_are_known": True,
        "faults": injecting(),
        "clock_skew_s": None,
        "policy_error": None,
        "others": (),
    }
    return Facts(**well | changes)
