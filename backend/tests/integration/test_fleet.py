"""Several gateways know of each other, and the fleet's word is its worst."""

from datetime import timedelta
from pathlib import Path

from gateway.features.fleet.store import WORKER, Instances
from gateway.features.workers.store import journals_are_empty
from gateway.kit import clock
from gateway.ledger.client import Database
from tests.callers import caller
from tests.processes import GatewayProcess
from tests.stack import Stack, running_stack, wait_until


def test_one_gateway_that_cannot_see_the_brain_is_the_fleets_word(
    mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """Each keeps its own circuit; everyone can say how all of them are."""
    with running_stack(tmp_path, mongod_url, fresh_databases) as well:
        astray = GatewayProcess(tmp_path, mongodb_url=mongod_url, brain_port=1, environment=fresh_databases)
        with astray, caller(astray.url) as client:
            blind = Stack(well.brain, astray, client)
            for n in range(3):
                assert blind.post(f"t{n}")["scored"] is False

            wait_until(lambda: well.get("/circuit/status")["fleet_state"] == "open")

            status = well.get("/circuit/status")
            assert status["state"] == "closed"
            assert sorted(instance["state"] for instance in status["instances"]) == ["closed", "open"]
            (condition,) = well.get("/health")["conditions"]
            assert condition["code"] == "OTHER_GATEWAY"
            assert "CIRCUIT_OPEN" in condition["message"]
            astray.stop()
        wait_until(lambda: well.get("/circuit/status")["fleet_state"] == "closed")


def test_a_gateway_that_starts_beside_a_healthy_ledger_never_says_that_it_is_away(
    mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """Its first look at itself is before its first heartbeat; a false alarm then would reach every other gateway."""
    with running_stack(tmp_path, mongod_url, fresh_databases) as stack:
        wait_until(lambda: "ledger.up" in stack.gateway.log_path.read_text())

        assert "LEDGER_DOWN" not in stack.gateway.log_path.read_text()


async def test_what_waits_in_the_journal_of_a_dead_gateway_is_not_forgotten(database: Database) -> None:
    """Neither while nobody lives, nor while only others do: until a gateway lives with that journal again, empty."""
    dead = {"circuit_state": "closed", "journal": "x", "seen_at": clock.now() - timedelta(minutes=10)}
    beat = {"circuit_state": "closed", "journal_pending": 0}
    await Instances(database, name="worker").beat({"role": WORKER, "circuit_state": "closed"})
    of_none = await journals_are_empty(database)
    await database["instances"].insert_one({"_id": "a1", **dead, "journal_pending": 3})
    await Instances(database, name="b").beat({**beat, "journal": "y"})
    beside_another = await journals_are_empty(database)
    await Instances(database, name="a2").beat({**beat, "journal": "x"})
    taken_up = await journals_are_empty(database)

    assert [of_none, beside_another, taken_up] == [False, False, True]
