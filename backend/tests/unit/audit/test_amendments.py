"""The seal of an amendment covers all of it, and nobody who reads the amendment need know of it."""

from typing import Any

import pytest

from audit.seal_check import check
from gateway.ledger.amendments import to_amendment
from tests.proof_records import SCORE, an_amendment, changed


@pytest.mark.parametrize(
    ("change", "is_whole"), [({}, True), ({"new": "block"}, False), ({"score": 0.2500001}, False), ({"x": 1}, False)]
)
def test_a_changed_amendment_is_seen(change: dict[str, Any], is_whole: bool) -> None:
    """Its seal covers all of it but itself."""
    raw = changed("amendments", [an_amendment() | change])

    (found,) = check(raw).amendments

    assert found.leaf == an_amendment()["seal"]["leaf"]
    assert found.is_whole is is_whole


def test_a_sealed_amendment_still_reads_as_one() -> None:
    """Whoever shows it need not know of seals."""
    assert to_amendment(an_amendment()).score == SCORE


def test_an_amendment_without_a_seal_is_not_whole() -> None:
    """Nobody can slip one in."""
    bare = {name: value for name, value in an_amendment().items() if name != "seal"}

    (found,) = check(changed("amendments", [bare])).amendments

    assert (found.leaf, found.is_whole) == (None, False)
