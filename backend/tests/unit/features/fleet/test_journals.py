"""An outage is not settled for good while a journal may hold verdicts of it, also that of a gateway that died."""

from typing import Any

import pytest

from gateway.features.workers.store import nothing_waits


def beat(name: str, pending: int, *, alive: bool, journal: str | None = None) -> dict[str, Any]:
    """As it stands in MongoDB; without a journal, of an older version."""
    named = {} if journal is None else {"journal": journal}
    return {"_id": name, "journal_pending": pending, "is_alive": alive, **named}


@pytest.mark.parametrize(
    ("beats", "expected"),
    [
        ([beat("a", 0, alive=True, journal="x")], True),
        ([beat("a", 3, alive=True, journal="x")], False),
        ([], False),  # whoever was stopped while the ledger was away comes back with what it has
        ([beat("a", 0, alive=False, journal="x")], False),  # its last heartbeat was before MongoDB went
        ([beat("b", 0, alive=True, journal="y"), beat("a", 3, alive=False, journal="x")], False),
        ([beat("a2", 0, alive=True, journal="x"), beat("a1", 3, alive=False, journal="x")], True),
        ([beat("a2", 2, alive=True, journal="x"), beat("a1", 3, alive=False, journal="x")], False),
        ([beat("b", 0, alive=True), beat("a", 3, alive=False)], False),
        ([beat("b", 0, alive=True), beat("a", 0, alive=False)], True),
    ],
)
def test_the_newest_heartbeat_for_each_journal_counts(beats: list[dict[str, Any]], expected: bool) -> None:
    """And one gateway at least has to live."""
    assert nothing_waits(beats) is expected
