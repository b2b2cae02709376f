"""What dashboards poll: 304 when nothing has changed, and answers that tabs share without anybody seeing old ones."""

import secrets

import pytest

from tests.stack import Stack

POLLED = [
    "/stats", "/circuit/status", "/ledger/status", "/health", "/alerts", "/transactions", "/outages", "/reviews",
    "/faults",
]  # fmt: skip
STALE = {"Cache-Control": "max-stale=1"}


def search(stack: Stack, user: str, headers: dict[str, str]) -> list[str]:
    """The ids on record of one user."""
    response = stack.client.get("/transactions", params={"user_id": user}, headers=headers)
    assert response.status_code == 200
    return [record["transaction_id"] for record in response.json()["transactions"]]


@pytest.mark.parametrize("path", POLLED)
def test_what_a_dashboard_polls_is_tagged_and_asked_for_anew(stack: Stack, path: str) -> None:
    """With and without the word that a shared answer will do."""
    for headers in ({}, STALE):
        response = stack.client.get(path, headers=headers)

        assert response.status_code == 200
        assert response.headers["etag"].startswith('"')
        assert (response.headers["cache-control"], response.headers["vary"]) == ("no-cache", "Accept")


@pytest.mark.parametrize("headers", [{}, STALE])
def test_a_page_that_has_not_changed_is_not_sent_again(stack: Stack, headers: dict[str, str]) -> None:
    """304 and no body until there is news; a tag that a proxy has made weak will do."""
    user = f"user_{secrets.token_hex(6)}"
    stack.post(f"t-{user}-1", user_id=user)
    page = f"/transactions?user_id={user}"
    tag = stack.client.get(page).headers["etag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = stack.client.get(page, headers=headers | {"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)

    stack.post(f"t-{user}-2", user_id=user)
    changed = stack.client.get(page, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert len(changed.json()["transactions"]) == 2


def test_the_tag_of_json_is_not_the_tag_of_csv(stack: Stack) -> None:
    """An export is sent although the page of the same records is known."""
    user = f"user_{secrets.token_hex(6)}"
    stack.post(f"t-{user}", user_id=user)
    page = f"/transactions?user_id={user}"
    tag = stack.client.get(page).headers["etag"]

    export = stack.client.get(page, headers=STALE | {"Accept": "text/csv", "If-None-Match": tag})

    assert export.status_code == 200
    assert export.headers["content-type"].startswith("text/csv")


def test_a_fresh_answer_shows_what_was_just_posted(stack: Stack) -> None:
    """Also when tabs share an older one; and it becomes what they share."""
    user = f"user_{secrets.token_hex(6)}"
    assert search(stack, user, STALE) == []

    stack.post(f"t-{user}", user_id=user)

    assert search(stack, user, {}) == [f"t-{user}"]
    assert search(stack, user, STALE) == [f"t-{user}"]


def test_a_shared_answer_is_one_that_was_made_before(stack: Stack) -> None:
    """The millisecond in `seen_at` tells: of many polls in a row fewer answers are made than given."""
    fresh = {stack.client.get("/circuit/status").text for _ in range(20)}
    shared = {stack.client.get("/circuit/status", headers=STALE).text for _ in range(20)}

    assert len(shared) < len(fresh)


def test_an_error_is_not_shared_with_those_who_ask_later(stack: Stack) -> None:
    """It has no tag either."""
    path = f"/transactions/t-{secrets.token_hex(6)}"
    missing = stack.client.get(path, headers=STALE | {"If-None-Match": "*"})

    stack.post(path.removeprefix("/transactions/"))

    assert missing.status_code == 404
    assert "etag" not in missing.headers
    assert stack.client.get(path, headers=STALE).status_code == 200
