"""A journal that is hurt while the ledger is away: people are told what is lost, and the rest arrives."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_journal import all_has_arrived, is_prepared, recorded
from tests.processes import MongodProcess
from tests.stack import Stack, running_stack, wait_until

POSTED = 150


@pytest.fixture
def journal_dir(tmp_path: Path) -> Path:
    """With all that a directory's name may hold."""
    return tmp_path / "journal? of #1, 100%"


@pytest.fixture
def environment(fresh_databases: dict[str, str], journal_dir: Path) -> dict[str, str]:
    """Budgets as in production."""
    return fresh_databases | {"GATEWAY_LEDGER_BUDGET_MS": "150", "GATEWAY_JOURNAL_DIR": str(journal_dir)}


@pytest.fixture
def stack(own_mongod: MongodProcess, tmp_path: Path, environment: dict[str, str]) -> Iterator[Stack]:
    """A stack whose ledger and journal the test may hurt."""
    with running_stack(tmp_path, own_mongod.url, environment) as running:
        is_prepared(running)
        yield running


def _overwrite_the_log(journal_dir: Path) -> None:
    log = journal_dir / "verdicts.db-wal"
    size = log.stat().st_size
    with log.open("r+b") as file:
        file.seek(size // 3)
        file.write(os.urandom(size // 3))


def _delete_the_log(journal_dir: Path) -> None:
    (journal_dir / "verdicts.db-wal").unlink()


@pytest.mark.parametrize("hurt", [_overwrite_the_log, _delete_the_log])
def test_what_a_damaged_journal_has_lost_is_told(
    stack: Stack,
    own_mongod: MongodProcess,
    environment: dict[str, str],
    journal_dir: Path,
    hurt: Callable[[Path], None],
) -> None:
    """kill -9 of both, a hurt file: acknowledged = committed + pending + lost before and after, with one alert."""
    before = stack.get("/ledger/status")["acknowledged"]
    own_mongod.kill()
    given = {stack.post(f"t{n}", metadata={"note": "x" * 200})["transaction_id"] for n in range(POSTED)}
    stack.gateway.kill()
    hurt(journal_dir)

    stack.gateway.start()

    at_start = stack.get("/ledger/status")
    assert at_start["pending"] + at_start["lost"] == POSTED
    own_mongod.start()
    wait_until(lambda: all_has_arrived(stack), within_s=30)
    wait_until(lambda: stack.get("/ledger/status")["acknowledged"] == before + POSTED)
    arrived, status = recorded(own_mongod, environment), stack.get("/ledger/status")
    lost = given - arrived.keys()
    assert status["lost"] == at_start["lost"] == len(lost)
    assert {loss["transaction_id"] for loss in status["lost_records"]} <= lost
    assert f"sentinel_journal_lost {len(lost)}.0" in stack.client.get("/metrics").text
    if hurt is _delete_the_log:
        assert lost
    if lost:  # of an overwritten log most can still be read, if not all
        wait_until(lambda: _alerts(stack) == [len(lost)])


def _alerts(stack: Stack) -> list[int]:
    return [alert["data"]["lost"] for alert in stack.get("/alerts?kind=journal.lost")["alerts"]]


def test_a_verdict_that_may_have_been_kept_is_never_denied(
    stack: Stack, own_mongod: MongodProcess, environment: dict[str, str], journal_dir: Path
) -> None:
    """Somebody has locked the journal: ten callers are told to send it again, and then get what was kept, all ten."""
    bodies = [{"transaction_id": f"t{n}", "amount": 5 + n, "currency": "USD", "user_id": "user_1"} for n in range(10)]
    own_mongod.kill()
    stack.post("first")  # the circuit to the ledger is open afterwards, or soon
    with contextlib.closing(sqlite3.connect(journal_dir / "verdicts.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        unsure = [stack.client.post("/transaction", json=body) for body in bodies]
        assert stack.client.get("/ledger/status").status_code == 200

    again: list[dict[str, Any]] = [stack.client.post("/transaction", json=body).json() for body in bodies]

    assert {(answer.status_code, answer.json()["code"]) for answer in unsure} == {(503, "JOURNAL_UNCONFIRMED")}
    assert [answer["replayed"] for answer in again] == [True] * 10
    own_mongod.start()
    wait_until(lambda: all_has_arrived(stack), within_s=30)
    arrived = recorded(own_mongod, environment)
    traces = {answer["transaction_id"]: answer["trace_id"] for answer in again}
    assert {name: arrived[name]["verdict"]["trace_id"] for name in traces} == traces
