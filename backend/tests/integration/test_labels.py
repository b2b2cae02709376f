"""A label reaches the brain's history whatever dies in between, and MongoDB's absence is said clearly."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.features.labels.store import Labels
from gateway.kit import clock
from gateway.ledger.client import Database
from tests.processes import MongodProcess
from tests.proof_records import LONG_AGO
from tests.remembered import labels_of
from tests.stack import Stack, running_stack, wait_until


@pytest.fixture
def stack(mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]) -> Iterator[Stack]:
    """A stack of this test alone."""
    with running_stack(
        tmp_path, mongod_url, fresh_databases | {"GATEWAY_CIRCUIT_RESET_S": "1"}, with_worker=True
    ) as running:
        yield running


def label(stack: Stack, transaction_id: str, *, is_fraud: bool = True) -> None:
    """Say what it was."""
    response = stack.client.put(
        f"/transactions/{transaction_id}/label", json={"is_fraud": is_fraud, "source": "chargeback"}
    )
    assert response.status_code == 200, response.text


def test_a_label_and_its_correction_become_history(stack: Stack) -> None:
    """The last word is what later scores see."""
    stack.post("t1", user_id="user_9")
    label(stack, "t1")
    wait_until(lambda: labels_of(stack.brain, ["t1"]) == {"t1": True})

    label(stack, "t1", is_fraud=False)

    wait_until(lambda: labels_of(stack.brain, ["t1"]) == {"t1": False})


@pytest.mark.parametrize("victim", ["brain", "gateway"])
def test_labels_outlive_a_crash(stack: Stack, victim: str) -> None:
    """kill -9 right after the labels were taken: they are in the ledger, from which every brain reads them."""
    names = [f"t{n}" for n in range(10)]
    for name in names:
        stack.post(name, user_id="user_9")
    if victim == "brain":
        stack.brain.kill()
    for n, name in enumerate(names):
        label(stack, name, is_fraud=n % 2 == 0)
    process = getattr(stack, victim)
    process.kill()
    process.start()

    wait_until(lambda: labels_of(stack.brain, names) == {name: n % 2 == 0 for n, name in enumerate(names)})


def test_without_a_ledger_no_label_is_taken(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """503 that says so, and the same request is taken once the ledger is back."""
    with running_stack(tmp_path, own_mongod.url, fresh_databases) as stack:
        stack.post("t1", user_id="user_9")
        own_mongod.kill()

        refused = stack.client.put("/transactions/t1/label", json={"is_fraud": True, "source": "chargeback"})

        own_mongod.start()
        wait_until(lambda: stack.get("/health")["services"]["ledger"]["status"] == "up")
        label(stack, "t1")
    assert refused.status_code == 503
    assert refused.json()["code"] in {"LEDGER_UNREADABLE", "LABEL_UNCONFIRMED"}


async def test_a_gateway_with_a_wrong_clock_hides_no_label(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Brains ask for what was recorded since their last look: the ledger's clock says when that was."""
    monkeypatch.setattr(clock, "now", lambda: LONG_AGO)

    label = await Labels(database).put("t1", is_fraud=True, source="s", known_at=None, default_known_at=LONG_AGO)

    assert datetime.now(UTC) - label.recorded_at < timedelta(minutes=5)
