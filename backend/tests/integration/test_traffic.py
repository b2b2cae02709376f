"""Behind a load balancer any gateway may be asked: each shows the traffic of all, and without the ledger its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.features.stats.schemas import StatsOut
from gateway.features.traffic.schemas import TrafficOut
from tests.callers import caller
from tests.processes import BrainProcess, GatewayProcess, MongodProcess
from tests.stack import Stack, running_stack, wait_until


def test_each_gateway_shows_the_traffic_of_all(
    mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """Scored verdicts of the one, blind ones of the other; and one that starts later knows of both."""
    with running_stack(tmp_path, mongod_url, fresh_databases) as one:
        for n in range(7):
            one.post(f"one-{n}")
        with second_gateway(tmp_path, mongod_url, fresh_databases, one.brain) as two:
            for n in range(5):
                two.post(f"two-{n}")

            wait_until(lambda: counted(one) == (7, 5) and counted(two) == (7, 5))

            assert (traffic(one).instances, traffic(one).is_whole) == (2, True)
            assert (traffic(two).instances, traffic(two).is_whole) == (2, True)
            assert sum(traffic(two).scores.counts) == 7
            with second_gateway(tmp_path, mongod_url, fresh_databases, one.brain) as three:
                wait_until(lambda: counted(three) == (7, 5) and traffic(three).instances == 3)


def test_own_figures_go_on_while_the_ledger_is_away(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """They say that others are missing; what was asked meanwhile is told when the ledger is back."""
    with (
        running_stack(tmp_path, own_mongod.url, fresh_databases) as one,
        second_gateway(tmp_path, own_mongod.url, fresh_databases, one.brain) as two,
    ):
        wait_until(lambda: traffic(one).instances == traffic(two).instances == 2)
        own_mongod.kill()
        wait_until(lambda: not traffic(one).is_whole and not traffic(two).is_whole)

        for n in range(4):
            one.post(f"one-{n}")
        for n in range(3):
            two.post(f"two-{n}")
        wait_until(lambda: counted(one) == (4, 0) and counted(two) == (0, 3))
        wait_until(lambda: traffic(one).instances == 1)
        assert not traffic(one).is_whole

        own_mongod.start()
        wait_until(lambda: counted(one) == (4, 3) and counted(two) == (4, 3), within_s=60)
        wait_until(lambda: traffic(one).is_whole and traffic(two).is_whole)


@contextmanager
def second_gateway(
    directory: Path, mongodb_url: str, databases: dict[str, str], brain: BrainProcess
) -> Iterator[Stack]:
    """Another one on the same ledger. It looks for its brain where none is, so its verdicts are blind."""
    environment = {"GATEWAY_LEDGER_BUDGET_MS": "3000"} | databases
    gateway = GatewayProcess(directory, mongodb_url=mongodb_url, brain_port=1, environment=environment)
    with gateway, caller(gateway.url) as client:
        yield Stack(brain, gateway, client)


def traffic(stack: Stack) -> TrafficOut:
    """As it is shown now."""
    return StatsOut.model_validate(stack.get("/stats")).traffic


def counted(stack: Stack) -> tuple[int, int]:
    """How many verdicts were scored, and how many blind, in all buckets."""
    counts = [bucket.counts for bucket in traffic(stack).buckets]
    return sum(count.approve + count.review + count.block for count in counts), sum(count.blind for count in counts)
