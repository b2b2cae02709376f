"""Several gateways have one review threshold: through the ledger, without it, and after they were killed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from gateway.alerts.kinds import nobody
from gateway.budgets.beat import from_beats, to_beat
from gateway.budgets.misfit import MisfitAlarm
from gateway.budgets.ramp import Start
from gateway.budgets.scale import to_bin, to_log_odds
from gateway.budgets.service import Budgets
from gateway.budgets.sharing import BudgetSharing
from gateway.budgets.store import BudgetStore, Shared
from gateway.budgets.window import slot_of
from gateway.clock import now
from gateway.domain import Limits
from gateway.ledger.client import Database, open_database
from gateway.settings import Settings
from tests.clock import Clock
from tests.payments_scored import LIMITS, Shop
from tests.processes import GatewayProcess, MongodProcess
from tests.stack import CLIENT_TIMEOUT_S, running_stack, wait_until

HIGH = 0.6  # above all but two in a hundred of the scores that a fleet has seen


class Gateway:
    """One of a fleet, on a clock that all share; nothing of it runs by itself."""

    def __init__(self, database: Database, directory: Path, clock: Clock) -> None:
        self.ledger_is_up = True
        self.shop = Shop(per_day=2_500)
        self.shop.clock = clock
        self.shop.budgets = self.budgets = Budgets(clock)
        self.sharing = BudgetSharing(
            self.budgets,
            BudgetStore(database),
            MisfitAlarm(self.budgets, nobody, instance="one", now_s=clock),
            ledger_is_up=lambda: self.ledger_is_up,
            directory=directory,
        )


async def one_hour(gateways: Sequence[Gateway]) -> None:
    """They sell, beat, tell the ledger and write to their disks."""
    for gateway in gateways:
        gateway.shop.sell(1 / 24 / len(gateways))
    for gateway in gateways:
        gateway.budgets.hear(from_beats(to_beat(other.budgets) for other in gateways if other is not gateway))
        await gateway.sharing.exchange()
        await gateway.sharing.save()


async def test_a_fleet_a_killed_gateway_and_a_new_one_have_the_same_threshold(
    database: Database, tmp_path: Path
) -> None:
    """Each saw half of the payments, and all know what both saw; an hour without the ledger changes nothing."""
    clock = Clock()
    clock.now_s = 1_800_000_000.0
    one, other = Gateway(database, tmp_path / "one", clock), Gateway(database, tmp_path / "other", clock)
    for gateway in (one, other):
        await gateway.sharing.take_up()
    for _ in range(26):
        await one_hour([one, other])
    threshold = one.shop.review_threshold
    assert threshold > 1.5 * LIMITS.review_threshold
    assert other.shop.review_threshold == pytest.approx(threshold, rel=0.01)

    other.sharing.let_go()  # killed: the kernel gives its lock back, and nothing else is done
    again = Gateway(database, tmp_path / "other", clock)
    again.ledger_is_up = False
    await again.sharing.take_up()
    assert again.shop.review_threshold == pytest.approx(threshold, rel=0.01)

    new = Gateway(database, tmp_path / "new", clock)
    await new.sharing.take_up()
    new.shop.pay(0.01)
    assert new.shop.review_threshold == LIMITS.review_threshold
    await new.sharing.exchange()
    assert new.shop.review_threshold == pytest.approx(threshold, rel=0.01)

    one.ledger_is_up = False
    await one_hour([one, again])
    assert one.shop.review_threshold == pytest.approx(again.shop.review_threshold, rel=0.01)
    assert one.shop.review_threshold > threshold


async def test_what_a_gateway_saw_outlives_it(database: Database, tmp_path: Path) -> None:
    """Also the ten minutes that were not over when it stopped."""
    clock = Clock()
    clock.now_s = 1_800_000_000.0
    gateway = Gateway(database, tmp_path, clock)
    await gateway.sharing.start()
    gateway.shop.sell(0.1)

    await gateway.sharing.close()

    kept = await database["budget_scores"].find({}).to_list(None)
    assert sum(sum(document["payments"]) for document in kept) == gateway.budgets.cap.payments >= 250


async def share_a_day(url: str, databases: dict[str, str], model: dict[str, Any]) -> None:
    """What a gateway that is gone has seen of this model: 4,800 payments, its threshold at the end of its way."""
    limits = Limits(model["review"]["own"], model["block"]["own"], may_block=False, own_labels=False)
    newest = slot_of(now().timestamp()) - 7
    counts = {to_bin(0.01): 96, to_bin(HIGH): 4}
    start = Start(to_log_odds(HIGH), now().timestamp() - 86_400)
    ledger = open_database(Settings(ledger_database=databases["GATEWAY_LEDGER_DATABASE"], MONGODB_URL=SecretStr(url)))
    await BudgetStore(ledger).share(
        [Shared(model["name"], model["version"], limits, start, newest - n, "gone", counts) for n in range(48)]
    )
    ledger.client.close()


def in_force(gateway: GatewayProcess) -> float:
    """The review threshold, as a gateway tells it; 0 while it knows none."""
    models = httpx.get(f"{gateway.url}/stats", timeout=CLIENT_TIMEOUT_S).json()["budgets"]["models"]
    return float(models[0]["review"]["in_force"]) if models else 0.0


async def test_two_processes_have_one_threshold_one_killed_and_the_ledger_too(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """A running one hears it, one that joins takes it up, and both keep it; the record says which one was in force."""
    with running_stack(tmp_path, own_mongod.url, fresh_databases) as stack:
        stack.post("first")
        (model,) = stack.get("/stats")["budgets"]["models"]
        own = model["review"]["own"]
        assert (model["review"]["in_force"], model["follows"], model["may_block"]) == (own, False, False)
        await share_a_day(own_mongod.url, fresh_databases, model)

        wait_until(lambda: in_force(stack.gateway) > own, within_s=30)
        with GatewayProcess(
            tmp_path, mongodb_url=own_mongod.url, brain_port=stack.brain.port, environment=fresh_databases
        ) as second:
            kept = tmp_path / f"journal-{second.port}" / "budgets-0.json"
            wait_until(lambda: in_force(second) == pytest.approx(HIGH, rel=0.02), within_s=30)
            wait_until(lambda: model["version"].encode() in kept.read_bytes())
            second.kill()
            stack.post("later")
            own_mongod.kill()
            second.start()

            assert in_force(second) == in_force(stack.gateway) == pytest.approx(HIGH, rel=0.02)
            blind_to_the_ledger = stack.post("last")
            assert blind_to_the_ledger["ledger_status"] == "pending"
        own_mongod.start()
        wait_until(lambda: stack.client.get("/transactions/last").status_code == 200, within_s=30)
        assert stack.get("/transactions/first")["thresholds"]["review"] == own
        for name in ("later", "last"):
            assert stack.get(f"/transactions/{name}")["thresholds"]["review"] == pytest.approx(HIGH, rel=0.02)
