"""A gateway that stops answers everything that reached it, and says on each connection that it is the last answer."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.contract.serving.conftest import Make
from tests.processes import GatewayProcess
from tests.raw_http import RawConnection, get, payment
from tests.stack import wait_until

pytestmark = pytest.mark.slow  # processes are ended

CLIENTS = 24


@pytest.fixture
def gateway(make_gateway: Make) -> Iterator[GatewayProcess]:
    """It is stopped by each test."""
    with make_gateway() as process:
        yield process


def terminate(process: GatewayProcess) -> None:
    """SIGTERM, and do not wait."""
    os.kill(process.pid, signal.SIGTERM)


def test_a_connection_that_is_idle_at_a_stop_has_one_more_request(gateway: GatewayProcess) -> None:
    """Answered, as the last one of it; until then the gateway says that it is not ready, and takes no new ones."""
    with RawConnection(gateway.port) as first, RawConnection(gateway.port) as second:
        assert not first.ask(*payment()).is_last
        second.ask(get())
        terminate(gateway)
        time.sleep(0.5)  # the stop has begun: uvicorn looks ten times a second
        verdict, readiness = first.ask(*payment()), second.ask(get(b"/health/ready"))

        assert (verdict.status, verdict.is_last) == (200, True)
        assert (readiness.status, readiness.json["code"], readiness.is_last) == (503, "STOPPING", True)
        with pytest.raises(ConnectionRefusedError):
            RawConnection(gateway.port)
    wait_until(lambda: not gateway.is_running)
    assert "Traceback" not in gateway.log()


def test_an_idle_client_does_not_hold_up_a_stop(gateway: GatewayProcess) -> None:
    """Nor does one that sends half a request: the stop has 5 s, however it was started."""
    with RawConnection(gateway.port) as idle, RawConnection(gateway.port) as half:
        idle.ask(get())
        half.send(b"POST /transaction HT")
        terminate(gateway)

        assert idle.is_ended()
        wait_until(lambda: not gateway.is_running)


def test_what_has_reached_the_machine_at_a_stop_is_answered(gateway: GatewayProcess) -> None:
    """
    Requests on connections that were open before, and on new ones that nobody has accepted yet.

    The process stands still while they come, so that all of them are there when it learns of its stop.
    """
    with ExitStack() as open_ones:
        kept = [open_ones.enter_context(RawConnection(gateway.port)) for _ in range(CLIENTS)]
        for connection in kept:
            connection.ask(get())
        gateway.freeze()
        new = [open_ones.enter_context(RawConnection(gateway.port)) for _ in range(CLIENTS)]
        for connection in [*kept, *new]:
            connection.send(b"".join(payment()))
        terminate(gateway)
        gateway.thaw()
        answers = [connection.answer() for connection in [*kept, *new]]

    assert Counter(answer.status for answer in answers) == {200: 2 * CLIENTS}
    wait_until(lambda: not gateway.is_running)


def test_no_request_stays_without_an_answer_while_keep_alive_clients_go_on(gateway: GatewayProcess) -> None:
    """24 clients that pause for up to 50 ms; the long form, 20 stops, is `./setup.sh drill keepalive`."""
    answered: list[int] = []
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(ask_until_refused, gateway.port, n, answered) for n in range(CLIENTS)]
        wait_until(lambda: len(answered) > 5 * CLIENTS)
        terminate(gateway)
        for client in clients:
            client.result()

    assert set(answered) == {200}
    wait_until(lambda: not gateway.is_running)


def ask_until_refused(port: int, number: int, answered: list[int]) -> None:
    """Payments over kept connections, until no new one is taken. Adds each status; raises when one has no answer."""
    while True:
        try:
            connection = RawConnection(port)
        except ConnectionRefusedError:
            return
        with connection:
            while not connection.shows_end():
                answer = connection.ask(b"".join(payment()))
                answered.append(answer.status)
                if answer.is_last:
                    break
                time.sleep(0.05 * ((len(answered) * 7 + number) % 10) / 10)
