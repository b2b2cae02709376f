"""Everything is killed and frozen under load: nothing acknowledged is lost, changed, doubled or contradicted."""

import itertools
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.drills.clients import Clients
from tests.drills.conftest import IS_FULL
from tests.drills.ledger import flipped, ids_of, reconciled, told_of, verified
from tests.drills.receipts import Receipts
from tests.processes import MongodProcess, ServiceProcess
from tests.stack import Stack, running_stack, wait_until
from tests.webhooks import SECRET, WebhookServer

CLIENTS = 20
# At most 250 a second. While everything dies in turn the brain is away for about half of the time, and what is posted
# then is worked off at 500 a second: with a pause of 0.02 s a minute settled 28,000 verdicts and was not done.
THINK_S = 0.08
LENGTH_S = 180.0 if IS_FULL else 30.0
KILLS_MIN = 9 if IS_FULL else 3
ACKNOWLEDGED_MIN = 10_000 if IS_FULL else 500
SETTLED_WITHIN_S = 60.0


@pytest.fixture
def environment(fresh_databases: dict[str, str]) -> dict[str, str]:
    """As in production, but for a circuit that tries again after 2 s: there is time for more outages."""
    return fresh_databases | {"GATEWAY_LEDGER_BUDGET_MS": "150", "GATEWAY_CIRCUIT_RESET_S": "2"}


def test_chaos(
    own_mongod: MongodProcess, tmp_path: Path, environment: dict[str, str], tell: Callable[[str], None]
) -> None:
    """
    kill -9 and SIGSTOP of gateway, worker, brain and mongod, alone and two at once, while 20 clients post and repeat.

    Afterwards every blind verdict is amended or confirmed, each flip reached a real receiver under exactly one id, and
    the chain of what was committed is sound.
    """
    receipts = Receipts()
    with (
        WebhookServer() as hooks,
        running_stack(
            tmp_path,
            own_mongod.url,
            environment | {"GATEWAY_WEBHOOK_URL": hooks.url, "GATEWAY_WEBHOOK_SECRET": SECRET},
            with_worker=True,
        ) as stack,
    ):
        with Clients([stack.gateway.url], receipts, clients=CLIENTS, think_s=THINK_S):
            kills, freezes = _hurt(stack, own_mongod, until_s=time.monotonic() + LENGTH_S)
            time.sleep(3.0)
        wait_until(lambda: stack.get("/ledger/status")["pending"] == 0, within_s=60.0)
        settled_s = wait_until(lambda: _is_settled(stack), within_s=SETTLED_WITHIN_S)
        result, flips = reconciled(own_mongod, environment, receipts), flipped(own_mongod, environment)
        told_s = wait_until(lambda: told_of(hooks) >= flips, within_s=60.0)
        status = stack.get("/ledger/status")
    ids = ids_of(hooks)

    tell(f"{kills} kills and {freezes} freezes in {LENGTH_S:.0f} s, {CLIENTS} clients")
    tell(
        f"acknowledged {result.acknowledged:,}, of these {len(receipts.blind):,} blind and {receipts.pending:,} pending"
    )
    tell(
        f"replays {receipts.replays:,}, other bodies {receipts.refusals:,}, answers by status {dict(receipts.statuses)}"
    )
    tell(
        f"lost {len(result.lost)}, changed {len(result.changed)}, duplicates {len(result.duplicates)}, "
        f"contradictions {len(receipts.contradictions)}, conflicts {status['conflicts']}, poison {status['poison']}"
    )
    tell(f"blind and not settled {len(result.unsettled)}, {settled_s:.1f} s after the end; flips {len(flips)}, told of "
         f"{len(ids)} under {sum(len(one) for one in ids.values())} ids, {told_s:.1f} s later")  # fmt: skip
    assert kills >= KILLS_MIN
    assert result.acknowledged >= ACKNOWLEDGED_MIN
    assert (result.lost, result.changed, result.duplicates, receipts.contradictions) == ([], [], [], [])
    assert set(receipts.statuses) <= {0, 200, 409}
    assert (status["conflicts"], status["poison"], status["lost"]) == (0, 0, 0)
    assert result.unsettled == []
    assert ids.keys() == flips
    assert {len(one) for one in ids.values()} <= {1}
    assert verified(own_mongod, environment) == 0


def _is_settled(stack: Stack) -> bool:
    item = stack.get("/ledger/status")["rescore_backlog"]
    return item is not None and item["count"] == 0


def _hurt(stack: Stack, mongod: MongodProcess, *, until_s: float) -> tuple[int, int]:
    """Go through the ways of dying, over and over; how many processes were killed and frozen."""
    ways: list[tuple[str, list[ServiceProcess]]] = [
        ("kill", [stack.brain]),
        ("kill", [mongod]),
        ("kill", [stack.gateway, stack.worker]),
        ("freeze", [stack.brain]),
        ("kill", [mongod, stack.gateway]),
        ("freeze", [mongod]),
        ("kill", [stack.worker]),
        ("freeze", [stack.worker]),
        ("kill", [stack.brain, stack.gateway]),
        ("kill", [stack.brain, mongod]),
    ]
    kills = freezes = 0
    for way, victims in itertools.cycle(ways):
        time.sleep(2.0)
        if time.monotonic() > until_s:
            return kills, freezes
        for victim in victims:
            getattr(victim, way)()
        time.sleep(3.0)
        for victim in victims[::-1]:  # the gateway comes back while the ledger is still away
            victim.start() if way == "kill" else victim.thaw()
        kills += len(victims) * (way == "kill")
        freezes += len(victims) * (way == "freeze")
    raise AssertionError("a cycle has no end")
