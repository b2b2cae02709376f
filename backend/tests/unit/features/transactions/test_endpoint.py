"""A transaction is answered without the framework, in every way as the framework would."""

from time import time
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI

from gateway.access.service import AccessControl
from gateway.api.metrics import Families
from gateway.api.services import Services
from gateway.features.traffic.recorder import Answers
from gateway.features.traffic.service import Traffic
from gateway.features.transactions import submit
from gateway.features.transactions.endpoint import BYTES_MAX, Submissions, VerdictEndpoint
from gateway.serving.answering import WHOLE
from tests.access import everybody_may
from tests.decision_harness import Harness
from tests.unit.api.test_metrics import told

BODY = b'{"transaction_id":"t1","amount":12.5,"currency":"USD","user_id":"u"}'
HEADERS = [(b"content-length", b"?"), (b"content-type", b"application/json")]
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Whole:
    """A request that has come as a whole, and its answer: at once, unless the client `reads_slowly`."""

    disconnected = False

    def __init__(self, body: bytes, sent: list[Any], *, reads_slowly: bool = False) -> None:
        self.body = bytearray(body)
        self._sent, self._reads_slowly = sent, reads_slowly

    def answer(self, body: bytes) -> bool:
        if not self._reads_slowly:
            self._sent += [{"status": 200, "headers": HEADERS}, {"body": body}]
        return not self._reads_slowly


class Caller:
    """Posts bodies to a gateway whose neighbours are fakes; `reply` and `status` are those of the last one."""

    def __init__(self) -> None:
        self.harness, self.families = Harness(), Families()
        self._app = FastAPI()
        self._app.include_router(submit.router)
        self._app.state.services = Services(
            {
                AccessControl: everybody_may(),
                Submissions: Submissions(
                    self.harness.service, Answers(Traffic(time, time).note, self.families), self.families.request
                ),
            }
        )
        self._endpoint = VerdictEndpoint(self._app)

    async def post(self, *parts: bytes, is_whole: bool = True, by_framework: bool = False, **scope: Any) -> Any:
        """The reply, decoded. `unread` is how many parts nobody asked for."""
        waiting = [{"type": "http.request", "body": part, "more_body": part is not parts[-1]} for part in parts]
        self.sent = list[Any]()

        async def receive() -> Any:
            return waiting.pop(0)

        async def send(message: Any) -> None:
            self.sent.append(message)

        extensions = {"extensions": {WHOLE: Whole(b"".join(parts), self.sent)}} if is_whole else {}
        await (self._app if by_framework else self._endpoint)(
            {"type": "http", "method": "POST", "path": "/transaction", "headers": [], "query_string": b""}
            | extensions
            | scope,
            receive,
            send,
        )
        self.unread = len(waiting)
        self.status = self.sent[0]["status"]
        return msgspec.json.decode(self.sent[1]["body"])

    @property
    def requests(self) -> dict[tuple[str, ...], float]:
        """How many were counted, by method, route and status."""
        return told(self.families, "sentinel_requests_total")


@pytest.fixture
def caller() -> Caller:
    """Of a gateway that knows no transaction yet."""
    return Caller()


async def test_a_whole_request_gets_its_verdict_and_is_counted(caller: Caller) -> None:
    """Under the caller's own trace."""
    reply = await caller.post(BODY, headers=[(b"traceparent", f"00-{TRACE}-00f067aa0ba902b7-01".encode())])

    assert (caller.status, reply["decision"], reply["trace_id"]) == (200, "approve", TRACE)
    assert caller.requests == {("POST", "/transaction", "200"): 1}
    assert sum(told(caller.families, "sentinel_verdicts_total").values()) == 1


@pytest.mark.parametrize("by_framework", [False, True])
async def test_a_body_in_parts_gets_the_same_reply(caller: Caller, *, by_framework: bool) -> None:
    """A retry in another form of the wire is a retry: all but `replayed` is equal."""
    first = await caller.post(BODY)
    head, *_ = caller.sent

    again = await caller.post(BODY[:10], BODY[10:], is_whole=False, by_framework=by_framework)

    assert again == first | {"replayed": True}
    assert caller.sent[0]["status"] == head["status"]
    assert dict(caller.sent[0]["headers"]).keys() == dict(head["headers"]).keys()


async def test_who_has_to_be_waited_for_gets_the_same_in_two_messages(caller: Caller) -> None:
    """With its length and its type."""
    slow = Whole(BODY, [], reads_slowly=True)

    reply = await caller.post(extensions={WHOLE: slow})

    assert reply["decision"] == "approve"
    assert dict(caller.sent[0]["headers"]) == {
        b"content-length": str(len(caller.sent[1]["body"])).encode(),
        b"content-type": b"application/json",
    }


@pytest.mark.parametrize("length", [b"", str(BYTES_MAX + 1).encode()])
async def test_a_body_in_parts_is_read_no_further_than_its_bound(caller: Caller, length: bytes) -> None:
    """By what it says of itself, or else by what has come."""
    parts = [b" " * (40_000 + n) for n in range(5)]

    problem = await caller.post(*parts, is_whole=False, headers=[(b"content-length", length)] if length else [])

    assert (caller.status, problem["code"]) == (413, "BODY_TOO_LARGE")
    assert caller.unread == (5 if length else 3)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "MALFORMED_JSON"),
        (BODY.replace(b"12.5", b"-1"), 422, "INVALID_REQUEST"),
        (BODY.replace(b"12.5", b"13"), 409, "CONFLICTING_TRANSACTION"),
        (BODY + b" " * BYTES_MAX, 413, "BODY_TOO_LARGE"),
    ],
)
async def test_what_is_refused_is_a_problem_and_counted(caller: Caller, body: bytes, status: int, code: str) -> None:
    """As everywhere in this API. What follows a body that is too large is not read."""
    await caller.post(BODY)

    problem = await caller.post(body)

    headers = dict(caller.sent[0]["headers"])
    assert (caller.status, problem["status"], problem["code"]) == (status, status, code)
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers.get(b"connection") == (b"close" if status == 413 else None)
    assert caller.requests == {("POST", "/transaction", "200"): 1, ("POST", "/transaction", str(status)): 1}


async def test_a_fault_of_ours_is_a_500_that_says_nothing_of_it(caller: Caller) -> None:
    """It goes into the log whole."""
    caller.harness.ledger.unconfirmed = ZeroDivisionError("secret")

    problem = await caller.post(BODY)

    assert (caller.status, problem["code"]) == (500, "INTERNAL")
    assert "secret" not in str(problem)
    assert told(caller.families, "sentinel_verdicts_failed_total") == {(): 1}
