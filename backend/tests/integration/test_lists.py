"""A list holds on every gateway, and goes on to hold when brain and ledger are both away."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.callers import caller
from tests.processes import BrainProcess, GatewayProcess, MongodProcess
from tests.stack import Stack, wait_until

CARD = {"card": {"token": "tok_stolen"}}


@pytest.fixture
def stacks(own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]) -> Iterator[list[Stack]]:
    """One brain, two gateways, and a ledger that the test may hurt."""
    with ExitStack() as running:
        brain = running.enter_context(
            BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=fresh_databases)
        )  # fmt: skip
        found = []
        for _ in range(2):
            gateway = running.enter_context(
                GatewayProcess(tmp_path, mongodb_url=own_mongod.url, brain_port=brain.port, environment=fresh_databases)
            )
            client = running.enter_context(caller(gateway.url))
            found.append(Stack(brain, gateway, client))
        for stack in found:
            wait_until(lambda stack=stack: stack.get("/health")["lists"]["as_of"] is not None, within_s=30)  # type: ignore[misc]
            wait_until(stack.has_its_neighbours, within_s=30)
        for stack in found:  # each holds its part of the cap per outage
            wait_until(lambda stack=stack: stack.get("/exposure")["per_outage"]["share"] == "500000.00", within_s=30)  # type: ignore[misc]
        yield found


class Payments:
    """Payments with the stolen card, each a new one."""

    def __init__(self) -> None:
        self.sent = 0

    def decision(self, stack: Stack, **known: object) -> str:
        """What becomes of the next one."""
        self.sent += 1
        return str(stack.post(f"t{self.sent}", **(CARD | known))["decision"])


def test_what_one_gateway_is_told_holds_on_the_other(stacks: list[Stack]) -> None:
    """And what is taken off there is off here; networks, reasons and expiries travel along."""
    one, two = stacks
    payments = Payments()

    one.client.put("/lists/deny/card/tok_stolen", json={"reason": "reported", "expires_at": "2199-01-01T00:00:00Z"})

    wait_until(lambda: payments.decision(two) == "block", within_s=30)
    assert two.get("/lists/deny/card/tok_stolen") == one.get("/lists/deny/card/tok_stolen")
    assert two.client.delete("/lists/deny/card/tok_stolen").json()["removed"] is True
    wait_until(lambda: payments.decision(one) == "approve", within_s=30)


def test_a_denied_card_stays_blocked_without_brain_and_ledger_over_a_kill(
    stacks: list[Stack], own_mongod: MongodProcess
) -> None:
    """Everything else is approved blind; a change of the lists is refused, and the lists can still be read."""
    one, two = stacks
    payments = Payments()
    one.client.put("/lists/deny/card/tok_stolen", json={"reason": "reported"})
    one.client.put("/lists/allow/user/user_trusted", json={"reason": "ours"})
    for stack in stacks:
        wait_until(lambda stack=stack: len(stack.get("/lists")["entries"]) == 2, within_s=30)  # type: ignore[misc]
        directory = Path(stack.gateway.log_path.parent, f"journal-{stack.gateway.port}")
        wait_until(lambda path=directory / "lists.json": path.exists() and b"user_trusted" in path.read_bytes())  # type: ignore[misc]
    one.brain.kill()
    own_mongod.kill()
    before = [payments.decision(stack) for stack in stacks]

    for stack in stacks:
        stack.gateway.kill()
        stack.gateway.start()

    assert before == ["block", "block"]
    for stack in stacks:
        denied = stack.post(f"after-{stack.gateway.port}", **CARD)
        assert (denied["decision"], denied["decision_source"], denied["scored"]) == ("block", "list", False)
        assert denied["fallback"]["policy"] == "deny_list"
        assert denied["reasons"][0]["message"] == "card is on the deny list: reported"
        assert denied["ledger_status"] == "pending"
        assert stack.post(f"other-{stack.gateway.port}")["decision"] == "approve"
        trusted = stack.post(f"trusted-{stack.gateway.port}", user_id="user_trusted", amount=50_000)
        assert (trusted["decision"], trusted["fallback"]["policy"]) == ("approve", "allow_list")
        assert len(stack.get("/lists")["entries"]) == 2
    for refused in (
        two.client.put("/lists/deny/card/tok_2", json={"reason": "reported"}),
        two.client.delete("/lists/deny/card/tok_stolen"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (503, "LIST_UNCONFIRMED")
        assert refused.headers["retry-after"] == "1"
    assert payments.decision(two) == "block"

    own_mongod.start()
    wait_until(lambda: two.client.delete("/lists/deny/card/tok_stolen").status_code == 200, within_s=30)

    wait_until(lambda: payments.decision(one) == "approve", within_s=30)


def test_what_was_taken_off_while_a_gateway_was_away_is_off_when_it_is_back(stacks: list[Stack]) -> None:
    """Its snapshot is of before."""
    one, two = stacks
    payments = Payments()
    one.client.put("/lists/deny/card/tok_stolen", json={"reason": "reported"})
    wait_until(lambda: payments.decision(two) == "block", within_s=30)
    wait_until((two.gateway.log_path.parent / f"journal-{two.gateway.port}" / "lists.json").exists)
    two.gateway.kill()
    one.client.delete("/lists/deny/card/tok_stolen")

    two.gateway.start()

    wait_until(lambda: two.get("/health")["lists"]["entries"] == 0, within_s=30)
    wait_until(lambda: payments.decision(two) == "approve", within_s=30)
