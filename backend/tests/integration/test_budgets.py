"""Several gateways have one review threshold: through the ledger, without it, and after they were killed."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from brain.model.artifact import METADATA_FILE
from gateway.alerting import nobody
from gateway.features.budgets.service import BudgetSharing
from gateway.features.budgets.snapshot import from_beats, to_beat
from gateway.features.budgets.store import BudgetStore
from gateway.ledger.client import Database
from gateway.verdict.budgets.misfit import MisfitAlarm
from gateway.verdict.budgets.service import Budgets
from tests.callers import get
from tests.clock import Clock
from tests.fleet_scores import HIGH, share_scores
from tests.payments_scored import LIMITS, Shop
from tests.processes import GatewayProcess, MongodProcess
from tests.scores import CONTROLLED, SHIPPED_MODEL, score_all, score_as_the_model_does
from tests.stack import running_stack, wait_until


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
        gateway.budgets.receive(*from_beats(to_beat(other.budgets) for other in gateways if other is not gateway))
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

    again = Gateway(database, tmp_path / "other", clock)  # the other one was killed
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


async def test_what_another_version_wrote_keeps_nothing_away(database: Database, tmp_path: Path) -> None:
    """It is logged and left out; the rest is counted."""
    clock = Clock()
    clock.now_s = 1_800_000_000.0
    gateway = Gateway(database, tmp_path / "one", clock)
    await gateway.sharing.take_up()
    gateway.shop.sell(1)
    await gateway.sharing.exchange()
    written = await database["budget_scores"].find_one({})
    assert written is not None
    strange = {"_id": "strange", "model": {"name": "gbdt", "version": "1", "limits": {"of": "tomorrow"}}}
    await database["budget_scores"].insert_one({**written, **strange, "source": "strange"})

    new = Gateway(database, tmp_path / "new", clock)
    await new.sharing.take_up()
    await new.sharing.exchange()

    assert new.shop.review_threshold == pytest.approx(gateway.shop.review_threshold, rel=0.01)
    assert new.shop.review_threshold > LIMITS.review_threshold


def in_force(gateway: GatewayProcess) -> float:
    """The review threshold, as a gateway tells it; 0 while it knows none."""
    models = get(f"{gateway.url}/stats").json()["budgets"]["models"]
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
        await share_scores(own_mongod.url, fresh_databases, model)

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


def that_may_block(directory: Path) -> str:
    """The shipped artifact, but for its word that it may block; where it is."""
    copy = shutil.copytree(SHIPPED_MODEL, directory / "model")
    metadata = json.loads((copy / METADATA_FILE).read_text())
    (copy / METADATA_FILE).write_text(json.dumps(metadata | {"may_block": True}))
    return str(copy)


def test_a_model_that_may_block_blocks_five_and_says_once_that_it_does_not_fit(
    mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """It calls every payment fraud: what is above the cap goes to people, also after a kill -9; the rest is told."""
    environment = fresh_databases | CONTROLLED | {"BRAIN_MODEL_DIR": that_may_block(tmp_path)}
    with running_stack(tmp_path, mongod_url, environment) as stack:
        score_all(stack, 0.99)
        replies = [stack.post(f"t{n}") for n in range(12)]

        assert [reply["decision"] for reply in replies] == ["block"] * 5 + ["review"] * 7
        assert [reply["budget"] for reply in replies[4:6]] == [
            None,
            {"name": "decline_cap", "model_decision": "block"},
        ]
        assert {(reply["risk_score"], reply["risk_level"]) for reply in replies} == {(0.99, "critical")}
        budgets = stack.get("/stats")["budgets"]
        used = {"share": 0.002, "used": 5, "allowed": 5, "payments": 12, "refused": 7}
        assert budgets["decline_cap"].items() >= used.items()
        assert budgets["models"][0]["would_have"] == {"payments": 12, "reviewed": 0, "blocked": 12}
        wait_until(lambda: len(stack.get("/alerts?kind=model.misfit")["alerts"]) == 1)
        wait_until(lambda: stack.get("/stats")["budgets"]["decline_cap"]["misfit"]["name"] == "sentinel-gbdt")
        metrics = stack.client.get("/metrics").text
        assert 'sentinel_budget_changes_total{budget="decline_cap",from="block",to="review"} 7.0' in metrics
        assert "sentinel_budget_blocks_used 5.0" in metrics
        kept = tmp_path / f"journal-{stack.gateway.port}" / "budgets-0.json"
        wait_until(lambda: b'"blocks":[0,1,2,3,4]' in kept.read_bytes())

        score_as_the_model_does(stack)
        stack.gateway.kill()
        stack.gateway.start()
        score_all(stack, 0.99)

        assert stack.post("t0")["decision"] == "block"  # the verdict that stands
        assert stack.post("another")["budget"] == {"name": "decline_cap", "model_decision": "block"}
        record = stack.get("/transactions/another")
        assert (record["decision"], record["review"]["state"]) == ("review", "open")
        assert len(stack.get("/alerts?kind=model.misfit")["alerts"]) == 1
