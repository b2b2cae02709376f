"""What gateways say of their journals is counted once for each journal."""

from datetime import UTC, datetime

from gateway.features.fleet.service import Instance, one_for_each_journal
from gateway.kit.circuit import CircuitState


def an_instance(name: str, journal: str | None) -> Instance:
    """With one verdict that waits."""
    return Instance(name, CircuitState.CLOSED, 0, datetime.now(UTC), journal_pending=1, journal=journal)


def test_a_journal_whose_gateway_started_again_is_counted_once() -> None:
    """Two earlier runs on ours, two on another, and two of a version that does not say."""
    others = [
        an_instance(name, journal)
        for name, journal in [("a", "ours"), ("b", "ours"), ("c", "x"), ("d", "x"), ("e", None), ("f", None)]
    ]

    found = one_for_each_journal("ours", others)

    assert [other.journal for other in found] == ["x", None, None]
    assert sum(other.journal_pending for other in found) == 3
