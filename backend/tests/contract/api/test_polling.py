"""What dashboards poll: 304 when nothing has changed, and never an old answer."""

import secrets

import pytest

from tests.stack import Stack

POLLED = [
    "/stats", "/circuit/status", "/ledger/status", "/health", "/alerts", "/transactions", "/outages", "/reviews",
    "/faults",
]  # fmt: skip


def search(stack: Stack, user: str) -> list[str]:
    """The ids on record of one user."""
    response = stack.client.get("/transactions", params={"user_id": user})
    assert response.status_code == 200
    return [record["transaction_id"] for record in response.json()["transactions"]]


@pytest.mark.parametrize("path", POLLED)
def test_what_a_dashboard_polls_is_tagged_and_asked_for_anew(stack: Stack, path: str) -> None:
    """`no-cache`: a browser keeps it, and asks whether it still holds."""
    response = stack.client.get(path)

    assert response.status_code == 200
    assert response.headers["etag"].startswith('"')
    assert (response.headers["cache-control"], response.headers["vary"]) == ("no-cache", "Accept")


def test_a_page_that_has_not_changed_is_not_sent_again(stack: Stack) -> None:
    """304 and no body until there is news; a tag that a proxy has made weak will do."""
    user = f"user_{secrets.token_hex(6)}"
    stack.post(f"t-{user}-1", user_id=user)
    page = f"/transactions?user_id={user}"
    tag = stack.client.get(page).headers["etag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = stack.client.get(page, headers={"If-None-Match": known})
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

    export = stack.client.get(page, headers={"Accept": "text/csv", "If-None-Match": tag})

    assert export.status_code == 200
    assert export.headers["content-type"].startswith("text/csv")


def test_an_answer_shows_what_was_just_posted(stack: Stack) -> None:
    """Also to who asked the same a moment before."""
    user = f"user_{secrets.token_hex(6)}"
    assert search(stack, user) == []

    stack.post(f"t-{user}", user_id=user)

    assert search(stack, user) == [f"t-{user}"]


def test_an_error_has_no_tag(stack: Stack) -> None:
    """There is nothing to have already."""
    missing = stack.client.get(f"/transactions/t-{secrets.token_hex(6)}", headers={"If-None-Match": "*"})

    assert (missing.status_code, "etag" in missing.headers) == (404, False)
