"""However many connections others hold, a new client is answered."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from local.ports import pick_free_port
from tests.contract.serving.conftest import Make
from tests.processes import GatewayProcess
from tests.raw_gateways import dropped
from tests.raw_http import RawConnection, get, payment

CONNECTIONS_MAX = 20


@pytest.fixture(scope="module")
def gateway(mongod_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """It takes 20 connections."""
    environment = {
        "GATEWAY_CONNECTIONS_MAX": str(CONNECTIONS_MAX),
        "GATEWAY_LEDGER_DATABASE": "fraud_ledger_crowded",
    }
    directory = tmp_path_factory.mktemp("crowded")
    with GatewayProcess(
        directory, mongodb_url=mongod_url, brain_port=pick_free_port(), environment=environment
    ) as process:
        yield process


def test_at_the_bound_the_one_that_is_idle_for_longest_closes(gateway: GatewayProcess) -> None:
    """The others go on, each newcomer is answered, and what was closed for it is counted and logged once."""
    with ExitStack() as open_ones:
        idle = [open_ones.enter_context(RawConnection(gateway.port)) for _ in range(CONNECTIONS_MAX)]
        assert all(connection.ask(get()).status == 200 for connection in idle)
        assert idle[0].ask(get()).status == 200  # used again: the second one is idle for longest now
        with RawConnection(gateway.port) as newcomer:
            assert newcomer.ask(*payment()).status == 200

        assert idle[1].is_ended()
        assert all(connection.ask(get()).status == 200 for connection in [idle[0], *idle[2:]])
        assert dropped(gateway, "made_room") >= 1
        assert gateway.log().count("connections.dropped") <= 2  # a minute may end


def test_half_sent_requests_make_room_too(gateway: GatewayProcess) -> None:
    """A crowd that never finishes its heads keeps nobody out."""
    with ExitStack() as open_ones:
        for _ in range(3 * CONNECTIONS_MAX):
            open_ones.enter_context(RawConnection(gateway.port)).send(b"POST /transaction HTTP/1.1\r\nHost: x\r\n")
        with RawConnection(gateway.port) as newcomer:
            assert newcomer.ask(*payment()).status == 200


def test_while_all_are_at_work_a_newcomer_is_told_so(gateway: GatewayProcess) -> None:
    """503 in words, which it can read; those at work get their verdicts."""
    with ExitStack() as open_ones:
        posted = [payment() for _ in range(CONNECTIONS_MAX)]
        working = [open_ones.enter_context(RawConnection(gateway.port)) for _ in posted]
        for connection, (head, body) in zip(working, posted, strict=True):
            connection.send(head, body[:5])
            assert not connection.shows_end()
        for _ in range(3):
            with RawConnection(gateway.port) as newcomer:
                refused = newcomer.ask(*payment())
                assert (refused.status, refused.json["code"]) == (503, "TOO_MANY_CONNECTIONS")
        answers = [c.ask(body[5:]) for c, (_, body) in zip(working, posted, strict=True)]

    assert {answer.status for answer in answers} == {200}


def test_a_gateway_with_few_file_descriptors_answers_among_idle_crowds(make_gateway: Make) -> None:
    """`ulimit -n 128` and 200 connections that say nothing: accept() used to fail, for everybody, without a word."""
    with make_gateway(files_max=128) as gateway, ExitStack() as open_ones:
        for _ in range(200):
            open_ones.enter_context(RawConnection(gateway.port))
        for _ in range(20):
            with RawConnection(gateway.port) as newcomer:
                assert newcomer.ask(*payment()).status == 200

        assert dropped(gateway, "made_room") > 100
        assert "connections.few" in gateway.log()
