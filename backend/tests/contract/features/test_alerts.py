"""What a REST client is promised about alerts, asked of a running gateway that has no receiver."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pymongo
import pytest

from gateway.alerting import AlertKind
from gateway.api.reply import Problem
from gateway.features.alerts.alert import webhook_id
from gateway.features.alerts.api import AlertOut, AlertsOut
from records.account import ACCOUNT
from tests.review_records import ledger_of
from tests.stack import Stack

KIND = "outage.ended"


@pytest.fixture
def alerts(stack: Stack, mongod_url: str) -> Iterator[list[str]]:
    """Five alerts of the past, the newest first, as a gateway with a receiver would leave them."""
    run, now = secrets.token_hex(6), datetime(2030, 1, 1, tzinfo=UTC)
    documents: list[dict[str, Any]] = [
        {
            "_id": f"msg_{run}{n}",
            "account": ACCOUNT,
            "kind": KIND if n else "scorer.blind",
            "key": f"{run}/{n}",
            "data": {"n": n, "big": 2**40},
            "at": now - timedelta(seconds=n // 2),  # two at a time
            "state": ("dead", "delivered")[n % 2],
            "attempts": 1,
            "next_at": None,
            "give_up_at": now,
            "lease": None,
            "last_error": None if n % 2 else "HTTP 410",
            "ended_at": now,
        }
        for n in range(5)
    ]
    with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
        collection = ledger_of(stack, client)["alerts"]
        collection.insert_many(documents)
        yield [d["_id"] for d in sorted(documents, key=lambda d: (d["at"], d["_id"]), reverse=True)]
        collection.delete_many({"key": {"$regex": f"^{run}/"}})


def test_alerts_come_newest_first_a_page_at_a_time(stack: Stack, alerts: list[str]) -> None:
    """Each once, also where two came in the same millisecond."""
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        page = stack.get(f"/alerts?limit=2{f'&cursor={cursor}' if cursor else ''}")
        AlertsOut.model_validate(page)
        found += [alert["webhook_id"] for alert in page["alerts"]]
        cursor = page["next_cursor"]

    assert [webhook_id for webhook_id in found if webhook_id in alerts] == alerts
    assert len(found) == len(set(found))


def test_alerts_are_found_by_kind_and_state(stack: Stack, alerts: list[str]) -> None:
    """Both together."""
    page = stack.get(f"/alerts?kind={KIND}&state=dead&limit=200")

    assert [alert["data"]["n"] for alert in page["alerts"] if alert["webhook_id"] in alerts] == [2, 4]


def test_all_alerts_of_one_outage_are_found_by_its_id(stack: Stack, mongod_url: str, alerts: list[str]) -> None:
    """Of whatever kind, and nobody else's."""
    key = secrets.token_hex(12)
    mine = [webhook_id(kind, key) for kind in (AlertKind.OUTAGE_STARTED, AlertKind.OUTAGE_ENDED)]
    with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
        collection = ledger_of(stack, client)["alerts"]
        example = collection.find_one({"_id": alerts[0]})
        assert example is not None
        collection.insert_many([{**example, "_id": alert_id, "key": key, "state": "dead"} for alert_id in mine])
        found = stack.get(f"/alerts?key={key}")["alerts"]
        of_a_kind = stack.get(f"/alerts?key={key}&state=delivered")["alerts"]
        collection.delete_many({"key": key})

    assert {alert["webhook_id"] for alert in found} == set(mine)
    assert of_a_kind == []


def test_one_alert_is_read_by_its_webhook_id(stack: Stack, alerts: list[str]) -> None:
    """With what it said, to the last digit."""
    alert = stack.get(f"/alerts/{alerts[0]}")

    AlertOut.model_validate(alert)
    assert alert["data"]["big"] == 2**40


def test_an_unknown_alert_is_a_404(stack: Stack) -> None:
    """In the form of all errors."""
    response = stack.client.get("/alerts/msg_nobody")

    assert response.status_code == 404
    assert Problem.model_validate(response.json()).code == "ALERT_NOT_FOUND"


def test_without_a_receiver_nothing_is_sent_again(stack: Stack, alerts: list[str]) -> None:
    """409 that names the setting, and the alert stays as it is."""
    response = stack.client.post(f"/alerts/{alerts[0]}/retry")

    assert response.status_code == 409
    problem = Problem.model_validate(response.json())
    assert (problem.code, "GATEWAY_WEBHOOK_URL" in problem.detail) == ("ALERT_NOT_RETRYABLE", True)
    assert stack.get(f"/alerts/{alerts[0]}")["state"] in {"dead", "delivered"}


@pytest.mark.parametrize(
    "query",
    ["kind=nonsense", "state=lost", "limit=0", "limit=201", "cursor=x", "cursor=W10=", "cursor=WzEsMl0=", "q=1"],
)
def test_a_wrong_question_is_a_clear_422(stack: Stack, query: str) -> None:
    """It names the parameter."""
    response = stack.client.get(f"/alerts?{query}")

    assert response.status_code == 422
    problem = Problem.model_validate(response.json())
    assert [error.pointer for error in problem.errors or ()] == [f"?{query.split('=', maxsplit=1)[0]}"]


def test_alerts_are_in_the_metrics(stack: Stack) -> None:
    """What waits here, and what was lost."""
    text = stack.client.get("/metrics").text

    assert "sentinel_alerts_held 0.0" in text
    assert "sentinel_alerts_dropped_total 0.0" in text


def test_flips_do_not_push_an_outage_out_of_sight(stack: Stack, mongod_url: str) -> None:
    """Folded, all flips between two other alerts are one, the newest, that counts those under it."""
    run, start = secrets.token_hex(6), datetime(2031, 1, 1, tzinfo=UTC)

    def an_alert(n: int, kind: str) -> dict[str, Any]:
        return {
            "_id": f"msg_{run}{n:04}", "account": ACCOUNT, "kind": kind, "key": f"{run}/{n}", "data": {},
            "state": "delivered",
            "at": start + timedelta(seconds=n), "attempts": 1, "next_at": None, "give_up_at": start, "lease": None,
            "last_error": None, "ended_at": start,
        }  # fmt: skip

    kinds = ["outage.started", *["verdict.amended"] * 300, "conflict.recorded", "verdict.amended", "outage.ended"]
    documents = [an_alert(n, kind) for n, kind in enumerate([*kinds, "verdict.amended", "verdict.amended"])]
    with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
        collection = ledger_of(stack, client)["alerts"]
        collection.insert_many(documents)
        try:
            page = stack.get("/alerts?fold=true&limit=5")
        finally:
            collection.delete_many({"key": {"$regex": f"^{run}/"}})

    AlertsOut.model_validate(page)
    assert [(alert["kind"], alert["folded"]) for alert in page["alerts"]] == [
        ("verdict.amended", 1),
        ("outage.ended", 0),
        ("verdict.amended", 300),
        ("conflict.recorded", 0),
        ("outage.started", 0),
    ]
    assert page["alerts"][0]["key"] == f"{run}/{len(documents) - 1}"
    refused = stack.client.get("/alerts?fold=true&kind=outage.ended")
    assert refused.status_code == 422
