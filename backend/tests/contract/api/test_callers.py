"""A page of another site, open in an operator's browser, writes nothing; programs and our own pages do."""

import secrets
from typing import Any

import httpx
import pytest

from gateway.app import create_api
from tests.problems import problem_of
from tests.review_records import a_verdict, add_reviews
from tests.stack import Stack

OF_CHECKOUTS = {"/transaction", "/transactions"}
LABEL = {"is_fraud": True, "source": "chargeback"}
UNDECLARED = [
    None, "", "text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x", "text/plain; a=application/json", "application/json, text/plain", "text/json",
    "application/jsonp",
]  # fmt: skip


@pytest.fixture
def txn(stack: Stack) -> str:
    """The id of a verdict on record."""
    transaction_id = f"txn-{secrets.token_hex(6)}"
    stack.post(transaction_id)
    return transaction_id


@pytest.fixture(scope="module")
def waiting(stack: Stack, mongod_url: str) -> str:
    """The id of a record that waits for a person."""
    transaction_id = f"txn-{secrets.token_hex(6)}"
    add_reviews(stack, mongod_url, a_verdict(transaction_id))
    return transaction_id


def label(stack: Stack, transaction_id: str, headers: dict[str, str]) -> httpx.Response:
    """Ask for it, with these headers besides."""
    return stack.client.put(f"/transactions/{transaction_id}/label", json=LABEL, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "file://{host}"},
        {"Origin": "http://{host}.evil.example"},
        {"Origin": "http://evil.example/{host}"},
        {"Origin": "http://x@{host}"},
        {"Origin": "http://localhost:1"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://{host}", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none, cross-site"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_what_a_page_of_another_site_asks_is_refused(stack: Stack, txn: str, headers: dict[str, str]) -> None:
    """Also where the browser names the page only by Origin: it came by plain http from another machine."""
    host = httpx.URL(stack.gateway.url).netloc.decode()

    refused = label(stack, txn, {name: value.format(host=host) for name, value in headers.items()})

    assert (refused.status_code, problem_of(refused).code) == (403, "FOREIGN_ORIGIN")
    assert stack.get(f"/transactions/{txn}")["label"] is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://{host}"},
        {"Origin": "http://Sentinel.example:3000", "Host": "sentinel.example:3000"},
        {"Origin": "https://sentinel.example", "Host": "sentinel.example"},
        {"Origin": "http://[::1]:8000", "Host": "[::1]:8000"},
        {"Origin": "https://sentinel.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_programs_and_our_own_pages_write(stack: Stack, txn: str, headers: dict[str, str]) -> None:
    """Without Origin, or with that of the host; behind a proxy that changes Host the browser's own word is enough."""
    host = httpx.URL(stack.gateway.url).netloc.decode()

    taken = label(stack, txn, {name: value.format(host=host) for name, value in headers.items()})

    assert taken.status_code == 200
    assert stack.get(f"/transactions/{txn}")["label"]["is_fraud"] is True


def test_a_second_origin_does_not_hide_the_first(stack: Stack, txn: str) -> None:
    """Whichever a server looks at: all of them count."""
    host = httpx.URL(stack.gateway.url).netloc.decode()
    origins = [("Origin", f"http://{host}"), ("Origin", "http://evil.example")]

    for headers in (origins, origins[::-1]):
        refused = stack.client.put(f"/transactions/{txn}/label", json=LABEL, headers=headers)
        assert (refused.status_code, problem_of(refused).code) == (403, "FOREIGN_ORIGIN")


async def test_no_write_is_forgotten() -> None:
    """Of all routes that there are. A checkout is never refused for a header: a proxy may have put it there."""
    app = create_api()
    writes = {
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in set(methods) - {"get", "head"}
        if path not in OF_CHECKOUTS
    }
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        replies = {
            (method, path): await client.request(method, path, headers={"Origin": "http://evil.example"})
            for method, path in writes
        }

    assert len(writes) >= 8
    assert {reply.json()["code"] for reply in replies.values()} == {"FOREIGN_ORIGIN"}


def test_another_sites_page_may_load_what_it_cannot_read(stack: Stack) -> None:
    """A read is answered, as for any link; without CORS headers the browser keeps the answer from the page."""
    read = stack.client.get("/stats", headers={"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"})
    asked = stack.client.options(
        "/faults", headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "PUT"}
    )

    assert (read.status_code, asked.status_code) == (200, 204)
    assert not [name for name in (*read.headers, *asked.headers) if name.startswith("access-control-")]


@pytest.mark.parametrize("declared", UNDECLARED)
def test_a_body_that_is_not_declared_as_json_is_refused(
    stack: Stack, txn: str, waiting: str, declared: str | None
) -> None:
    """Those are what a browser sends for any page without asking first. The reply names the fix."""
    targets: list[tuple[str, str, bytes]] = [
        ("POST", f"/reviews/{waiting}/claim", b'{"by": "mallory"}'),
        ("POST", f"/reviews/{waiting}/release", b'{"by": "mallory"}'),
        ("POST", f"/reviews/{waiting}/decision", b'{"by": "mallory", "decision": "approve"}'),
        ("PUT", f"/transactions/{txn}/label", b'{"is_fraud": true, "source": "chargeback"}'),
        ("PUT", f"/lists/allow/user/user-{txn}", b'{"reason": "because"}'),
    ]
    headers: dict[str, Any] = {} if declared is None else {"Content-Type": declared}

    replies = [stack.client.request(method, path, content=body, headers=headers) for method, path, body in targets]

    for reply in replies:
        problem = problem_of(reply)
        assert (reply.status_code, problem.code) == (415, "NOT_DECLARED_AS_JSON")
        assert "Content-Type: application/json" in problem.detail
    assert stack.get(f"/reviews/{waiting}")["review"]["history"] == []
    assert stack.get(f"/transactions/{txn}")["label"] is None
    assert stack.client.get(f"/lists/allow/user/user-{txn}").status_code == 404


@pytest.mark.parametrize("declared", ["application/json; charset=utf-8", "Application/JSON", "application/json ;a=b"])
def test_json_may_be_declared_in_any_spelling(stack: Stack, txn: str, declared: str) -> None:
    """With parameters, and in upper case."""
    reply = stack.client.put(
        f"/transactions/{txn}/label",
        content=b'{"is_fraud": true, "source": "chargeback"}',
        headers={"Content-Type": declared},
    )

    assert reply.status_code == 200
