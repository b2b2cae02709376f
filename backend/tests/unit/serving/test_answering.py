"""An answer that is there as a whole is written as uvicorn writes its two parts, byte for byte, and ends like them."""

import asyncio
import logging
from typing import Any

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.serving.answering import ANSWER, AnsweringCycle

HEADERS = [(b"content-length", b"2"), (b"content-type", b"application/json")]


class Flow:
    """Of a client that reads what it is sent, unless `write_paused`; then it reads on once somebody waits for it."""

    write_paused = False

    async def drain(self) -> None:
        self.write_paused = False


class Connection:
    """One request of a client; `told` is what it reads, and how that goes on."""

    def __init__(self, *, keep_alive: bool) -> None:
        self.told: list[bytes] = []
        self.flow = Flow()
        self.cycle = AnsweringCycle(
            scope={  # type: ignore[typeddict-item]  # it reads nothing else
                "method": "POST",
                "path": "/transaction",
                "query_string": b"",
                "http_version": "1.1",
                "client": ("127.0.0.1", 7),
            },
            transport=self,  # type: ignore[arg-type]
            flow=self.flow,  # type: ignore[arg-type]
            logger=logging.getLogger(),
            access_logger=logging.getLogger(),
            access_log=False,
            default_headers=[(b"date", b"today"), (b"server", b"uvicorn")],
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=keep_alive,
            on_response=lambda: self.told.append(b"<next>"),
        )

    def write(self, data: bytes) -> None:
        self.told.append(data)

    def close(self) -> None:
        self.told.append(b"<end>")


async def by_uvicorn(cycle: RequestResponseCycle) -> None:
    """Both messages of ASGI."""
    await RequestResponseCycle.send(cycle, {"type": "http.response.start", "status": 200, "headers": HEADERS})
    await RequestResponseCycle.send(cycle, {"type": "http.response.body", "body": b"{}"})


async def at_once(cycle: RequestResponseCycle) -> None:
    """The one of ours."""
    message: Any = {"type": ANSWER, "headers": HEADERS, "body": b"{}"}
    await cycle.send(message)


@pytest.mark.parametrize("keep_alive", [True, False])
async def test_an_answer_is_what_uvicorn_would_have_sent(*, keep_alive: bool) -> None:
    """In one write. Then the connection goes on, or ends."""
    theirs, ours = Connection(keep_alive=keep_alive), Connection(keep_alive=keep_alive)

    await by_uvicorn(theirs.cycle)
    await at_once(ours.cycle)

    head, body, *end = theirs.told
    assert ours.told == [head + body, *end]
    for name in ("response_started", "response_complete", "keep_alive", "disconnected"):
        assert getattr(ours.cycle, name) == getattr(theirs.cycle, name)
    assert ours.cycle.message_event.is_set()


async def test_a_client_that_does_not_read_is_waited_for() -> None:
    """What is not sent yet is memory of ours."""
    connection = Connection(keep_alive=True)
    connection.flow.write_paused = True

    await at_once(connection.cycle)

    assert not connection.flow.write_paused
    assert b"".join(connection.told).endswith(b"{}<next>")


async def test_an_access_log_that_is_asked_for_has_its_line(caplog: pytest.LogCaptureFixture) -> None:
    """uvicorn writes one unless it is told not to."""
    connection = Connection(keep_alive=True)
    connection.cycle.access_log = True

    with caplog.at_level(logging.INFO):
        await at_once(connection.cycle)

    assert [record.getMessage() for record in caplog.records] == ['127.0.0.1:7 - "POST /transaction HTTP/1.1" 200']
    assert b"".join(connection.told).endswith(b"{}<next>")


async def test_nothing_is_sent_to_who_has_hung_up() -> None:
    """And nothing raised."""
    connection = Connection(keep_alive=True)
    connection.cycle.disconnected = True

    await at_once(connection.cycle)

    assert connection.told == []
