"""What benchmarks compute of what they saw."""

import bson
import pytest
from bson.objectid import ObjectId

from benchmarks.ledgers import Copies
from benchmarks.load.open_loop import percentiles
from benchmarks.profile_chain import read_folded, shares
from benchmarks.soak import slope


def test_a_profile_tells_what_functions_take_with_and_without_what_they_call() -> None:
    """One that calls itself is counted once."""
    recursive = "main (brain/main.py:1);score (brain/s.py:2);score (brain/s.py:2) 3"
    sending = "main (brain/main.py:1);send (x.py:9) 1"

    found = shares(read_folded(f"{recursive}\n{sending}\n"))

    assert found["within"] == {"main (brain/main.py:1)": 1.0, "score (brain/s.py:2)": 0.75}
    assert found["own"] == {"score (brain/s.py:2)": 0.75, "send (x.py:9)": 0.25}


def test_memory_that_grows_has_a_slope() -> None:
    """In MiB a second."""
    assert slope([0.0, 2.0, 4.0], [100.0, 101.0, 102.0]) == pytest.approx(0.5)
    assert slope([0.0], [100.0]) == 0.0


def test_percentiles_are_of_what_was_seen() -> None:
    """No value is made up between two."""
    assert percentiles(float(n) for n in range(100)) == (50.0, 99.0)


def test_copies_of_a_record_differ_where_they_have_to() -> None:
    """And nowhere else; nothing is still to be told of them."""
    record = {"_id": ObjectId(), "transaction_id": "t", "user_id": "u", "merchant_id": "m", "n": 1}
    copies = Copies(record | {"chain_pending": True})

    one, other = (bson.decode(copies.make(number)) for number in range(2))

    assert one.keys() == other.keys() == {*record, "created_at", "event_time"}
    assert one["n"] == other["n"] == 1
    assert one["_id"] < other["_id"]
    assert one["transaction_id"] != other["transaction_id"]
    assert (other["created_at"] - one["created_at"]).total_seconds() == 1
