"""What clients really send gets a verdict over HTTP, and what they called it is found again everywhere."""

import csv
import io
import secrets
from typing import Any
from urllib.parse import quote

import pytest

from gateway.features.labels.api import LabelOut
from gateway.features.transactions.schemas import RecordOut, VerdictOut
from tests.problems import problem_of
from tests.stack import Stack

IDS = [
    "#1001", "gid://shop/Order/1", "o'brien@example.com", "100% off?", "a/../b#c", "/", "...", "=SUM(1)", "注文/é",
    "label", "x/label", "%2F", "%", "a+b&c=d;e", 'q"uote,', "{id}",
]  # fmt: skip


def unique(start: str, *, length: int = 0) -> str:
    """An id that no other test has."""
    made = f"{start.replace(' ', '_')}-{secrets.token_hex(6)}"
    return made + "x" * (length - len(made))


def send(stack: Stack, **parts: Any) -> dict[str, Any]:
    """A verdict on a new payment; the reply must be one."""
    reply = stack.post(unique("sent"), **parts)
    VerdictOut.model_validate(reply)
    return reply


@pytest.mark.parametrize("start", [*IDS, pytest.param("long", id="255 characters")])
def test_what_callers_call_a_payment_is_found_again_everywhere(stack: Stack, start: str) -> None:
    """Its record, its label, the search, the CSV and the lists, by the id as it was sent."""
    sent = unique(start, length=255 if start == "long" else 0)
    in_path = quote(sent, safe="")
    reply = stack.post(sent, user_id=sent, merchant_id=sent)
    assert reply["transaction_id"] == sent

    record = stack.get(f"/transactions/{in_path}")
    label = stack.client.put(f"/transactions/{in_path}/label", json={"is_fraud": False, "source": "analyst"})
    found = stack.client.get("/transactions", params={"user_id": sent, "merchant_id": sent, "text": sent})
    as_csv = stack.client.get("/transactions", params={"user_id": sent}, headers={"Accept": "text/csv"})
    entry = stack.client.put(f"/lists/deny/user/{in_path}", json={"reason": "x"})
    blocked = send(stack, user_id=sent)
    removed = stack.client.delete(f"/lists/deny/user/{in_path}").json()

    RecordOut.model_validate(record)
    assert (record["transaction_id"], record["user_id"], record["merchant_id"]) == (sent, sent, sent)
    assert LabelOut.model_validate(label.json()).transaction_id == sent
    assert [each["transaction_id"] for each in found.json()["transactions"]] == [sent]
    (row,) = csv.DictReader(io.StringIO(as_csv.text))
    assert row["transaction_id"] == (f"'{sent}" if sent.startswith("=") else sent)
    assert (entry.status_code, entry.json()["value"]) == (200, sent)
    assert (blocked["decision"], blocked["decision_source"]) == ("block", "list")
    assert removed["removed"] is True


@pytest.mark.parametrize("sent", [".", "..", "a b", "a\u200bb", "a" * 256, ""])
def test_what_no_url_or_eye_can_tell_apart_is_refused(stack: Stack, sent: str) -> None:
    """With its place."""
    body = {"transaction_id": sent, "amount": 1, "currency": "USD", "user_id": "u"}

    response = stack.client.post("/transaction", json=body)

    assert response.status_code == 422
    assert [error.pointer for error in problem_of(response).errors or ()] == ["/transaction_id"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("203.0.113.7:4711", "203.0.113.7"), ("unknown", None), ("fe80::1%\\ud800", "fe80::1"), ("", None)],
)
def test_an_address_is_taken_or_left_out_and_said(stack: Stack, sent: str, kept: str | None) -> None:
    """In the reply, in its replay and in the record; the verdict is a whole one all the same."""
    transaction_id = unique("ip")
    start = f'{{"transaction_id":"{transaction_id}","amount":12.5,"currency":"USD","user_id":"u"'
    body = f'{start},"device":{{"ip":"{sent}"}}}}'

    replies = [stack.client.post("/transaction", content=body).json() for _ in range(2)]

    record = stack.get(f"/transactions/{transaction_id}")
    said = [] if kept else ["device.ip"]
    RecordOut.model_validate(record)
    assert [(reply["scored"], reply["replayed"]) for reply in replies] == [(True, False), (True, True)]
    assert [set(reply["degraded"]) - {"history"} for reply in [*replies, record]] == [set(said)] * 3
    assert record["request"].get("device", {}).get("ip") == kept


def test_an_address_of_a_list_is_found_however_a_proxy_writes_it(stack: Stack) -> None:
    """With its port, mapped into IPv6, or first of a forwarded list."""
    stack.client.put("/lists/deny/ip/198.51.100.9", json={"reason": "x"})

    blocked = [
        send(stack, device={"ip": sent})["decision"]
        for sent in ("198.51.100.9:80", "::ffff:198.51.100.9", "198.51.100.9, 10.0.0.1")
    ]

    stack.client.delete("/lists/deny/ip/198.51.100.9")
    assert blocked == ["block"] * 3


@pytest.mark.parametrize(
    "parts",
    [
        {"metadata": {"note": "4111/1111/1111/1111"}},
        {"metadata": {"note": "\uff14" + "\uff11" * 15}},
        {"metadata": {"4111111111111111": "x"}},
        {"device": {"ip": "fe80::1%4111111111111111"}},
        {"device": {"user_agent": "x 4111\u20131111\u20131111\u20131111"}},
        {"card": {"token": "04111111111111111"}},
        {"merchant": {"name": "\u0664\u0662\u0664\u0662 " * 4}},
    ],
)
def test_a_card_number_is_refused_in_every_field_and_never_repeated(stack: Stack, parts: dict[str, Any]) -> None:
    """Not as the place of the error either."""
    body = {"transaction_id": unique("pan"), "amount": 1, "currency": "USD", "user_id": "u"} | parts

    response = stack.client.post("/transaction", json=body)

    assert response.status_code == 422
    assert ["card number" in error.detail for error in problem_of(response).errors or []] == [True]
    assert "4111" not in response.text


@pytest.mark.parametrize(
    "text",
    ["12\u202f345,67 €", "山田\u3000太郎", "\u0645\u06cc\u200c\u062e", "👨\u200d👩\u200d👧 \U0001faff", "a\u00adb"],
)
def test_ordinary_text_comes_back_as_it_was_sent(stack: Stack, text: str) -> None:
    """From the ledger."""
    reply = send(stack, merchant={"name": text}, device={"user_agent": text * 20}, metadata={"note": text})

    request = stack.get(f"/transactions/{reply['transaction_id']}")["request"]
    assert (request["merchant"]["name"], request["device"]["user_agent"]) == (text, text * 20)
    assert request["metadata"] == {"note": text}


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ('"metadata":[]', '"metadata":{}'),
        ('"metadata":{"a":null,"n":1.0}', '"metadata":{"n":1}'),
        ('"merchant":{"name":"Caf\u00e9"},"device":{}', '"merchant":{"name":"Cafe\u0301"}'),
        ('"device":{"ip":"::ffff:203.0.113.7"}', '"device":{"ip":"203.0.113.7"}'),
        ('"timestamp":"2026-01-02T03:04:05.678901Z"', '"timestamp":"2026-01-02T03:04:05.678Z"'),
    ],
)
def test_a_retry_in_another_form_gets_the_first_verdict(stack: Stack, first: str, again: str) -> None:
    """No 409: it is the same payment."""
    start = f'{{"transaction_id":"{unique("retry")}","amount":12.5,"currency":"USD","user_id":"u"'

    replies = [stack.client.post("/transaction", content=f"{start},{parts}}}".encode()) for parts in (first, again)]

    assert [(reply.status_code, reply.json().get("replayed")) for reply in replies] == [(200, False), (200, True)]


@pytest.mark.parametrize("code", ["UK", "ZZ", "AN", "SU"])
def test_a_list_of_no_country_is_refused_and_told_the_right_one(stack: Stack, code: str) -> None:
    """It was taken, and matched nothing."""
    response = stack.client.put(f"/lists/deny/country/{code}", json={"reason": "x"})

    assert response.status_code == 422
    assert ["GB" in error.detail for error in problem_of(response).errors or []] == [True]
    assert stack.client.get(f"/lists/deny/country/{code}").status_code == 404
