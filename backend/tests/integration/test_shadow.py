"""Two models in a real brain, behind a real gateway with a real ledger: both are recorded, compared and told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest
from prometheus_client.parser import text_string_to_metric_families

from brain.model.artifact import METADATA_FILE, MODEL_FILE, Model
from gateway.features.stats.schemas import StatsOut
from gateway.features.transactions.schemas import RecordOut, VerdictOut
from protos import fraud_pb2
from tests.amount_model import VERSION as BY_AMOUNT
from tests.brain_calls import NO_MONGODB, calling
from tests.callers import get
from tests.processes import BrainProcess, GatewayProcess, MongodProcess
from tests.second_model import VERSION, write_second_model
from tests.stack import PATIENT, Stack, running_stack, wait_until
from tests.stored import a_label
from training.model.reference import FEATURES
from training.train import ARTIFACTS

PAYMENTS = 600  # enough for a stability index
FRAUDS = 20
ASKED_WITHIN_S = 40  # the gateway asks its brains each 10 s


@pytest.fixture(scope="module")
def second_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of another model."""
    directory = tmp_path_factory.mktemp("second_model")
    write_second_model(directory)
    return directory


@pytest.fixture(scope="module")
def databases() -> dict[str, str]:
    """Of this module alone."""
    return {"GATEWAY_LEDGER_DATABASE": "fraud_ledger_shadow", "BRAIN_LEDGER_DATABASE": "fraud_ledger_shadow"}


@pytest.fixture(scope="module")
def stack(
    mongod_url: str,
    second_model: Path,
    amount_model: dict[str, str],
    databases: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    """A stack whose brain runs the second model in shadow, with 600 payments of all sizes on record."""
    environment = databases | amount_model | PATIENT | {"BRAIN_SHADOW_MODEL_DIR": str(second_model)}
    with running_stack(tmp_path_factory.mktemp("shadow"), mongod_url, environment) as running:
        for start in range(0, PAYMENTS, 200):
            items = [a_payment(n) for n in range(start, start + 200)]
            response = running.client.post("/transactions", json={"transactions": items}, timeout=60)
            assert all(result["verdict"]["scored"] for result in response.json()["results"])
        yield running


def a_payment(n: int) -> dict[str, Any]:
    """From 0.50 to 400.00; merchants are few, users have ten payments each."""
    amount = f"{(n * 37 % PAYMENTS + 1) * 400 / PAYMENTS:.2f}"
    return {
        "transaction_id": f"t{n}",
        "amount": amount,
        "currency": "USD",
        "user_id": f"u{n % 60}",
        "merchant_id": f"m{n % 7}",
    }


def test_the_record_holds_both_opinions_and_the_checkout_hears_one(stack: Stack) -> None:
    """The reply, its repetition and its schema know nothing of a second model; the record has all of it."""
    replayed = stack.post(**a_payment(7))
    record = stack.get("/transactions/t7")

    VerdictOut.model_validate(replayed)
    RecordOut.model_validate(record)
    assert replayed["replayed"] is True
    assert "shadow" not in replayed
    assert record["shadow"]["model"] == {"name": "sentinel-gbdt", "version": VERSION}
    assert record["model"]["version"] != VERSION
    assert 0.0 <= record["shadow"]["risk_score"] <= 1.0


def test_the_first_reply_does_not_tell_either(stack: Stack) -> None:
    """Nor is the second model's level the decision."""
    reply = stack.post("first", amount="399.00")

    record = stack.get("/transactions/first")
    assert "shadow" not in reply
    assert (record["decision"], record["risk_score"]) == (reply["decision"], reply["risk_score"])
    assert record["shadow"]["risk_score"] != reply["risk_score"]


def test_stats_compare_the_two_as_the_records_do(stack: Stack) -> None:
    """Counted again from the records themselves, one by one."""
    records = all_records(stack)

    (pair,) = comparison(stack)["pairs"]

    with_shadow = [record for record in records if record["shadow"]]
    differing = [record for record in with_shadow if by_level(record) != record["shadow"]["decision"]]
    assert pair["n"] == len(with_shadow) == len(records) >= PAYMENTS
    assert pair["shadow"]["version"] == VERSION
    assert pair["decisions"] == cross_table(with_shadow)
    assert pair["disagreeing_share"] == pytest.approx(len(differing) / len(with_shadow))
    assert 0.0 < pair["disagreeing_share"] < 1.0
    assert sum(pair["scores"]) == sum(pair["shadow_scores"]) == pair["n"]
    shown = {example["transaction_id"] for example in pair["examples"]}
    assert len(shown) == 10
    assert len(shown & {record["transaction_id"] for record in differing}) == min(10, len(differing))


def test_describe_tells_both_models_and_what_was_scored(stack: Stack, amount_model: dict[str, str]) -> None:
    """Through the gateway: hash, figures, brains, and drift of what the main model scored."""
    wait_until(lambda: drift_rows(stack) >= PAYMENTS, within_s=ASKED_WITHIN_S)

    models = {
        model["role"]: model
        for model in StatsOut.model_validate(stack.get("/stats")).model_dump()["models"]["in_service"]
    }

    first = Model.load(Path(amount_model["BRAIN_MODEL_DIR"]))
    main, shadow = models["main"], models["shadow"]
    assert (main["version"], main["sha256"], shadow["version"]) == (first.version, first.sha256, VERSION)
    assert main["metrics"]["ap"] > 0.4
    assert shadow["metrics"] == {"ap": 0.5}
    assert main["brains"] == shadow["brains"] == [f"127.0.0.1:{stack.brain.port}"]
    assert [drift["name"] for drift in main["drift"]] == ["risk_score", *FEATURES]
    assert shadow["drift"] == []
    for drift in main["drift"]:
        assert drift["psi"] is not None
        assert drift["rows"] == sum(drift["counts"])


def test_payments_unlike_the_simulated_ones_are_called_shifted(stack: Stack) -> None:
    """Users without a month of history, amounts spread evenly."""
    wait_until(lambda: drift_rows(stack) >= PAYMENTS, within_s=ASKED_WITHIN_S)

    drift = {one["name"]: one["reading"] for one in main_model(stack)["drift"]}

    assert drift["user_count_30d"] == "shifted"


def test_prometheus_is_told(stack: Stack) -> None:
    """Both models, an index for each histogram, and the share of other decisions once the ledger was asked."""
    wait_until(lambda: drift_rows(stack) >= PAYMENTS, within_s=ASKED_WITHIN_S)
    (pair,) = comparison(stack)["pairs"]

    response = stack.client.get("/metrics")

    assert response.headers["content-type"].startswith("text/plain; version=")
    families = {family.name: family.samples for family in text_string_to_metric_families(response.text)}
    assert {(s.labels["version"], s.labels["role"]) for s in families["sentinel_model_info"]} == {
        (BY_AMOUNT, "main"),
        (VERSION, "shadow"),
    }
    assert {s.labels["of"] for s in families["sentinel_model_psi"]} == {"risk_score", *FEATURES}
    assert families["sentinel_model_drift_rows"][0].value >= PAYMENTS
    assert families["sentinel_shadow_disagreement_ratio"][0].value == pytest.approx(pair["disagreeing_share"])


def test_labels_judge_both(mongod_url: str, stack: Stack, databases: dict[str, str], tmp_path: Path) -> None:
    """By the decisions on record. A gateway that starts now asks anew."""
    records = {record["transaction_id"]: record for record in all_records(stack)}
    labels = {f"t{n}": n < FRAUDS for n in range(100)}
    with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
        client[databases["GATEWAY_LEDGER_DATABASE"]]["labels"].insert_many(
            [a_label(id_, is_fraud=is_fraud) for id_, is_fraud in [*labels.items(), ("of nobody", True)]]
        )

    with gateway(tmp_path, mongod_url, stack, databases) as process:
        (pair,) = get(f"{process.url}/stats").json()["models"]["labelled"]["pairs"]

    assert (pair["n"], pair["frauds"]) == (100, FRAUDS)
    for judged, decided in (
        (pair["judged"], {id_: by_level(records[id_]) for id_ in labels}),
        (pair["shadow_judged"], {id_: records[id_]["shadow"]["decision"] for id_ in labels}),
    ):
        flagged = {id_ for id_ in labels if decided[id_] in {"review", "block"}}
        caught = {id_ for id_ in flagged if labels[id_]}
        assert (judged["flagged"], judged["caught"]) == (len(flagged), len(caught))
        assert judged["precision"] == pytest.approx(len(caught) / len(flagged))
        assert judged["recall"] == pytest.approx(len(caught) / FRAUDS)


def test_a_ledger_that_is_away_costs_the_comparison_and_nothing_else(
    own_mongod: MongodProcess, second_model: Path, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """Null, in bounded time, while the models are still told."""
    environment = fresh_databases | {"BRAIN_SHADOW_MODEL_DIR": str(second_model)}
    with running_stack(tmp_path, own_mongod.url, environment) as running:
        assert running.get("/stats")["models"]["comparison"]["pairs"] == []
        wait_until(lambda: len(running.get("/stats")["models"]["in_service"]) == 2)
        own_mongod.freeze()

        wait_until(lambda: running.get("/stats")["models"]["comparison"] is None)

        models = running.get("/stats")["models"]
        assert [model["role"] for model in models["in_service"]] == ["main", "shadow"]
        assert running.client.get("/metrics").status_code == 200
        own_mongod.thaw()
        wait_until(lambda: running.get("/stats")["models"]["comparison"] is not None)


async def test_a_shadow_that_is_the_same_model_agrees_with_it(tmp_path: Path) -> None:
    """To the last bit, for every payment: the same rows go through both."""
    with BrainProcess(
        tmp_path, mongodb_url=NO_MONGODB, environment={"BRAIN_SHADOW_MODEL_DIR": str(ARTIFACTS)}
    ) as process:
        async with calling(process.port) as stub:
            replies = [
                await stub.Score(
                    fraud_pb2.ScoreRequest(
                        transaction=fraud_pb2.Transaction(
                            transaction_id=f"t{n}",
                            amount=fraud_pb2.Money(minor_units=n * 5000, currency="USD"),
                            user_id="u",
                            event_time_ms=1_767_182_400_000 + n,
                        )
                    )
                )
                for n in range(20)
            ]

    assert [reply.shadow.risk_score for reply in replies] == [reply.risk_score for reply in replies]
    assert [reply.shadow.risk_level for reply in replies] == [reply.risk_level for reply in replies]


def test_a_damaged_shadow_stops_the_start_with_one_line(second_model: Path, tmp_path: Path) -> None:
    """It names the setting, and ends with status 2."""
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / METADATA_FILE).write_bytes((second_model / METADATA_FILE).read_bytes())
    (damaged / MODEL_FILE).write_bytes((second_model / MODEL_FILE).read_bytes() + b"\n")
    process = BrainProcess(tmp_path, mongodb_url=NO_MONGODB, environment={"BRAIN_SHADOW_MODEL_DIR": str(damaged)})
    process.launch()
    wait_until(lambda: not process.is_running)

    assert process.returncode == 2
    assert "BRAIN_SHADOW_MODEL_DIR" in process.log()
    assert "hash" in process.log()
    assert len(process.log().splitlines()) == 1


def gateway(directory: Path, mongod_url: str, stack: Stack, databases: dict[str, str]) -> GatewayProcess:
    """Another gateway on the same ledger and brain."""
    return GatewayProcess(directory, mongodb_url=mongod_url, brain_port=stack.brain.port, environment=databases)


def comparison(stack: Stack) -> dict[str, Any]:
    """As it is now: what was remembered may be 5 s old and miss what a test has just posted."""
    total = len(all_records(stack))

    def is_current() -> bool:
        found = stack.get("/stats")["models"]["comparison"]
        return found is not None and bool(found["pairs"]) and found["pairs"][0]["n"] == total

    wait_until(is_current)
    return dict(stack.get("/stats")["models"]["comparison"])


def all_records(stack: Stack) -> list[dict[str, Any]]:
    """Every record."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        page = stack.get("/transactions?limit=500" + (f"&cursor={cursor}" if cursor else ""))
        found += page["transactions"]
        cursor = page["next_cursor"]
    return found


def by_level(record: dict[str, Any]) -> str:
    """What the model's level leads to: budgets hold back the model that decides, and no shadow."""
    return str(record["budget"]["model_decision"] if record["budget"] else record["decision"])


def cross_table(records: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """What the model's level leads to, then the shadow's, then how many."""
    table: dict[str, dict[str, int]] = {}
    for record in records:
        row = table.setdefault(by_level(record), {})
        row[record["shadow"]["decision"]] = row.get(record["shadow"]["decision"], 0) + 1
    return table


def main_model(stack: Stack) -> dict[str, Any]:
    """The one that decides, as /stats tells it; empty before the brain was asked."""
    models = stack.get("/stats")["models"]["in_service"]
    return next((dict(model) for model in models if model["role"] == "main"), {})


def drift_rows(stack: Stack) -> int:
    """How many payments the histograms have."""
    drift = main_model(stack).get("drift", [])
    return int(drift[0]["rows"]) if drift else 0
