"""Real gateways share a cap while the brain is away: together they never approve more. And the policy can change."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.callers import caller
from tests.processes import BrainProcess, GatewayProcess, MongodProcess, ProcessError
from tests.stack import Stack, wait_until

CAP = 2_000
NO_BRAIN = 1  # a port where nobody listens

Start = Callable[[], Stack]


def policy(*, gateways: int = 2, stance: str = "open", caps: str = f"per_outage = {CAP}") -> str:
    """A policy file."""
    return (
        f'[blind]\nstance = "{stance}"\nabove_cap = "review"\ngateways = {gateways}\nlease_s = 3600\n'
        f"[blind.caps]\n{caps}\n"
    )


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    """Of every gateway of this test."""
    path = tmp_path / "policy.toml"
    path.write_text(policy())
    return path


@pytest.fixture
def start(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str], policy_file: Path
) -> Iterator[Start]:
    """Starts one more gateway; there is no brain, so every verdict is blind."""
    environment = fresh_databases | {"GATEWAY_POLICY_FILE": str(policy_file)}
    with ExitStack() as running:
        brain = BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=environment)  # never started

        def start_one() -> Stack:
            gateway = running.enter_context(
                GatewayProcess(tmp_path, mongodb_url=own_mongod.url, brain_port=NO_BRAIN, environment=environment)
            )
            client = running.enter_context(caller(gateway.url))
            return Stack(brain, gateway, client)

        yield start_one


def share(stack: Stack) -> float:
    """What this gateway holds of the cap."""
    return float(stack.get("/exposure")["per_outage"]["share"])


def pay(stacks: list[Stack], name: str, payments: int, amount: int = 7) -> list[dict[str, Any]]:
    """Many payments at once, shared out among gateways; their verdicts."""
    with ThreadPoolExecutor(20) as pool:
        return list(
            pool.map(
                lambda n: stacks[n % len(stacks)].post(f"{name}-{n}", amount=amount, user_id=f"user_{n}"),
                range(payments),
            )
        )


def lines(replies: list[dict[str, Any]]) -> Counter[str]:
    """How often each line of the policy decided."""
    return Counter(reply["fallback"]["policy"] for reply in replies)


@pytest.mark.parametrize("ledger_is_away", [False, True])
def test_two_gateways_never_pass_a_cap_together(start: Start, own_mongod: MongodProcess, ledger_is_away: bool) -> None:
    """Under load, and over a kill -9 of one: it spends what it held, and no part of it twice."""
    one, two = start(), start()
    wait_until(lambda: share(one) == share(two) == CAP / 2, within_s=30)
    if ledger_is_away:
        own_mongod.kill()
    replies = pay([one, two], "a", 100)

    two.gateway.kill()
    two.gateway.start()
    replies += pay([one, two], "b", 300)

    approved = [reply for reply in replies if reply["decision"] == "approve"]
    capped = [reply for reply in replies if reply["decision"] == "review"]
    assert len(approved) + len(capped) == 400
    # nearly all of it: the kill cost the rest of a chunk, and a payment may be larger than what is left
    assert 0.95 * CAP <= 7 * len(approved) <= CAP
    assert lines(approved).keys() == {"fail_open"}
    assert lines(capped).keys() <= {"cap_per_outage", "cap_no_share"}  # the latter where the disk took too long
    assert {reply["fallback"]["reason_code"] for reply in capped} == {"EXPOSURE_CAP_REACHED"}
    assert {(reply["scored"], reply["is_fraud"]) for reply in capped} == {(False, False)}


def test_a_stopped_gateway_leaves_the_rest_of_its_share_and_what_it_spent_still_counts(start: Start) -> None:
    """The other one may spend all that is left, and not more."""
    one, two = start(), start()
    wait_until(lambda: share(one) == share(two) == CAP / 2, within_s=30)
    spent = pay([two], "a", 10)

    two.gateway.stop()
    wait_until(lambda: share(one) > CAP / 2, within_s=30)
    replies = spent + pay([one], "b", 300)

    approved = [reply for reply in replies if reply["decision"] == "approve"]
    assert 0.95 * CAP <= 7 * len(approved) <= CAP
    assert [lease["is_returned"] for lease in one.get("/exposure")["others"]] == [True]


def test_one_more_gateway_than_the_policy_says_spends_no_part_twice(start: Start, policy_file: Path) -> None:
    """Not even before the two have heard of each other."""
    policy_file.write_text(policy(gateways=1))
    one = start()
    replies = pay([one], "a", 250)

    two = start()
    replies += pay([two], "b", 50) + pay([one, two], "c", 100)

    approved = [reply for reply in replies if reply["decision"] == "approve"]
    assert 7 * 250 <= 7 * len(approved) <= CAP


@pytest.mark.parametrize(("gateways", "line"), [(2, "cap_no_share"), (1, "fail_open")])
def test_a_first_start_without_a_ledger(
    start: Start, own_mongod: MongodProcess, policy_file: Path, gateways: int, line: str
) -> None:
    """One of several holds no share, and so approves nothing but 0; one that is alone needs nobody's leave."""
    policy_file.write_text(policy(gateways=gateways))
    own_mongod.kill()

    stack = start()

    reply = stack.post("t1")
    assert (reply["decision"] == "approve", reply["fallback"]["policy"]) == (gateways == 1, line)
    assert stack.post("t2", amount=0)["decision"] == "approve"


def test_each_cap_has_its_line(start: Start, policy_file: Path) -> None:
    """Per payment, per user and hour, per merchant."""
    caps = "per_transaction = 100\nper_user_hour = 250\nper_outage = 1000\n[blind.merchants.m1]\nper_outage = 60"
    policy_file.write_text(policy(gateways=1, caps=caps))
    stack = start()

    replies = [
        stack.post("t1", amount=100),
        stack.post("t2", amount="100.01"),
        stack.post("t3", amount=100),
        stack.post("t4", amount=100),
        stack.post("t5", amount=50, user_id="user_2", merchant_id="m1"),
        stack.post("t6", amount=50, user_id="user_3", merchant_id="m1"),
    ]

    assert [reply["fallback"]["policy"] for reply in replies] == [
        "fail_open", "cap_per_transaction", "fail_open", "cap_per_user_hour", "fail_open", "cap_per_merchant_outage",
    ]  # fmt: skip


def test_a_changed_policy_is_in_force_without_a_restart_and_a_wrong_one_is_not(start: Start, policy_file: Path) -> None:
    """Seen in GET /health; the verdicts follow."""
    stack = start()
    wait_until(lambda: share(stack) > 0, within_s=30)  # without one it is "cap_no_share"
    assert stack.post("t1")["fallback"]["policy"] == "fail_open"
    version = stack.get("/health")["policy"]["version"]
    policy_file.write_text(policy(stance="closed"))
    wait_until(lambda: stack.get("/health")["policy"]["version"] != version, within_s=30)
    closed = stack.post("t2")
    version = stack.get("/health")["policy"]["version"]

    policy_file.write_text(policy(stance="opne"))

    wait_until(lambda: stack.get("/health")["policy"]["error"] is not None, within_s=30)
    health = stack.get("/health")["policy"]
    assert (closed["decision"], closed["fallback"]["policy"]) == ("block", "closed")
    assert health["error"] == "blind.stance: must be 'open', 'review' or 'closed'"
    assert health["version"] == version
    assert stack.post("t3")["decision"] == "block"


def test_a_wrong_policy_stops_the_start(start: Start, policy_file: Path) -> None:
    """In one line that names the place."""
    policy_file.write_text(policy(stance="opne"))

    with pytest.raises(ProcessError, match=r"GATEWAY_POLICY_FILE: .*policy.toml: blind.stance: must be 'open'"):
        start()
