"""What MongoDB answers to a raw insert is sorted out: each document's own result, and nothing acknowledged in doubt."""

from collections import deque
from collections.abc import Mapping
from typing import Any, cast

import pytest
from pymongo import WriteConcern
from pymongo.errors import AutoReconnect, NotPrimaryError, OperationFailure, PyMongoError, ServerSelectionTimeoutError

from gateway.errors import LedgerRefused, LedgerUnavailable, LedgerUnconfirmed
from gateway.kit.circuit import Circuit
from gateway.ledger.audit_chain import Head
from gateway.ledger.client import Database
from gateway.ledger.health import LEDGER_ERRORS
from gateway.ledger.inserting import Committed, Inserter
from gateway.ledger.run import Run
from gateway.ledger.writer import Written
from tests.proof_records import REQUEST, encoded_of

RECORDS = [encoded_of(REQUEST | {"transaction_id": f"t{n}"}) for n in range(4)]


class Server:
    """Answers with what a test says."""

    write_concern = WriteConcern("majority", j=True)

    def __init__(self, answer: Mapping[str, Any] | PyMongoError) -> None:
        self.answer = answer
        self.command_: Mapping[str, Any] = {}

    async def command(self, command: Mapping[str, Any]) -> Mapping[str, Any]:
        """As the driver does: whatever stands in an answer that is "ok" raises nothing."""
        self.command_ = command
        if isinstance(self.answer, PyMongoError):
            raise self.answer
        return self.answer


class Commits:
    """Who is told of each commit."""

    def __init__(self) -> None:
        self.queue: deque[Committed] = deque()

    async def start(self) -> None:
        """There is nothing to be prepared."""

    async def close(self) -> None:
        """Nor anything to be finished."""

    def heads(self) -> list[Head]:
        """It writes no chain."""
        return []

    def wake(self) -> None:
        """Nothing waits for it."""


class Ledger:
    """An inserter before such a server."""

    def __init__(self, answer: Mapping[str, Any] | PyMongoError) -> None:
        self.server, self.run, listener = Server(answer), Run(), Commits()
        circuit = Circuit(LEDGER_ERRORS, fail_max=3, reset_s=1.0)
        self.committed = listener.queue
        self.inserter = Inserter(cast(Database, self.server), circuit, run=self.run, listener=listener)


async def test_each_document_has_its_own_result() -> None:
    """What stands is told with its number, to be chained; of the rest no number stays open."""
    errors = [{"index": n, "code": code} for n, code in ((1, 11000), (2, 121), (3, 14031))]
    ledger = Ledger({"ok": 1.0, "n": 1, "writeErrors": errors})

    results = await ledger.inserter.insert(RECORDS)

    assert (results[1], type(results[2]), type(results[3])) == (Written.DUPLICATE, LedgerRefused, LedgerUnavailable)
    assert [(one.number, one.transaction_id) for one in ledger.committed] == [(1, "t0")]
    assert ledger.run.overdue(older_than_s=-1, limit=9) == [1]
    assert ledger.server.command_["writeConcern"] == {"w": "majority", "j": True}


@pytest.mark.parametrize(
    "answer",
    [
        {"ok": 1.0, "n": 4, "writeConcernError": {"code": 64}},
        {"ok": 1.0, "n": 3},
        AutoReconnect("connection closed"),
        OperationFailure("interrupted", 11601),
        NotPrimaryError("stepped down in the middle", {"code": 11602}),
        NotPrimaryError("nothing more"),
    ],
)
async def test_what_may_stand_is_neither_acknowledged_nor_given_up(answer: Mapping[str, Any] | PyMongoError) -> None:
    """It is not on a majority, or some are missing, or nobody knows: the numbers stay open until somebody looks."""
    ledger = Ledger(answer)

    with pytest.raises(LedgerUnconfirmed):
        await ledger.inserter.insert(RECORDS)

    assert not ledger.committed
    assert ledger.run.overdue(older_than_s=-1, limit=9) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "error",
    [
        ServerSelectionTimeoutError("no server"),
        NotPrimaryError("not primary", {"code": 10107}),
        OperationFailure("not authorized", 13),
    ],
)
async def test_what_was_never_sent_leaves_no_number_open(error: PyMongoError) -> None:
    """Nothing was begun, so no reader has to wait."""
    ledger = Ledger(error)

    with pytest.raises(LedgerUnavailable):
        await ledger.inserter.insert(RECORDS)

    assert ledger.run.is_settled
