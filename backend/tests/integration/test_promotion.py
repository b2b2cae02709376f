"""Models that are promoted while brains serve: they swap at once, lose nobody, and refuse what cannot serve."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.domain import Score, Transaction
from gateway.kit.circuit import Circuit
from gateway.scoring.canary.watch import CanaryWatch, SuspectScores
from gateway.scoring.errors import SCORER_ERRORS
from gateway.scoring.scorer import Scorer
from gateway.scoring.stream import Reach
from gateway.settings import Settings
from gateway.verdict.intake.decoding import to_transaction
from protos import fraud_pb2
from records.models import Artifact
from tests.amount_model import RISKY
from tests.amount_model import VERSION as NAMED
from tests.brain_calls import NO_MONGODB, a_transaction, calling
from tests.processes import BrainProcess
from tests.promoted import Promotions, an_artifact, promotions
from tests.stack import running_stack, wait_until
from tests.waiting import eventually

SECONDS_BETWEEN_LOOKS = 0.1


@pytest.fixture
def environment(fresh_databases: dict[str, str], amount_model: dict[str, str]) -> dict[str, str]:
    """Brains whose settings name the amount model."""
    return fresh_databases | amount_model


@pytest.fixture
def models(mongod_url: str, environment: dict[str, str]) -> Iterator[Promotions]:
    """Of the ledger of this test."""
    with promotions(mongod_url, environment) as opened:
        yield opened


@pytest.fixture
def brains(mongod_url: str, tmp_path: Path, environment: dict[str, str]) -> Iterator[list[BrainProcess]]:
    """Two."""
    with ExitStack() as running:
        yield [
            running.enter_context(BrainProcess(tmp_path, mongodb_url=mongod_url, environment=environment))
            for _ in range(2)
        ]


@pytest.fixture
async def scorer(brains: list[BrainProcess]) -> AsyncIterator[Scorer]:
    """A gateway's way to both."""

    async def resolve() -> list[str]:
        return [address(brain) for brain in brains]

    scorer = Scorer(Settings(scoring_budget_ms=3000), Circuit(SCORER_ERRORS, fail_max=3, reset_s=30), resolve=resolve)
    await scorer.start()
    await eventually(lambda: sum(brain.reach is Reach.LIVE for brain in scorer.brains()) == len(brains))
    yield scorer
    await scorer.close()


def address(brain: BrainProcess) -> str:
    """As the gateway names it."""
    return f"127.0.0.1:{brain.port}"


def a_payment() -> Transaction:
    """Of somebody new, and plainly risky."""
    name = secrets.token_hex(6)
    return to_transaction({"transaction_id": name, "amount": Decimal(RISKY), "currency": "USD", "user_id": name})


async def described(brain: BrainProcess) -> fraud_pb2.ModelDescription:
    """What it says of itself."""
    async with calling(brain.port) as stub:
        description: fraud_pb2.ModelDescription = await stub.Describe(fraud_pb2.DescribeRequest())
        return description


async def serve(brains: list[BrainProcess], version: str) -> None:
    """All of them do, sooner or later."""

    async def all_serve() -> bool:
        return {(await described(brain)).version for brain in brains} == {version}

    await eventually(all_serve)


async def test_a_promotion_under_load_costs_nobody_a_score(
    brains: list[BrainProcess], scorer: Scorer, models: Promotions
) -> None:
    """
    Two brains take it up, and go back, while payments and canaries come all the time.

    Each score, its limits and its level are of one model, and no canary calls a brain that swaps unhealthy.
    """
    suspects: list[SuspectScores] = []
    watch = CanaryWatch(scorer, scorer.monitor, every_s=5, on_suspect=suspects.append)
    scores: list[Score] = []
    is_over = False

    async def pay() -> None:
        while not is_over:
            scores.append(await scorer.score(a_payment()))  # raises what would have been unscored

    async def look() -> None:
        while not is_over:
            await watch.look()
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(8):
            tasks.create_task(pay())
        tasks.create_task(look())
        await asyncio.to_thread(models.promote, an_artifact("next", is_calibrated=True, own_labels=True))
        await serve(brains, "next")
        await asyncio.to_thread(models.roll_back)
        await serve(brains, NAMED)
        is_over = True

    by_version = {score.model_version: score for score in scores}
    assert by_version.keys() == {NAMED, "next"}
    said = {
        (score.model_version, round(score.risk_score, 4), score.limits is not None and score.limits.own_labels)
        for score in scores
    }
    assert said == {(NAMED, 0.982, False), ("next", 0.9526, True)}
    assert suspects == []
    assert not any(brain.is_distrusted for brain in scorer.brains())


async def test_a_second_model_runs_along_until_it_decides(
    mongod_url: str, tmp_path: Path, environment: dict[str, str], models: Promotions
) -> None:
    """Its scores are of its own, and its role ends when it is promoted."""
    artifact = an_artifact("next", is_calibrated=True)
    models.shadow(artifact)
    request = fraud_pb2.ScoreRequest(transaction=a_transaction(minor_units=RISKY * 100))

    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=environment) as brain:
        async with calling(brain.port) as stub:
            before, reply = await described(brain), await stub.Score(request)
            models.promote(artifact)
            await serve([brain], "next")

            async def runs_alone() -> bool:
                return not (await described(brain)).HasField("shadow")

            await eventually(runs_alone)
            after = await stub.Score(request)

    assert before.shadow.artifact == artifact.id
    assert (reply.model_version, reply.shadow.model_version) == (NAMED, "next")
    assert reply.shadow.risk_score == pytest.approx(0.9526, abs=0.0001)
    assert (after.model_version, after.HasField("shadow")) == ("next", False)


def damaged() -> Artifact:
    """Whose trees are cut."""
    artifact = an_artifact("broken")
    return Artifact(artifact.model[:200], artifact.metadata)


def failing() -> Artifact:
    """Whose canaries belong to another model."""
    artifact = an_artifact("failing", is_calibrated=True)
    metadata = json.loads(artifact.metadata)
    del metadata["calibration"]
    return Artifact(artifact.model, json.dumps(metadata).encode())


async def test_what_cannot_serve_is_refused_and_the_last_serves_on(
    mongod_url: str, tmp_path: Path, environment: dict[str, str], models: Promotions
) -> None:
    """And the brain says so; a way back ends it."""
    refused: list[fraud_pb2.RefusedArtifact] = []
    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=environment) as brain:

        async def refuses(count: int) -> bool:
            return len((await described(brain)).refused) == count

        models.promote(an_artifact("good"))
        await serve([brain], "good")
        for broken in (damaged(), failing(), an_artifact("other", features=["age_of_the_moon"])):
            models.promote(broken)
            await eventually(lambda: refuses(1))
            said = await described(brain)
            refused += said.refused
            assert (said.version, said.refused[0].artifact) == ("good", broken.id)
            models.roll_back()
            await eventually(lambda: refuses(0))

    reasons = ["hash", "its own canary", "other features"]
    assert all(part in one.reason for part, one in zip(reasons, refused, strict=True))
    assert brain.log_path.read_text().count("model.refused") == len(reasons)


def test_people_see_what_was_promoted_and_which_brain_refuses_it(
    mongod_url: str, tmp_path: Path, environment: dict[str, str], models: Promotions
) -> None:
    """GET /models: roles, who changed them, and what each brain makes of them."""
    broken = damaged()
    with running_stack(tmp_path, mongod_url, environment) as stack:
        empty = stack.get("/models")
        models.promote(broken)
        wait_until(lambda: bool(stack.get("/models")["refused"]))
        said = stack.get("/models")
        metrics, health = stack.client.get("/metrics").text, stack.get("/health")

    brain = address(stack.brain)
    assert (empty["live"], empty["models"], empty["changes"]) == (None, [], [])
    assert (said["live"], said["models"][0]["version"], said["models"][0]["role"]) == (broken.id, "broken", "live")
    assert [(change["action"], change["by"], change["why"]) for change in said["changes"]] == [
        ("promote", "test", "a test")
    ]
    assert said["brains"][0] == {
        "brain": brain, "live": f"sentinel-gbdt {NAMED}", "shadow": None, "artifact": None, "is_unsure": False,
    }  # fmt: skip
    assert said["refused"][0]["artifact"] == broken.id
    assert "MODEL_REFUSED" in {condition["code"] for condition in health["conditions"]}
    assert f'sentinel_model_refused{{artifact="{broken.id[:12]}",brain="{brain}",role="live"}} 1.0' in metrics


async def test_content_that_was_changed_in_the_ledger_is_refused(
    mongod_url: str, tmp_path: Path, environment: dict[str, str], models: Promotions
) -> None:
    """Whoever can write there can still not change what an artifact does: its id is the hash of all of it."""
    artifact = an_artifact("next")
    models.promote(artifact)
    metadata = artifact.metadata.replace(b'"may_block": false', b'"may_block": true')
    models.ledger["models"].update_one({"_id": artifact.id}, {"$set": {"metadata": metadata}})

    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=environment) as brain:
        said = await described(brain)

    assert said.version == NAMED
    assert "hash" in said.refused[0].reason


@pytest.fixture
async def kept(mongod_url: str, tmp_path: Path, environment: dict[str, str], models: Promotions) -> dict[str, str]:
    """Settings of a brain that has served "next", and kept a copy of it."""
    settings = environment | {"BRAIN_STATE_DIR": str(tmp_path / "state")}
    models.promote(an_artifact("next"))
    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=settings) as brain:
        await serve([brain], "next")
    return settings


async def test_a_start_without_the_ledger_serves_the_copy_of_the_last(
    tmp_path: Path, environment: dict[str, str], kept: dict[str, str]
) -> None:
    """Without a copy it serves what its settings name, and says that it knows no better."""
    said = []
    for settings in (kept, environment):
        with BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment=settings) as brain:
            said.append(await described(brain))
            async with calling(brain.port) as stub:
                reply = await stub.Score(fraud_pb2.ScoreRequest(transaction=a_transaction()))
                assert reply.model_version == said[-1].version

    assert [(one.version, one.is_unsure) for one in said] == [("next", True), (NAMED, True)]


@pytest.mark.parametrize(("is_rolled_back", "serves"), [(False, "next"), (True, NAMED)])
async def test_a_start_that_refuses_what_is_promoted_serves_the_last_that_could(
    mongod_url: str, tmp_path: Path, kept: dict[str, str], models: Promotions, *, is_rolled_back: bool, serves: str
) -> None:
    """As it did before the restart; but none that people took back meanwhile."""
    if is_rolled_back:
        models.roll_back()
    models.promote(failing())

    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=kept) as brain:
        said = await described(brain)

    assert said.version == serves
    assert [one.artifact for one in said.refused] == [failing().id]


async def test_what_was_rolled_back_while_a_brain_was_down_does_not_come_back(
    mongod_url: str, tmp_path: Path, kept: dict[str, str], models: Promotions
) -> None:
    """Its copy is brought up to date before it serves."""
    models.roll_back()
    with BrainProcess(tmp_path, mongodb_url=mongod_url, environment=kept) as brain:
        assert (await described(brain)).version == NAMED

    with BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment=kept) as brain:
        assert (await described(brain)).version == NAMED
