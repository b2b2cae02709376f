"""Offers to speak another protocol are not taken up: the request itself is answered, and so is the next one."""

import pytest

from tests.raw_http import RawConnection, get, payment
from tests.stack import Stack

OFFERS = {
    # what Java's HttpClient sends by default, and `curl --http2`
    "h2c": (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"),
    "TLS": (b"Connection: Upgrade", b"Upgrade: TLS/1.2, HTTP/1.1"),
    "websocket": (
        b"Connection: keep-alive, Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        b"Sec-WebSocket-Version: 13",
    ),
    "names in capitals": (b"UPGRADE: H2C", b"CONNECTION: UPGRADE"),
    "unknown": (b"Connection: upgrade", b"Upgrade: gopher/7"),
    "two offers": (b"Connection: upgrade", b"Upgrade: h2c", b"Upgrade: websocket"),
}


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("name", OFFERS)
def test_a_payment_with_an_offer_to_upgrade_gets_its_verdict(stack: Stack, name: str, is_chunked: bool) -> None:
    """With its body, in whatever segments they come; the next request on this connection is answered as well."""
    with RawConnection(stack.gateway.port) as connection:
        together, apart = payment(*OFFERS[name], is_chunked=is_chunked), payment(*OFFERS[name], is_chunked=is_chunked)

        answers = [connection.ask(b"".join(together)), connection.ask(apart[0], apart[1][:7], apart[1][7:])]
        answers.append(connection.ask(*payment()))

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert len({answer.json["transaction_id"] for answer in answers}) == 3
    assert not any(answer.is_last for answer in answers)


@pytest.mark.parametrize("name", OFFERS)
def test_a_read_with_an_offer_to_upgrade_is_answered(stack: Stack, name: str) -> None:
    """And no 101 comes before."""
    with RawConnection(stack.gateway.port) as connection:
        answers = [connection.ask(get(b"/health/live", *OFFERS[name])), connection.ask(*payment())]

    assert [answer.status for answer in answers] == [200, 200]


def test_offers_in_a_pipeline_are_answered_in_order(stack: Stack) -> None:
    """Four requests in one segment, with and without an offer and a body."""
    requests = [payment(), payment(*OFFERS["h2c"]), payment(*OFFERS["TLS"], is_chunked=True)]
    posted = [head + body for head, body in requests]
    with RawConnection(stack.gateway.port) as connection:
        connection.send(get(b"/health/live", *OFFERS["websocket"]) + b"".join(posted))
        first, *verdicts = [connection.answer() for _ in range(4)]

    assert first.json == {"status": "live"}
    assert [answer.status for answer in verdicts] == [200, 200, 200]
    assert all(answer.json["transaction_id"].encode() in body for answer, body in zip(verdicts, posted, strict=True))


def test_a_client_that_offers_and_waits_for_100_continue_gets_both(stack: Stack) -> None:
    """Java's HttpClient does so with expectContinue."""
    head, body = payment(*OFFERS["h2c"], b"Expect: 100-continue")
    with RawConnection(stack.gateway.port) as connection:
        interim = connection.ask(head)
        verdict = connection.ask(body)

    assert (interim.status, verdict.status) == (100, 200)


def test_connect_is_refused(stack: Stack) -> None:
    """This is no proxy; there is nothing in it but the offer."""
    with RawConnection(stack.gateway.port) as connection:
        answer = connection.ask(b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")

    assert answer.status == 400
    assert answer.json["code"] == "MALFORMED_HTTP"
