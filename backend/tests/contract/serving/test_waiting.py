"""Nobody holds a connection for ever; and a request that arrives while it closes is answered."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.processes import GatewayProcess
from tests.raw_gateways import dropped
from tests.raw_http import RawConnection, get, payment
from tests.stack import Stack

WAITS_S = 1.0  # of the impatient gateway, for a head and for the next request
NOTICES_S = 0.5  # it looks twice a second


@pytest.mark.slow  # for as long as uvicorn itself would wait
def test_the_next_request_may_come_as_late_as_balancers_send_it(stack: Stack) -> None:
    """uvicorn's own 5 s are over; the long form is `./setup.sh drill keepalive`."""
    with RawConnection(stack.gateway.port) as connection:
        connection.ask(*payment())
        time.sleep(5.2)

        assert connection.ask(*payment()).status == 200


def test_a_head_that_never_ends_is_given_up(impatient: GatewayProcess) -> None:
    """408 in words for one that began; one that said nothing just ends."""
    starts = [b"", b"POST /tr", b"GET / HTTP/1.1\r\nHost: x\r\nX: 1\r\n", b"\r\n"]
    with ExitStack() as open_ones:
        connections = [open_ones.enter_context(RawConnection(impatient.port, timeout_s=WAITS_S + 5)) for _ in starts]
        for connection, start in zip(connections, starts, strict=True):
            connection.send(start)

        for connection, start in zip(connections, starts, strict=True):
            if start:
                answer = connection.answer()
                assert (start, answer.status, answer.json["code"]) == (start, 408, "HEAD_TOO_SLOW")
            assert connection.is_ended(), start


def test_a_head_byte_by_byte_is_given_up_all_the_same(impatient: GatewayProcess) -> None:
    """Each byte is in time, the head is not: what counts is when it began."""
    before = dropped(impatient, "head_too_slow")
    with RawConnection(impatient.port) as connection:
        connection.ask(get())
        for byte in get(b"/health/live", b"x: " + b"y" * 10_000):
            try:
                connection.send(bytes([byte]))
            except OSError:
                break
            if dropped(impatient, "head_too_slow") > before:
                break
            time.sleep(0.05)

        assert connection.answer().status == 408


def test_a_body_that_no_route_reads_is_given_up(impatient: GatewayProcess) -> None:
    """The answer is there at once, and the rest of the body is not waited for without end."""
    with RawConnection(impatient.port) as connection:
        answer = connection.ask(b"GET /health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")

        assert answer.status == 200
        assert connection.is_ended()


def test_a_request_that_arrives_before_the_closing_is_answered(impatient: GatewayProcess) -> None:
    """It is here and not read yet when the time of its connection is over: a machine that stood still for a second."""
    with ExitStack() as open_ones:
        connections = [open_ones.enter_context(RawConnection(impatient.port)) for _ in range(20)]
        for connection in connections:
            connection.ask(get())
        impatient.freeze()
        still_open = [connection for connection in connections if not connection.shows_end()]
        for connection in still_open:
            connection.send(b"".join(payment()))
        time.sleep(WAITS_S + NOTICES_S)
        impatient.thaw()

        assert [connection.answer().status for connection in still_open] == [200] * len(still_open)
    assert still_open


def test_a_request_at_the_moment_of_closing_is_answered(impatient: GatewayProcess) -> None:
    """100 connections, used again around the end of their time: each is answered, or shows its end before."""

    def again(n: int) -> str:
        with RawConnection(impatient.port) as connection:
            connection.ask(get())
            time.sleep(WAITS_S + NOTICES_S * n / 50 - 0.3)
            return "ended" if connection.shows_end() else str(connection.ask(b"".join(payment())).status)

    with ThreadPoolExecutor(100) as pool:
        outcomes = Counter(pool.map(again, range(100)))

    assert outcomes["200"] + outcomes["ended"] == 100  # how many of each is a matter of the machine's speed
