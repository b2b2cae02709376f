"""A buyer's email address is nowhere: not in what is kept, told, answered, exported, measured or logged."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import bson
import httpx
import pymongo
import pytest

from records.emails import kept_of
from tests.stack import Stack

LOCAL = "j.nowhere+7"
ADDRESS = f"{LOCAL}@Mail.example.com"
KEPT = kept_of(ADDRESS)
PAYMENT: dict[str, Any] = {"amount": 12.5, "currency": "USD", "user_id": "u", "merchant_id": "shop"}


@pytest.fixture
def with_worker() -> bool:
    """It reads records too."""
    return True


def send(stack: Stack, transaction_id: str, *, email: object = ADDRESS, **parts: Any) -> httpx.Response:
    """A payment with this address."""
    body = PAYMENT | {"transaction_id": transaction_id, "customer": {"email": email}} | parts
    return stack.client.post("/transaction", json=body)


def asked(stack: Stack) -> dict[str, str]:
    """What the gateway tells of payments, in every form."""
    paths = ("/transactions/t1", "/transactions/blind", "/transactions", "/reviews", "/alerts", "/stats", "/metrics")
    answers = {path: stack.client.get(path).text for path in paths}
    return answers | {"export": stack.client.get("/transactions", headers={"accept": "text/csv"}).text}


def hold(mongod_url: str, names: Collection[str], text: str) -> list[str]:
    """Collections of these databases with a document that holds a text."""
    with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
        return [
            collection
            for name in names
            for collection in client[name].list_collection_names()
            if any(text.encode() in bson.encode(one).lower() for one in client[name][collection].find())
        ]


def test_of_an_email_address_only_hash_and_domain_are_anywhere(
    stack: Stack, mongod_url: str, environment: dict[str, str], tmp_path: Path
) -> None:
    """Of payments that are scored, not scored, sent again, in a batch, in conflict, refused, with a wrong address."""
    answers = [send(stack, "t1"), send(stack, "t1"), send(stack, "t1", amount=13), send(stack, "t2", note=1)]
    wrong: list[object] = [f"{ADDRESS}@", [ADDRESS], {ADDRESS: 1}]
    answers += [send(stack, "t3", email=email) for email in wrong] + [send(stack, "t3", customer={ADDRESS: 1})]
    answers.append(stack.client.post("/transaction", content=f'{{"email": "{ADDRESS}"'))
    item = PAYMENT | {"transaction_id": "t4", "customer": {"email": ADDRESS}}
    answers.append(stack.client.post("/transactions", json={"transactions": [item, item | {"email": ADDRESS}]}))
    stack.brain.stop()
    answers.append(send(stack, "blind"))
    assert [answer.status_code for answer in answers] == [200, 200, 409, 422, 200, 422, 422, 422, 400, 200, 200]
    assert answers[1].json()["replayed"]

    told = asked(stack) | {str(number): answer.text for number, answer in enumerate(answers)}
    stack.gateway.stop()

    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert KEPT["email_hash"] in told["/transactions/t1"]  # the places are those where something is kept
    assert "transactions" in hold(mongod_url, environment.values(), KEPT["email_domain"])
    assert any("gateway" in file.name for file in files)
    assert [name for name, text in told.items() if LOCAL in text.lower()] == []
    assert hold(mongod_url, environment.values(), LOCAL) == []
    assert [file.name for file in files if LOCAL.encode() in file.read_bytes().lower()] == []
