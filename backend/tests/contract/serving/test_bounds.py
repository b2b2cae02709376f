"""No client makes the gateway keep more than its limits, and whoever is refused can read why."""

import pytest

from tests.callers import KEY_LINE
from tests.raw_gateways import dropped, resident_mib
from tests.raw_http import RawConnection, get, payment
from tests.stack import Stack

HEAD_BYTES_MAX = 32 * 1024
FLOOD_MB = 60
LINE = b"GET /health/live HTTP/1.1\r\n"
CHUNKED = b"POST /transaction HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n"


def head_of(size: int, *, fields: int) -> bytes:
    """A whole head with this many bytes, most of them in as many fields of the same length."""
    start = LINE + b"Host: gateway\r\n"
    each = (size - len(start) - 2) // fields
    lines = [b"x-%d: " % n for n in range(fields)]
    head = start + b"".join(line + b"a" * (each - len(line) - 2) + b"\r\n" for line in lines)
    return head[:-2] + b"a" * (size - len(head) - 2) + b"\r\n\r\n"


@pytest.mark.parametrize("fields", [1, 30, 200])
def test_a_head_of_32_kib_is_answered(stack: Stack, fields: int) -> None:
    """In one segment or in many, and as often as wanted."""
    head = head_of(HEAD_BYTES_MAX, fields=fields)
    with RawConnection(stack.gateway.port) as connection:
        answers = [connection.ask(head), connection.ask(*(head[n : n + 4096] for n in range(0, len(head), 4096)))]

    assert len(head) == HEAD_BYTES_MAX
    assert [answer.status for answer in answers] == [200, 200]


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (head_of(HEAD_BYTES_MAX + 1, fields=1), 431, "HEAD_TOO_LARGE"),
        (head_of(HEAD_BYTES_MAX + 1, fields=200), 431, "HEAD_TOO_LARGE"),
        (LINE + b"a:b\r\n" * 257 + b"\r\n", 431, "HEAD_TOO_LARGE"),
        (LINE + b"a: " + b"b" * HEAD_BYTES_MAX, 431, "HEAD_TOO_LARGE"),
        (LINE + b"b" * HEAD_BYTES_MAX, 431, "HEAD_TOO_LARGE"),
        (LINE + b"a: b\r\n b" * HEAD_BYTES_MAX, 400, "MALFORMED_HTTP"),
        (get(b"/" + b"a" * HEAD_BYTES_MAX), 414, "REQUEST_LINE_TOO_LONG"),
        (get(b"/transactions?user_id=" + b"a" * HEAD_BYTES_MAX), 414, "REQUEST_LINE_TOO_LONG"),
        (b"POST /" + b"%41" * HEAD_BYTES_MAX, 414, "REQUEST_LINE_TOO_LONG"),
        (CHUNKED + b"0\r\n" + b"trailer: x\r\n" * HEAD_BYTES_MAX, 431, "HEAD_TOO_LARGE"),
        (CHUNKED + b"0\r\nt: " + b"x" * 10 * HEAD_BYTES_MAX, 431, "HEAD_TOO_LARGE"),
        (CHUNKED + b"1;x=" + b"y" * 10 * HEAD_BYTES_MAX, 431, "HEAD_TOO_LARGE"),
        (b"\r\n" * HEAD_BYTES_MAX, 431, "HEAD_TOO_LARGE"),
    ],
    ids=[
        "one field", "many fields", "too many fields", "a field without end", "a name without end", "a folded field",
        "a path", "a query", "an escaped path", "trailers", "a trailer without end", "a chunk extension", "empty lines",
    ],
)  # fmt: skip
def test_what_is_longer_is_refused_in_words(stack: Stack, request_bytes: bytes, status: int, code: str) -> None:
    """As problem+json, and the client can read it although it is still sending."""
    with RawConnection(stack.gateway.port) as connection:
        answer = connection.ask(request_bytes)
        is_ended = connection.is_ended()

    assert (answer.status, answer.json["code"], answer.is_last) == (status, code, True)
    assert answer.headers["content-type"] == "application/problem+json"
    assert is_ended


@pytest.mark.parametrize(
    ("start", "repeated"),
    [(LINE, b"x-small: 1\r\n"), (LINE, b"x"), (b"GET /", b"x"), (CHUNKED + b"0\r\n", b"x-small: 1\r\n")],
    ids=["small fields", "a name without end", "a path without end", "trailers"],
)
def test_60_mb_of_headers_add_next_to_nothing(stack: Stack, start: bytes, repeated: bytes) -> None:
    """They are refused at the first 32 KiB, and thrown away from then on. Without bounds they took 590 MB."""
    megabyte = repeated * (1_000_000 // len(repeated))
    before_mib = peak_mib = resident_mib(stack.gateway)
    with RawConnection(stack.gateway.port) as connection:
        connection.send(start)
        for _ in range(FLOOD_MB):
            try:
                connection.send(megabyte)
            except OSError:
                break
            peak_mib = max(peak_mib, resident_mib(stack.gateway))

    assert peak_mib - before_mib < 8


def test_a_flood_of_requests_in_a_row_is_answered_in_order_within_bounds(stack: Stack) -> None:
    """5,000 at once, far more than fit into one read: taken a few at a time, each gets its own answer."""
    with RawConnection(stack.gateway.port) as connection:
        connection.ask(get())
        before_mib = resident_mib(stack.gateway)
        paths = [b"/nothing/%d" % n if n % 100 == 0 else b"/health/live" for n in range(5_000)]
        connection.send(b"".join(get(path) for path in paths) + b"".join(payment()))
        statuses = [connection.answer().status for _ in range(len(paths) + 1)]

    assert statuses == [404 if n % 100 == 0 else 200 for n in range(5_000)] + [200]
    assert resident_mib(stack.gateway) - before_mib < 8


def test_answers_owed_come_before_a_refusal(stack: Stack) -> None:
    """What follows the two whole requests is no HTTP: both are answered, then the connection ends."""
    with RawConnection(stack.gateway.port) as connection:
        connection.send(b"".join(payment()) + b"".join(payment()) + b"\x00\x01\x02\r\n\r\n")
        answers = [connection.answer(), connection.answer()]

        assert [answer.status for answer in answers] == [200, 200]
        assert connection.is_ended()


def test_a_client_that_ends_its_side_gets_its_answers(stack: Stack) -> None:
    """As `nc -N` and simple clients do it: what was asked before is answered."""
    with RawConnection(stack.gateway.port) as connection:
        connection.send(*payment(), *payment())
        connection.end()

        assert [connection.answer().status, connection.answer().status] == [200, 200]
        assert connection.is_ended()


def test_a_body_that_is_refused_early_is_refused_in_words(stack: Stack) -> None:
    """5 MB under way, 413 at once: an answer that a reset overtakes is none."""
    head = b"\r\n".join(
        [b"POST /transaction HTTP/1.1", b"Host: gateway", KEY_LINE, b"Content-Length: 5000000", b"", b""]
    )
    with RawConnection(stack.gateway.port) as connection:
        answer = connection.ask(head, b" " * 5_000_000)

        assert answer.status == 413
        assert answer.is_last


def test_what_is_refused_is_counted_and_hardly_logged(stack: Stack) -> None:
    """Each one in /metrics; in the log one line a minute."""
    before = dropped(stack.gateway, "head_too_large")
    for _ in range(50):
        with RawConnection(stack.gateway.port) as connection:
            connection.ask(head_of(HEAD_BYTES_MAX + 1, fields=1))

    assert dropped(stack.gateway, "head_too_large") == before + 50
    assert stack.gateway.log().count("connections.dropped") <= 3
