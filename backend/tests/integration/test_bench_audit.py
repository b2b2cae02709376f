"""A benchmark that lost a verdict counts for nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.collection import Collection

from benchmarks.errors import BenchmarkError
from benchmarks.load import audit
from benchmarks.load.wrk import Load

LOAD = Load("b0", clients=2, ok=3, made=5, seconds=1.0, p50_ms=1.0, p99_ms=1.0)


@pytest.fixture
def ledger(mongod_url: str, fresh_databases: dict[str, str]) -> Iterator[tuple[audit.RecordedIn, Collection[Any]]]:
    """An empty one, and its collection."""
    name = fresh_databases["GATEWAY_LEDGER_DATABASE"]
    with MongoClient[Any](mongod_url) as client:
        yield audit.RecordedIn(mongod_url, database=name), client[name]["transactions"]


def record(ledger: Collection[Any], *ids: str) -> None:
    """Verdicts of these payments, the first one without a score."""
    ledger.insert_many([{"transaction_id": each, "verdict": {"scored": n > 0}} for n, each in enumerate(ids)])


def test_what_was_cut_off_may_be_recorded_or_not(ledger: tuple[audit.RecordedIn, Collection[Any]]) -> None:
    """Three of five got an answer; a fourth was under way. Payments of other runs are not looked at."""
    recorded, collection = ledger
    record(collection, "b0-0-1", "b0-0-2", "123456123456b0-0-3", "b0-0-4", "b1-0-1")

    assert recorded.audit(LOAD) == 0.75


@pytest.mark.parametrize(
    "ids",
    [
        ["b0-0-1", "b0-0-2"],
        ["b0-0-1", "b0-0-2", "b0-0-3", "b0-0-3"],
        ["b0-0-1", "b0-0-2", "b0-0-3", "b0-0-4", "b0-0-5", "b0-0-6"],
    ],
    ids=["lost", "twice", "never asked for"],
)
def test_a_run_that_lost_its_promises_is_void(
    ledger: tuple[audit.RecordedIn, Collection[Any]], ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its rate was."""
    monkeypatch.setattr(audit, "SETTLED_WITHIN_S", 0.2)
    recorded, collection = ledger
    record(collection, *ids)

    with pytest.raises(BenchmarkError, match="void"):
        recorded.audit(LOAD)
