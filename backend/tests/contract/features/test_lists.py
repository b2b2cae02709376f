"""What a REST client is promised about lists, asked of a running gateway."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.features.lists.api import ListEntryOut, ListPageOut, ListRemovedOut
from gateway.features.transactions.schemas import RecordOut, VerdictOut
from tests.problems import problem_of
from tests.stack import Stack, wait_until


@pytest.fixture
def token() -> str:
    """A card that no other test knows."""
    return f"tok_{secrets.token_hex(6)}"


def put(stack: Stack, path: str, **body: Any) -> dict[str, Any]:
    """An entry; the reply must be one."""
    response = stack.client.put(f"/lists/{path}", json={"reason": "because"} | body)
    assert response.status_code == 200, response.text
    ListEntryOut.model_validate(response.json())
    return dict(response.json())


def pay(stack: Stack, **known: Any) -> dict[str, Any]:
    """A verdict on a new payment; the reply must be one."""
    name = secrets.token_hex(6)
    reply = stack.post(f"txn-{name}", **({"user_id": f"user_{name}"} | known))  # one with many cards would be reviewed
    VerdictOut.model_validate(reply)
    return reply


def test_a_denied_card_is_blocked_at_once_and_the_record_says_why(stack: Stack, token: str) -> None:
    """With its score beside it; and no longer once it is taken off."""
    card = {"token": token}
    assert pay(stack, card=card)["decision"] == "approve"
    entry = put(stack, f"deny/card/{token}", reason="reported stolen")

    reply = pay(stack, card=card)

    record = stack.get(f"/transactions/{reply['transaction_id']}")
    RecordOut.model_validate(record)
    assert (reply["decision"], reply["is_fraud"], reply["decision_source"]) == ("block", True, "list")
    assert (reply["scored"], reply["fallback"]) == (True, None)
    assert reply["reasons"][0] == {
        "code": "DENY_LIST", "message": "card is on the deny list: reported stolen", "contribution": 0.0
    }  # fmt: skip
    assert [record[name] for name in ("decision", "decision_source", "reasons", "risk_score")] == [
        reply[name] for name in ("decision", "decision_source", "reasons", "risk_score")
    ]
    assert stack.get(f"/lists/deny/card/{token}") == entry
    stack.client.delete(f"/lists/deny/card/{token}")
    assert pay(stack, card=card)["decision"] == "approve"


def test_an_allowed_user_is_approved_until_denied_too(stack: Stack, token: str) -> None:
    """The deny list comes first, then the allow list, and the model last."""
    large = {"user_id": f"user_{token}", "amount": 900}
    assert pay(stack, **large)["decision_source"] == "model"
    put(stack, f"allow/user/user_{token}")
    allowed = pay(stack, **large)
    put(stack, f"deny/user/user_{token}")

    denied = pay(stack, **large)

    assert (allowed["decision"], allowed["decision_source"], allowed["reasons"][0]["code"]) == (
        "approve", "list", "ALLOW_LIST",
    )  # fmt: skip
    assert (denied["decision"], denied["reasons"][0]["code"]) == ("block", "DENY_LIST")
    for name in ("allow", "deny"):
        stack.client.delete(f"/lists/{name}/user/user_{token}")


def test_a_network_is_put_with_its_slash(stack: Stack) -> None:
    """As it is, or escaped."""
    put(stack, "deny/ip/198.51.100.0/24")

    assert pay(stack, device={"ip": "198.51.100.77"})["decision"] == "block"
    assert stack.get("/lists/deny/ip/198.51.100.0%2F24")["value"] == "198.51.100.0/24"
    assert stack.client.delete("/lists/deny/ip/198.51.100.0%2F24").json()["removed"] is True
    assert pay(stack, device={"ip": "198.51.100.77"})["decision"] == "approve"


def test_the_same_entry_again_changes_nothing(stack: Stack, token: str) -> None:
    """Twenty times at once as well; another reason replaces it and keeps when it was first put."""
    path = f"deny/card/{token}"

    with ThreadPoolExecutor(20) as pool:
        entries = list(pool.map(lambda _: put(stack, path), range(20)))

    first = entries[0]
    other = put(stack, path, reason="another")
    assert all(entry == first for entry in entries)
    assert (other["reason"], other["created_at"]) == ("another", first["created_at"])
    assert other["updated_at"] > first["updated_at"]


def test_an_entry_ends_when_it_expires(stack: Stack, token: str) -> None:
    """Without anybody's doing."""
    expires_at = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    put(stack, f"deny/card/{token}", expires_at=expires_at)
    assert pay(stack, card={"token": token})["decision"] == "block"

    wait_until(lambda: pay(stack, card={"token": token})["decision"] == "approve", within_s=30)

    assert stack.client.get(f"/lists/deny/card/{token}").status_code == 404


def test_to_take_off_twice_is_no_error(stack: Stack, token: str) -> None:
    """And the reply says whether it was there: a misspelt value is noticed."""
    put(stack, f"deny/card/{token}")

    replies = [stack.client.delete(f"/lists/deny/card/{token}") for _ in range(2)]

    assert [reply.status_code for reply in replies] == [200, 200]
    assert [ListRemovedOut.model_validate(reply.json()).removed for reply in replies] == [True, False]
    assert put(stack, f"deny/card/{token}")["reason"] == "because"


def test_pages_show_each_entry_once(stack: Stack, token: str) -> None:
    """Filtered by list and kind."""
    values = [f"{token}_{n}" for n in range(7)]
    for value in values:
        put(stack, f"allow/device/{value}")
    seen, cursor = list[str](), ""

    while True:
        page = stack.get(f"/lists?list=allow&kind=device&limit=3{cursor}")
        ListPageOut.model_validate(page)
        seen += [entry["value"] for entry in page["entries"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert [value for value in seen if value.startswith(token)] == values
    assert len(seen) == len(set(seen))
    assert page["as_of"] is not None


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("block/card/tok_1", {"reason": "x"}, "{list}"),
        ("deny/cards/tok_1", {"reason": "x"}, "{kind}"),
        ("deny/card/4111111111111111", {"reason": "x"}, "{value}"),
        ("deny/country/fra", {"reason": "x"}, "{value}"),
        ("deny/ip/198.51.100.7/24", {"reason": "x"}, "{value}"),
        ("deny/user/", {"reason": "x"}, "{value}"),
        ("deny/card/tok_1", {}, "/reason"),
        ("deny/card/tok_1", {"reason": ""}, "/reason"),
        ("deny/card/tok_1", {"reason": "x" * 257}, "/reason"),
        ("deny/card/tok_1", {"reason": "card 4111 1111 1111 1111"}, "/reason"),
        ("deny/card/tok_1", {"reason": "x", "expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ("deny/card/tok_1", {"reason": "x", "expires_at": "2027-01-01T00:00:00"}, "/expires_at"),
        ("deny/card/tok_1", {"reason": "x", "expires_at": 1900000000}, "/expires_at"),
        ("deny/card/tok_1", {"reason": "x", "expires_at": "2201-01-01T00:00:00Z"}, "/expires_at"),
        ("deny/card/tok_1", {"reason": "x", "until": "2027-01-01T00:00:00Z"}, "/until"),
        ("deny/card/tok_1", [], ""),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(stack: Stack, path: str, body: object, pointer: str) -> None:
    """Nothing is recorded, and the reply says where and what would be right."""
    response = stack.client.put(f"/lists/{path}", json=body)

    assert response.status_code == 422
    assert pointer in [error.pointer for error in problem_of(response).errors or ()]
    assert "4111" not in response.text


@pytest.mark.parametrize(
    ("content", "status"), [(b"{", 400), (b"", 400), (b"\xff", 400), (b'{"reason": "' + b"x" * 5000 + b'"}', 413)]
)
def test_a_body_that_is_no_entry_is_a_clear_4xx(stack: Stack, content: bytes, status: int) -> None:
    """Damaged or too large: never a 500."""
    response = stack.client.put("/lists/deny/card/tok_1", content=content, headers={"Content-Type": "application/json"})

    assert response.status_code == status
    problem_of(response)


@pytest.mark.parametrize(
    "query", ["list=block", "kind=cards", "limit=0", "limit=501", "cursor=%C3%A4", "cursor=x", "lists=deny"]
)
def test_a_wrong_question_is_refused_with_its_place(stack: Stack, query: str) -> None:
    """A misspelt filter would else show everything."""
    response = stack.client.get(f"/lists?{query}")

    assert response.status_code == 422
    assert [error.pointer for error in problem_of(response).errors or ()] == [f"?{query.partition('=')[0]}"]


def test_what_is_on_no_list_is_a_404(stack: Stack, token: str) -> None:
    """In the form of all errors."""
    response = stack.client.get(f"/lists/deny/card/{token}")

    assert response.status_code == 404
    assert problem_of(response).code == "LIST_ENTRY_NOT_FOUND"
