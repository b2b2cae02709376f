"""A large ledger of an older version is upgraded while checkouts pay: nothing is away, lost, or decided twice."""

import random
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import quantiles
from time import monotonic
from typing import Any

import httpx
import pytest
from pymongo import MongoClient
from pymongo.database import Database

from records.account import ACCOUNT, NOTE
from tests.drills.conftest import full_only
from tests.old_ledger import as_of_version_2, copies, make, old_request
from tests.stack import Stack, running_stack

RECORDS = 200_000
KNOWN = 1_000  # of these a client repeats requests
_BACKLOG = 5_000  # verdicts without a score among them


@pytest.fixture
def older(mongod_url: str, fresh_databases: dict[str, str]) -> Iterator[Database[Any]]:
    """With many records, of which some wait for a score, and all that are flagged `review` for a person."""
    with MongoClient[dict[str, Any]](mongod_url, tz_aware=True) as client:
        database = client[fresh_databases["GATEWAY_LEDGER_DATABASE"]]
        make(database)
        database["transactions"].insert_many([as_of_version_2(old_request(n)) for n in range(KNOWN)])
        pattern = as_of_version_2(old_request(0), is_blind=True)
        scored = {name: value for name, value in pattern.items() if name != "debt"}
        database["transactions"].insert_many(copies(pattern, range(KNOWN, KNOWN + _BACKLOG)))
        database["transactions"].insert_many(copies(scored, range(KNOWN + _BACKLOG, RECORDS)))
        yield database


@full_only
def test_a_large_ledger_is_upgraded_while_checkouts_pay(
    older: Database[Any],
    mongod_url: str,
    tmp_path: Path,
    fresh_databases: dict[str, str],
    tell: Callable[[str], None],
) -> None:
    """Repeated requests get their first verdict, new ones theirs, and every page is there, all the while."""
    first = {
        record["transaction_id"]: record["verdict"]["trace_id"]
        for record in older["transactions"].find({"transaction_id": {"$in": [f"old-{n}" for n in range(KNOWN)]}})
    }
    chance, new, began_s = random.Random(7), 0, monotonic()
    took_ms: list[float] = []

    with running_stack(tmp_path, mongod_url, fresh_databases, with_worker=True) as stack:
        for new in count(1):
            known = old_request(chance.randrange(KNOWN))
            verdict, replayed = post(stack, f"new-{new}", took_ms), stack.post(**known)
            assert (verdict["ledger_status"], verdict["replayed"]) == ("committed", False)
            assert replayed["replayed"]
            assert replayed["trace_id"] == first[known["transaction_id"]]
            for page in ("/transactions?limit=5", "/transactions?user_id=user-7", "/reviews", "/outages", "/alerts"):
                stack.get(page)
            if older["schema_migrations"].find_one(NOTE) is not None:
                break
        lasted_s = monotonic() - began_s

    transactions = older["transactions"]
    assert transactions.count_documents({}) == RECORDS + new
    assert transactions.count_documents({"account": ACCOUNT}) == RECORDS + new
    assert transactions.count_documents({"$or": [{"debt": {"$exists": True}}, {"review.at_stake_minor": 1}]}) == 0
    p50, p99 = (quantiles(took_ms, n=100)[n] for n in (49, 98))
    tell(f"{RECORDS:,} records in {lasted_s:.0f} s; {new} new payments beside it: p50 {p50:.0f}, p99 {p99:.0f} ms")


def post(stack: Stack, transaction_id: str, took_ms: list[float]) -> dict[str, Any]:
    """A new payment."""
    began_s = monotonic()
    body = {"transaction_id": transaction_id, "amount": 12.5, "currency": "USD", "user_id": "user-7"}
    response: httpx.Response = stack.client.post("/transaction", json=body)
    took_ms.append((monotonic() - began_s) * 1000)
    assert response.status_code == 200, response.text
    return dict(response.json())
