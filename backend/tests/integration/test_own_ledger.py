"""A model of Sentinel's own records: what was blocked is unknown, and what was let through stands for it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bson.decimal128 import Decimal128
from numpy.typing import NDArray

from brain.domain import DAY_MS
from brain.model.artifact import Model
from commands.app import main
from records.account import ACCOUNT
from records.labels import LABELS
from records.payments import TRANSACTIONS
from tests.recorded import CommittedRun, committed_run
from training.own.judging import ranking
from training.own.ledger import read_ledger
from training.own.payments import OwnPayments
from training.own.scoring import FeatureTable
from training.payments import Payments
from training.world.simulator import Rules, World, simulate

Bools = NDArray[np.bool_]

DELAY_DAYS = 7
LET_THROUGH = 0.05


@pytest.fixture
def run(mongod_url: str, fresh_databases: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CommittedRun]:
    """A ledger, which commands find."""
    monkeypatch.setenv("MONGODB_URL", mongod_url)
    monkeypatch.setenv("GATEWAY_LEDGER_DATABASE", fresh_databases["GATEWAY_LEDGER_DATABASE"])
    with committed_run(mongod_url, fresh_databases) as run:
        yield run


def record(number: int, time_ms: int, amount: str, **facts: Any) -> dict[str, Any]:
    """A payment as the ledger keeps it."""
    verdict = {"decision": facts.pop("decision", "approve"), "budget": facts.pop("budget", None)}
    return {
        "account": ACCOUNT,
        "transaction_id": f"t{number}",
        "created_at": datetime.fromtimestamp(time_ms / 1000, UTC),
        "event_time": datetime.fromtimestamp(time_ms / 1000, UTC),
        "user_id": "anna",
        "merchant_id": None,
        "amount": Decimal128(amount),
        "currency": "USD",
        "verdict": verdict,
        "request": {},
    } | facts


def label(number: int, *, is_fraud: bool, known_at_ms: int, revision: int = 1) -> dict[str, Any]:
    """The label that stands for a payment."""
    known_at = datetime.fromtimestamp(known_at_ms / 1000, UTC)
    return {
        "_id": f"t{number}",
        "is_fraud": is_fraud,
        "known_at": known_at,
        "recorded_at": known_at,
        "revision": revision,
    }


def test_labels_are_as_they_stand(run: CommittedRun) -> None:
    """Fraud, corrected to genuine, blocked, young, ripe, let through: each is what is known of it."""
    start_ms = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
    at = [start_ms + day * DAY_MS for day in (0, 1, 2, 3, 4, 40)]
    through = {"name": "let_through", "model_decision": "block", "probability": LET_THROUGH}
    run.ledger[TRANSACTIONS].insert_many(
        [
            record(0, at[0], "10.00", request={"card": {"token": "c"}, "merchant": {"mcc": "5411"}}),
            record(1, at[1], "20.00"),
            record(2, at[2], "30.00", decision="block"),
            record(3, at[3], "40.00"),
            record(4, at[4], "50.00", budget=through),
            record(5, at[5], "60.00", user_id=""),
        ]
    )
    run.ledger[LABELS].insert_many(
        [
            label(0, is_fraud=True, known_at_ms=at[0] + 20 * DAY_MS),
            label(1, is_fraud=False, known_at_ms=at[1] + 30 * DAY_MS, revision=2),
        ]
    )
    own = read_ledger(run.ledger, label_delay_days=None)

    assert own.ids.tolist() == [f"t{number}" for number in range(6)]
    assert own.is_labelled.tolist() == [True, True, False, True, True, False]
    assert own.is_fraud.tolist() == [True, False, False, False, False, False]
    assert own.payments.weight.tolist() == [1, 1, 1, 1, pytest.approx(1 / LET_THROUGH), 1]
    assert (own.label_delay_days, own.delay_from) == (20, "measured")
    assert own.payments.user.tolist() == [0, 0, 0, 0, 0, -1]
    assert own.payments.categories["category"] == ["5411"]
    assert own.payments.card[0] == 0


class Rounds:
    """A shop that lives for some time: its payments are committed and labelled, and a model says what is blocked."""

    def __init__(self, run: CommittedRun, world: World) -> None:
        self._run, self.world = run, world
        self.day = world.day - world.day[0]

    def commit(self, days: range, *, blocked: Bools, let_through: Bools) -> None:
        """Put the payments of these days on record, and the labels of those that were paid."""
        world, rows = self.world, np.flatnonzero((self.day >= days.start) & (self.day < days.stop))
        through = {"name": "let_through", "model_decision": "block", "probability": LET_THROUGH}
        self._run.ledger[TRANSACTIONS].insert_many(
            record(
                row, int(world.time_ms[row]), f"{world.amount_minor[row] / 100:.2f}",
                user_id=f"u{world.user[row]}", merchant_id=f"m{world.terminal[row]}",
                decision="block" if blocked[row] and not let_through[row] else "approve",
                budget=through if let_through[row] else None,
            )
            for row in rows.tolist()
        )  # fmt: skip
        paid = rows[world.fraud[rows] & (~blocked[rows] | let_through[rows])]
        self._run.ledger[LABELS].insert_many(
            label(row, is_fraud=True, known_at_ms=int(world.time_ms[row]) + DELAY_DAYS * DAY_MS)
            for row in paid.tolist()
        )

    def train(self, out: Path) -> Model:
        """Train on all that is on record, by the command."""
        assert main(["model", "train", "--ledger", "--out", str(out), "--test-days", "7", "--json"]) == 0
        return Model.load(out)

    def scores(self, model: Model, days: range) -> NDArray[np.float64]:
        """Score the payments of these days, on record or not, with what was then on record as their history."""
        world = self.world
        payments = Payments.of(
            time_ms=world.time_ms, amount_minor=world.amount_minor, user=world.user, merchant=world.terminal,
            fraud=world.fraud, known_at_ms=world.time_ms + DELAY_DAYS * DAY_MS,
        )  # fmt: skip
        own = OwnPayments(payments, {}, np.empty(len(payments), dtype=np.object_), DELAY_DAYS, "given", {})
        return FeatureTable(own, np.flatnonzero((self.day >= days.start) & (self.day < days.stop))).scores(model)


@pytest.mark.slow
def test_a_model_does_not_ruin_itself_by_what_it_blocked(run: CommittedRun, tmp_path: Path) -> None:
    """
    The feedback trap, over two rounds: the second model keeps at least 95 % of the first one's average precision.

    The first model blocks 15 % of what follows. It gets no label, but for one payment in twenty that is let through.
    """
    shop = Rounds(run, simulate(84, Rules(customers=120, terminals=400, days=110, radius=15.0)))
    fraud, none = shop.world.fraud, np.zeros(shop.world.fraud.size, dtype=np.bool_)
    shop.commit(range(60), blocked=none, let_through=none)
    one = shop.train(tmp_path / "one")

    scores = np.full(fraud.size, -1.0)
    scores[(shop.day >= 60) & (shop.day < 95)] = shop.scores(one, range(60, 95))
    blocked = scores >= np.quantile(scores[scores >= 0], 0.85)
    shop.commit(
        range(60, 95),
        blocked=blocked,
        let_through=blocked & (np.random.default_rng(3).random(fraud.size) < LET_THROUGH),
    )
    two = shop.train(tmp_path / "two")

    later = shop.day >= 95
    first, second = (average_precision(fraud[later], shop.scores(model, range(95, 110))) for model in (one, two))
    assert fraud[blocked].mean() > 0.3
    assert second >= 0.97 * first  # 0.948 where what was blocked counts as genuine


def average_precision(fraud: Bools, scores: NDArray[np.float64]) -> float:
    """The mean precision at each fraud."""
    recall, _, precision = ranking(fraud, scores, np.ones(fraud.size))
    return float((np.diff(recall, prepend=0.0) * precision).sum())
