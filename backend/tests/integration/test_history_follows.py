"""What stands in the ledger reaches the brain's memory: once, and whatever dies in between."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.remembered import remembered
from tests.stack import Stack, running_stack, wait_until


@pytest.fixture
def stack(mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]) -> Iterator[Stack]:
    """A stack of this test alone."""
    with running_stack(
        tmp_path, mongod_url, fresh_databases | {"GATEWAY_CIRCUIT_RESET_S": "1"}, with_worker=True
    ) as running:
        yield running


def test_the_memory_knows_what_was_blocked(stack: Stack) -> None:
    """A deny list blocks one of two payments: its mark is kept, and a label beside it takes nothing away."""
    stack.client.put("/lists/deny/user/user_8", json={"reason": "reported"})
    assert stack.post("t1", user_id="user_8", merchant_id="shop_1")["decision"] == "block"
    stack.post("t2", user_id="user_9", merchant_id="shop_1")
    stack.client.put("/transactions/t1/label", json={"is_fraud": True, "source": "analyst"})

    wait_until(lambda: blocks(stack, "t1", "t2") == {"t1": True, "t2": False})
    wait_until(lambda: remembered(stack.brain, ["t1"])["t1"].revision == 1)
    assert blocks(stack, "t1", "t2") == {"t1": True, "t2": False}


def blocks(stack: Stack, *names: str) -> dict[str, bool]:
    """Of each payment that the brain knows, whether it was blocked."""
    return {name: payment.is_blocked for name, payment in remembered(stack.brain, names).items()}


@pytest.mark.parametrize("victim", ["brain", "gateway"])
def test_a_crash_forgets_nothing(stack: Stack, victim: str) -> None:
    """kill -9 in the middle of traffic; what is in the ledger is in the memory."""
    names = [f"before-{n}" for n in range(30)]
    for name in names:
        stack.post(name, user_id="user_9")
    process = getattr(stack, victim)
    process.kill()
    process.start()
    wait_until(lambda: stack.get("/health")["services"]["brain"]["status"] == "up")
    names += [f"after-{n}" for n in range(5)]
    for name in names[30:]:
        stack.post(name, user_id="user_9")

    # what a dead gateway left unsettled is swept once it has been silent for 20 s
    wait_until(lambda: len(remembered(stack.brain, names)) == 35)


def test_what_was_decided_blind_is_history_too(stack: Stack) -> None:
    """It was paid all the same."""
    stack.brain.kill()
    names = [f"blind-{n}" for n in range(5)]
    for name in names:
        assert stack.post(name, user_id="user_9")["scored"] is False

    stack.brain.start()
    wait_until(lambda: stack.post(f"probe-{secrets.token_hex(4)}")["scored"])

    wait_until(lambda: len(remembered(stack.brain, names)) == 5)
