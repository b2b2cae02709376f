"""Hostile input gets a 4xx that names the place, never a 500, and the process lives."""

import socket
from collections.abc import Iterator

import pytest

from gateway.api.reply import Problem
from tests.stack import Stack

START = b'{"transaction_id":"hostile","user_id":"u","currency":"USD","amount":'
HOSTILE = {
    "NaN": (START + b"NaN}", 422),
    "Infinity": (START + b"Infinity}", 422),
    "1e400": (START + b"1e400}", 422),
    "negative": (START + b"-5}", 422),
    "true": (START + b"true}", 422),
    "letters": (START + b'"12.5abc"}', 422),
    "operator": (START + b'{"$ne":null}}', 422),
    "too many decimals": (START + b"1.005}", 422),
    "huge": (START + b"9" * 10_000 + b"}", 422),
    "lone surrogate": (b'{"transaction_id":"\\ud800","user_id":"u","currency":"USD","amount":1}', 422),
    "surrogate key": (START + b'1,"\\ud800":1}', 422),
    "unknown field": (START + b'1,"ammount":1}', 422),
    "unknown currency": (START.replace(b"USD", b"DOG") + b"1}", 422),
    "user operator": (START.replace(b'"u"', b'{"$ne":null}') + b"1}", 422),
    "card number": (START + b'1,"metadata":{"card":"4111111111111111"}}', 422),
    "deep nesting": (START + b"[" * 20_000 + b"]" * 20_000 + b"}", 400),
    "deep metadata": (START + b'1,"metadata":' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}", 422),
    "not JSON": (b"transaction_id=1", 400),
    "not UTF-8": (START + b'1,"channel":"\xff"}', 400),
    "empty": (b"", 400),
    "array": (b"[1]", 422),
    "5 MB": (START + b"1" + b" " * 5_000_000 + b"}", 413),
}


@pytest.fixture(autouse=True)
def process_lives(stack: Stack) -> Iterator[None]:
    """After each of these the same process answers, and has logged no crash."""
    pid = stack.gateway.pid
    yield
    assert stack.gateway.is_running
    assert stack.gateway.pid == pid
    assert "request.crashed" not in stack.gateway.log()
    assert stack.get("/health/live") == {"status": "live"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_are_refused_with_their_place(stack: Stack, name: str) -> None:
    """RFC 9457, and nothing of what was sent comes back."""
    body, status = HOSTILE[name]

    response = stack.client.post("/transaction", content=body, headers={"content-type": "application/json"})

    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(response.json())
    assert status != 422 or problem.errors
    assert status != 400 or any(word in problem.detail for word in ("line", "byte", "nested"))
    assert len(response.content) < 4_000


def test_a_body_without_length_is_cut_at_the_bound(stack: Stack) -> None:
    """Chunked encoding announces nothing: the bytes are counted as they come."""

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 65_536

    response = stack.client.post("/transaction", content=endless())

    assert response.status_code == 413


@pytest.mark.parametrize(
    "head",
    [
        b"POST /transaction HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST /transaction HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET /transactions/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
    ],
)
def test_broken_http_is_refused(stack: Stack, head: bytes) -> None:
    """4xx or a closed connection; no 5xx."""
    with socket.create_connection(("127.0.0.1", stack.gateway.port), timeout=5) as connection:
        connection.sendall(head)
        answer = connection.recv(4096)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")


def test_a_caller_that_hangs_up_is_no_crash(stack: Stack) -> None:
    """Half a body, then nothing: no answer is owed, and no error of ours is logged."""
    head = b"POST /transaction HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", stack.gateway.port), timeout=5) as connection:
        connection.sendall(head)

    assert stack.get("/health/live") == {"status": "live"}


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/transaction", 405)])
def test_unknown_places_and_methods_are_problems_too(stack: Stack, method: str, path: str, status: int) -> None:
    """One form for every error."""
    response = stack.client.request(method, path)

    assert response.status_code == status
    assert Problem.model_validate(response.json()).status == status


@pytest.mark.parametrize("transaction_id", ["%00", "..%2f..%2fetc", "$ne", "a" * 5000])
def test_strange_ids_are_just_not_found(stack: Stack, transaction_id: str) -> None:
    """They never become part of a query."""
    assert stack.client.get(f"/transactions/{transaction_id}").status_code == 404
