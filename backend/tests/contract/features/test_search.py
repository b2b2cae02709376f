"""What a search for the beginning of an id finds, and which beginnings are none."""

import secrets
from urllib.parse import quote

import pytest

from gateway.api.reply import Problem
from tests.stack import Stack

IDS = {  # transaction, user, merchant; unlike the ids of every other test
    "Find.me_1": ("user_a", "merchant_a"),
    "Findxme_1": ("Find.user", "merchant_b"),
    "find.me_1": ("user_c", "Find|merchant+1"),
    "t-Find.me": ("user_d", None),
}


@pytest.fixture(scope="module")
def run(stack: Stack) -> str:
    """These records, under a beginning that all their ids share."""
    run = f"r{secrets.token_hex(4)}-"
    for transaction_id, (user_id, merchant_id) in IDS.items():
        parties = {"user_id": run + user_id} | ({} if merchant_id is None else {"merchant_id": run + merchant_id})
        stack.post(run + transaction_id, **parties)
    return run


def found(stack: Stack, text: str) -> list[str]:
    """Ids of the transactions that a search finds, newest first."""
    records = stack.get(f"/transactions?text={quote(text, safe='')}")["transactions"]
    return [record["transaction_id"] for record in records]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Find.me_1", ["Find.me_1"]),  # the whole id; a point is no wildcard, and case counts
        ("Find.", ["Findxme_1", "Find.me_1"]),
        ("Find", ["find.me_1", "Findxme_1", "Find.me_1"]),
        ("Find|merchant+", ["find.me_1"]),
        ("find", ["find.me_1"]),
        ("FIND", []),
        ("", ["t-Find.me", "find.me_1", "Findxme_1", "Find.me_1"]),
    ],
)
def test_text_finds_what_begins_with_it(stack: Stack, run: str, text: str, ids: list[str]) -> None:
    """Of transactions, users and merchants alike; each record once, newest first."""
    assert found(stack, run + text) == [run + transaction_id for transaction_id in ids]


def test_text_that_stands_within_an_id_finds_nothing(stack: Stack, run: str) -> None:
    """Only beginnings have an index."""
    assert found(stack, f"{run}Find.me_1") != []

    assert found(stack, f"{run}Find.me_1"[1:]) == []


def test_text_pages_and_exports_like_any_search(stack: Stack, run: str) -> None:
    """The cursor goes on where the page ended."""
    first = stack.get(f"/transactions?text={run}&limit=3")
    second = stack.get(f"/transactions?text={run}&limit=3&cursor={first['next_cursor']}")
    export = stack.client.get(f"/transactions?text={run}", headers={"Accept": "text/csv"})

    assert [len(first["transactions"]), len(second["transactions"])] == [3, 1]
    assert second["next_cursor"] is None
    assert len(export.text.splitlines()) == 1 + len(IDS)


@pytest.mark.parametrize("text", ["", " ", "a b", "a\x00", "a\u200b", "a\n", "x" * 256])
def test_what_no_id_begins_with_is_refused_by_name(stack: Stack, text: str) -> None:
    """Ids have 1 to 255 characters that are seen: anything else is a slip, and says which filter."""
    response = stack.client.get("/transactions", params={"text": text})

    assert response.status_code == 422
    assert [error.pointer for error in Problem.model_validate(response.json()).errors or []] == ["?text"]
