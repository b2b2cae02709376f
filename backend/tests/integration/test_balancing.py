"""Several brains behind one name share the load; one that dies or freezes costs nobody a score."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.domain import Transaction
from gateway.kit.circuit import Circuit, CircuitState
from gateway.scoring.errors import SCORER_ERRORS, ScorerFailure
from gateway.scoring.scorer import Scorer
from gateway.scoring.stream import Reach
from gateway.settings import Settings
from gateway.verdict.intake.decoding import to_transaction
from local.ports import pick_free_port
from tests.processes import BrainProcess
from tests.stack import WITHIN_S
from tests.waiting import eventually

WORKERS = 20
BUDGET_MS = 3_000  # of one score: a slow moment of the test machine costs none


class Fleet:
    """Brains on loopback, and the name server that knows some of them."""

    def __init__(self, directory: Path, mongodb_url: str, databases: dict[str, str]) -> None:
        self._directory, self._mongodb_url, self._databases = directory, mongodb_url, databases
        self.brains: list[BrainProcess] = []
        self.known: list[BrainProcess] = []
        self.is_unknown = False
        self._open = ExitStack()

    def add(self) -> BrainProcess:
        """One more brain, ready, and in the name's answer."""
        brain = BrainProcess(
            self._directory, mongodb_url=self._mongodb_url, port=pick_free_port(), environment=self._databases
        )
        self._open.enter_context(brain)
        self.brains.append(brain)
        self.known.append(brain)
        return brain

    async def resolve(self) -> list[str]:
        """What the name server says now."""
        if self.is_unknown:
            raise OSError("no such host")
        return [f"127.0.0.1:{brain.port}" for brain in self.known]

    def close(self) -> None:
        """End them all."""
        self._open.close()


@pytest.fixture
def fleet(mongod_url: str, tmp_path: Path, fresh_databases: dict[str, str]) -> Iterator[Fleet]:
    """Three brains."""
    fleet = Fleet(tmp_path, mongod_url, fresh_databases)
    try:
        for _ in range(3):
            fleet.add()
        yield fleet
    finally:
        fleet.close()


@pytest.fixture
async def scorer(fleet: Fleet) -> AsyncIterator[Scorer]:
    """A gateway's way to them, connected to all."""
    scorer = Scorer(
        Settings(scoring_budget_ms=BUDGET_MS), Circuit(SCORER_ERRORS, fail_max=3, reset_s=30), resolve=fleet.resolve
    )
    await scorer.start()
    await until_all_live(scorer, 3)
    yield scorer
    await scorer.close()


async def until_all_live(scorer: Scorer, count: int) -> None:
    """Every known brain has accepted a stream."""
    await eventually(lambda: sum(brain.reach is Reach.LIVE for brain in scorer.brains()) >= count)


def transaction() -> Transaction:
    """Any payment."""
    number = secrets.token_hex(6)
    return to_transaction(
        {"transaction_id": number, "amount": Decimal("12.50"), "currency": "USD", "user_id": f"user_{number}"}
    )


async def score_many(scorer: Scorer, count: int) -> int:
    """Score so many with 20 at a time; how many got a score."""
    left = iter(range(count))
    scored = 0

    async def work() -> None:
        nonlocal scored
        for _ in left:
            try:
                await scorer.score(transaction())
                scored += 1
            except ScorerFailure:
                pass

    await asyncio.gather(*(work() for _ in range(WORKERS)))
    return scored


def scored_by(scorer: Scorer, brain: BrainProcess) -> int:
    """How many scores this brain has given; 0 when the gateway does not know it."""
    return sum(b.answered for b in scorer.brains() if b.address == f"127.0.0.1:{brain.port}")


async def test_three_brains_share_the_load(scorer: Scorer, fleet: Fleet) -> None:
    """Each gets about a third of 3,000: the one that the machine slows down gets less, and none carries them all."""
    assert await score_many(scorer, 3000) == 3000

    answered = [scored_by(scorer, brain) for brain in fleet.brains]
    shares = [count / sum(answered) for count in answered]
    assert all(0.1 <= share <= 0.6 for share in shares), shares


async def test_the_death_of_one_fails_nobody(scorer: Scorer, fleet: Fleet) -> None:
    """kill -9 under load: what it had is sent to the others; 0 of the next 1,000 go without a score."""
    scoring = asyncio.create_task(score_many(scorer, 1000))
    await asyncio.sleep(0.1)

    fleet.brains[0].kill()

    assert await scoring == 1000
    assert scorer.circuit.state is CircuitState.CLOSED


async def test_a_frozen_one_is_soon_left_out(scorer: Scorer, fleet: Fleet) -> None:
    """SIGSTOP: connected and silent. Hedges cover for it, then it gets only its probes."""
    fleet.brains[0].freeze()
    await score_many(scorer, 200)

    scored = await score_many(scorer, 1000)

    assert scored >= 990
    assert scorer.circuit.state is CircuitState.CLOSED


async def test_a_thawed_one_is_taken_back(scorer: Scorer, fleet: Fleet) -> None:
    """A probe a second is how it is noticed."""
    fleet.brains[0].freeze()
    await score_many(scorer, 300)
    fleet.brains[0].thaw()
    before = scored_by(scorer, fleet.brains[0])

    async with asyncio.timeout(WITHIN_S):
        while scored_by(scorer, fleet.brains[0]) < before + 100:
            await score_many(scorer, 100)

    assert await score_many(scorer, 100) == 100


async def test_a_new_one_gets_traffic_by_itself(scorer: Scorer, fleet: Fleet) -> None:
    """Nobody restarts a gateway because a brain was added."""
    fourth = fleet.add()

    async with asyncio.timeout(WITHIN_S):
        while scored_by(scorer, fourth) == 0:
            await score_many(scorer, 20)

    assert scored_by(scorer, fourth) > 0


async def test_one_that_left_the_name_is_let_go(scorer: Scorer, fleet: Fleet) -> None:
    """After three answers without it; nobody loses a score."""
    gone = fleet.known.pop(0)
    async with asyncio.timeout(WITHIN_S):
        while len(scorer.brains()) > 2:
            assert await score_many(scorer, 20) == 20

    assert await score_many(scorer, 200) == 200

    assert f"127.0.0.1:{gone.port}" not in [brain.address for brain in scorer.brains()]


async def test_a_name_server_that_fails_takes_no_brain_away(scorer: Scorer, fleet: Fleet) -> None:
    """The streams know better."""
    fleet.is_unknown = True

    await asyncio.sleep(4.5)

    assert await score_many(scorer, 100) == 100


async def test_all_dead_is_known_at_once(scorer: Scorer, fleet: Fleet) -> None:
    """Only a refusal by all is a failure, and then nobody waits for the budget."""
    for brain in fleet.brains:
        brain.kill()
    await score_many(scorer, 20)
    loop = asyncio.get_running_loop()
    started_s = loop.time()
    outcomes = Counter[str]()

    for _ in range(5):
        try:
            await scorer.score(transaction())
        except ScorerFailure as failure:
            outcomes[failure.reason.value] += 1

    assert sum(outcomes.values()) == 5
    assert (loop.time() - started_s) * 1000 < BUDGET_MS  # five of them: not even one has waited for it


async def test_every_brain_that_answers_describes_itself(scorer: Scorer, fleet: Fleet) -> None:
    """Each by its address; one that is dead and one that is frozen are left out, in bounded time."""
    everybody = await scorer.describe()
    await score_many(scorer, 60)
    counted = await scorer.describe()
    dead, frozen, well = fleet.brains
    dead.kill()
    frozen.freeze()

    left = await scorer.describe()

    assert everybody.keys() == {f"127.0.0.1:{brain.port}" for brain in fleet.brains}
    assert sum(sum(description.live[0].counts) for description in counted.values()) >= 60
    assert left.keys() == {f"127.0.0.1:{well.port}"}
