"""What a REST client is promised about verdicts, asked of a running gateway."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gateway.api.reply import Problem
from gateway.features.transactions.schemas import BatchOut, PageOut, RecordOut, VerdictOut
from tests.stack import Stack


@pytest.fixture
def txn() -> str:
    """An id that nobody used."""
    return f"txn-{secrets.token_hex(6)}"


def test_the_readme_curl_gets_a_scored_verdict(stack: Stack, txn: str) -> None:
    """Four fields are enough for a real score with reasons."""
    reply = stack.post(txn, amount=150.50, user_id="user_123")

    VerdictOut.model_validate(reply)
    assert reply["scored"] is True
    assert 0.0 <= reply["risk_score"] <= 1.0
    assert reply["model"]["version"]
    assert reply["reasons"]
    assert reply["ledger_status"] == "committed"


@pytest.mark.parametrize("amount", [300, 9_000])
def test_the_shipped_model_blocks_nothing(stack: Stack, txn: str, amount: int) -> None:
    """The README's first call with another amount: until a model knows the merchant's own payments, a person looks."""
    reply = stack.post(txn, amount=amount, user_id="user_123")

    VerdictOut.model_validate(reply)
    assert (reply["scored"], reply["decision_source"]) == (True, "model")
    assert reply["decision"] != "block"
    assert reply["is_fraud"] is False
    if reply["risk_level"] == "critical":
        assert reply["budget"] == {"name": "may_block", "model_decision": "block"}
    thresholds = stack.get(f"/transactions/{txn}")["thresholds"]
    assert 0 < thresholds["review"] <= thresholds["block"] <= 1


def test_a_large_amount_scores_above_an_everyday_one(stack: Stack, txn: str) -> None:
    """The model really scores, and stops nobody for an amount alone."""
    large, small = (stack.post(f"{txn}-{n}", amount=n, user_id=f"user-{txn}-{n}") for n in (9000, 12))

    assert large["risk_score"] > small["risk_score"]
    assert {large["decision_source"], small["decision_source"]} == {"model"}
    assert small["decision"] == "approve"


def test_the_record_holds_what_was_answered(stack: Stack, txn: str) -> None:
    """Every field of the verdict, the request, and the exact amount."""
    reply = stack.post(txn, amount=150.50, merchant_id="shop_1", metadata={"basket": 3})

    record = stack.get(f"/transactions/{txn}")

    RecordOut.model_validate(record)
    shared = reply.keys() & record.keys()
    assert {name: record[name] for name in shared} == {name: reply[name] for name in shared}
    assert (record["amount"], record["currency"], record["merchant_id"]) == ("150.50", "USD", "shop_1")
    assert record["request"]["metadata"] == {"basket": 3}


def test_the_same_body_replays_the_first_verdict(stack: Stack, txn: str) -> None:
    """To the letter, but for the word that says so."""
    first = stack.post(txn, amount=20)

    again = stack.post(txn, amount="20.00")

    assert (first.pop("replayed"), again.pop("replayed")) == (False, True)
    assert again == first


def test_another_body_is_a_conflict(stack: Stack, txn: str) -> None:
    """409 with the way out; the first verdict stays."""
    stack.post(txn, amount=20)

    response = stack.client.post(
        "/transaction", json={"transaction_id": txn, "amount": 21, "currency": "USD", "user_id": "user_1"}
    )

    check_problem(response, 409, "CONFLICTING_TRANSACTION")
    assert stack.get(f"/transactions/{txn}")["amount"] == "20.00"


def test_a_hundred_concurrent_posts_leave_one_document(stack: Stack, txn: str) -> None:
    """One verdict is told to all hundred."""
    with ThreadPoolExecutor(100) as pool:
        replies = list(pool.map(lambda _: stack.post(txn, user_id=f"user-{txn}"), range(100)))

    assert len({reply["trace_id"] for reply in replies}) == 1
    assert sum(not reply["replayed"] for reply in replies) == 1
    assert len(stack.get(f"/transactions?user_id=user-{txn}")["transactions"]) == 1


def test_a_batch_answers_each_by_itself(stack: Stack, txn: str) -> None:
    """In order; a bad one costs its neighbours nothing, and its problem says where it is."""
    good = {"transaction_id": f"{txn}-a", "amount": 5, "currency": "USD", "user_id": "user_1"}
    bad = good | {"transaction_id": f"{txn}-b", "amount": -5}
    conflicting = good | {"amount": 6}

    body = stack.client.post("/transactions", json={"transactions": [good, bad, conflicting, good]}).json()

    BatchOut.model_validate(body)
    statuses = [result["status"] for result in body["results"]]
    assert statuses[1:] == [422, 409, 200]
    assert statuses[0] == 200
    assert body["results"][1]["problem"]["errors"][0]["pointer"] == "/transactions/1/amount"


@pytest.mark.parametrize(
    "body", [{}, {"transactions": []}, {"transactions": [{}] * 501}, [], {"transactions": {}, "x": 1}]
)
def test_a_batch_of_the_wrong_form_is_refused(stack: Stack, body: Any) -> None:
    """Whole, with its place."""
    response = stack.client.post("/transactions", json=body)

    check_problem(response, 422, "INVALID_REQUEST", pointer="/transactions")


def test_the_callers_trace_is_kept(stack: Stack, txn: str) -> None:
    """W3C Trace Context: a verdict is found from either side."""
    trace_id = secrets.token_hex(16)

    response = stack.client.post(
        "/transaction",
        json={"transaction_id": txn, "amount": 5, "currency": "USD", "user_id": "user_1"},
        headers={"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"},
    )

    assert response.json()["trace_id"] == trace_id


def test_search_pages_through_everything_once(stack: Stack, txn: str) -> None:
    """Newest first, no record twice, none left out."""
    user_id = f"user-{txn}"
    for n in range(7):
        stack.post(f"{txn}-{n}", user_id=user_id, amount=n + 1)

    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = stack.get(f"/transactions?user_id={user_id}&limit=3" + (f"&cursor={cursor}" if cursor else ""))
        PageOut.model_validate(page)
        seen += [record["transaction_id"] for record in page["transactions"]]
        cursor = page["next_cursor"]

    assert seen == [f"{txn}-{n}" for n in reversed(range(7))]


def test_search_filters(stack: Stack, txn: str) -> None:
    """By amount, decision, scored and time."""
    user_id = f"user-{txn}"
    decisions = {
        str(n): stack.post(f"{txn}-{n}", user_id=user_id, amount=n + 1, merchant_id=f"shop-{n}")["decision"]
        for n in range(3)
    }

    def ids(query: str) -> set[str]:
        return {r["transaction_id"][-1] for r in stack.get(f"/transactions?user_id={user_id}&{query}")["transactions"]}

    assert ids("amount_min=2") == {"1", "2"}
    assert ids("amount_min=1.5&amount_max=2.5") == {"1"}
    assert ids("scored=false") == set()
    assert ids("merchant_id=shop-2") == {"2"}
    assert ids("created_from=2199-01-01T00:00:00Z") == set()
    assert ids("decision=approve") == {n for n, decision in decisions.items() if decision == "approve"} != set()


def test_search_exports_csv_that_no_spreadsheet_runs(stack: Stack, txn: str) -> None:
    """A cell that begins like a formula is made text."""
    stack.post(txn, user_id=f"={txn}".replace("txn", "cmd"))

    response = stack.client.get("/transactions", params={"limit": 1}, headers={"accept": "text/csv"})

    assert response.headers["content-type"].startswith("text/csv")
    assert response.headers["x-next-cursor"]
    assert response.text.splitlines()[0].startswith("transaction_id,created_at")
    assert ",'=cmd" in response.text.splitlines()[1]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=501",
        "amount_min=NaN",
        "amount_min=-1",
        "decision=maybe",
        "created_from=yesterday",
        "usr_id=me",
        "amount_min=1e-7000",
        "amount_min=0.00001",
        "created_from=0001-01-01T00:00:00%2B10:00",
        "created_to=9999-12-31T23:59:59-10:00",
    ],
)
def test_a_search_that_makes_no_sense_names_the_parameter(stack: Stack, query: str) -> None:
    """As everywhere: the place and the fix."""
    response = stack.client.get(f"/transactions?{query}")

    check_problem(response, 422, "INVALID_REQUEST", pointer="?" + query.partition("=")[0])


@pytest.mark.parametrize("number", [2**31, 2**63 - 1, -(2**63)])
def test_whole_numbers_of_any_size_come_back(stack: Stack, txn: str, number: int) -> None:
    """MongoDB gives large ones back as a kind of its own; once that broke every search that met one."""
    stack.post(txn, user_id=f"user-{txn}", metadata={"order": number})

    assert stack.get(f"/transactions/{txn}")["request"]["metadata"] == {"order": number}
    assert len(stack.get(f"/transactions?user_id=user-{txn}")["transactions"]) == 1


def test_batches_side_by_side_leave_the_brain_well(stack: Stack, txn: str) -> None:
    """Four of 500 at once: all scored, none refused, the circuit closed."""

    def submit(batch: int) -> list[dict[str, Any]]:
        items = [
            {"transaction_id": f"{txn}-{batch}-{n}", "amount": 5, "currency": "USD", "user_id": f"user_{n}"}
            for n in range(500)
        ]
        response = stack.client.post("/transactions", json={"transactions": items}, timeout=60)
        return list(response.json()["results"])

    with ThreadPoolExecutor(4) as pool:
        results = [result for batch in pool.map(submit, range(4)) for result in batch]

    assert [result["status"] for result in results] == [200] * 2000
    assert sum(result["verdict"]["scored"] for result in results) >= 0.99 * 2000
    assert stack.get("/circuit/status")["state"] == "closed"


@pytest.mark.parametrize("cursor", ["x", "AAAA", "%00", "!" * 60])
def test_a_cursor_that_is_not_ours_is_refused(stack: Stack, cursor: str) -> None:
    """And never reaches the ledger."""
    check_problem(stack.client.get(f"/transactions?cursor={cursor}"), 422, "INVALID_REQUEST", pointer="?cursor")


def test_an_unknown_transaction_is_a_404(stack: Stack) -> None:
    """With a code that a client can rely on."""
    check_problem(stack.client.get("/transactions/nobody"), 404, "TRANSACTION_NOT_FOUND")


def check_problem(response: Any, status: int, code: str, *, pointer: str | None = None) -> None:
    """It is RFC 9457, of this status and code, and names this place."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(response.json())
    assert (problem.status, problem.code) == (status, code)
    if pointer is not None:
        assert pointer in [error.pointer for error in problem.errors or []]
