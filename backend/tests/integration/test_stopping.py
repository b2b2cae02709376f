"""An orderly stop while the ledger is away: it waits as long as it may, and says what it leaves behind."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.test_journal import is_prepared, recorded
from tests.processes import MongodProcess
from tests.stack import Stack, running_stack, wait_until

POSTED = 40
GRACE_S = 60.0  # much more than these tests take: whoever waits for it fails


@pytest.fixture
def environment(fresh_databases: dict[str, str]) -> dict[str, str]:
    """A stop that may take a minute."""
    return fresh_databases | {"GATEWAY_LEDGER_BUDGET_MS": "150", "GATEWAY_DRAIN_S": str(GRACE_S)}


@pytest.fixture
def stack(own_mongod: MongodProcess, tmp_path: Path, environment: dict[str, str]) -> Iterator[Stack]:
    """A stack whose ledger is gone, with verdicts that wait for it; its gateway has never seen that ledger."""
    with running_stack(tmp_path, own_mongod.url, environment) as running:
        is_prepared(running)
        own_mongod.kill()
        running.gateway.kill()
        running.gateway.start()
        for n in range(POSTED):
            running.post(f"t{n}")
        yield running


def test_a_stop_waits_for_a_ledger_that_comes_back(
    stack: Stack, own_mongod: MongodProcess, environment: dict[str, str]
) -> None:
    """The ledger returns some seconds after SIGTERM: nothing is left in the journal of a gateway that goes."""
    back = threading.Timer(4.0, own_mongod.start)
    back.start()

    stack.gateway.stop(within_s=GRACE_S / 2)
    back.join()

    assert len(recorded(own_mongod, environment)) == POSTED
    assert "journal.handed_over" in stack.gateway.log()
    assert "journal.left_behind" not in stack.gateway.log()


def test_a_second_signal_ends_the_waiting_and_what_stays_is_said(
    stack: Stack, own_mongod: MongodProcess, environment: dict[str, str]
) -> None:
    """It is on the disk, named in the log, and reaches the ledger at the next start."""
    stack.gateway.send(signal.SIGTERM)
    wait_until(lambda: "journal.handing_over" in stack.gateway.log())
    stack.gateway.stop(within_s=GRACE_S / 4)

    assert f'"records": {POSTED}' in stack.gateway.log_tail()
    assert "journal.left_behind" in stack.gateway.log()
    own_mongod.start()
    stack.gateway.start()
    wait_until(lambda: stack.get("/ledger/status")["pending"] == 0)
    wait_until(lambda: len(recorded(own_mongod, environment)) == POSTED)
