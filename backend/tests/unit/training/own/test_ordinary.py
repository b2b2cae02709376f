"""No model of one's own payments turns away what no merchant would, whatever it has learned."""

from collections.abc import Callable
from decimal import Decimal
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from brain.domain import Event, Query
from brain.features.formulas import FEATURE_NAMES
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.model.artifact import Model
from brain.reasons.explanation import explain
from brain.scoring.features import read_features
from commands.app import main
from money.currencies import REFERENCE_CURRENCY, load_rates
from tests.histories import features_of
from tests.model_worlds import NOW_MS, a_query, an_event
from training.own.limits import HIGHEST
from training.own.ordinary import Ordinary

Floats = NDArray[np.float64]
LIMITS = {"medium": 0.01, "high": 0.02, "critical": 0.03}
AMOUNT, USUAL = FEATURE_NAMES.index("amount_alone"), FEATURE_NAMES.index("amount_to_user_median")


def by(share: Callable[[Floats], NDArray[np.bool_]], high: float = 0.6) -> Ordinary:
    """Of a model that calls these rows fraud, so surely."""
    return Ordinary.of(lambda x: np.where(share(x), high, 0.001))


def test_a_model_that_fears_amounts_or_strangers_blocks_neither() -> None:
    """Its thresholds rise above what it says of them; of one that fears neither they stay."""
    amounts = by(lambda x: x[:, AMOUNT] > 400)
    strangers = by(lambda x: np.isnan(x[:, USUAL]))
    twice = by(lambda x: x[:, USUAL] > 1.9)
    regulars = by(lambda x: x[:, USUAL] < 1.1)
    neither = by(lambda x: np.zeros(len(x), dtype=np.bool_))

    assert amounts.raised(LIMITS) == pytest.approx({"medium": 0.01, "high": 0.02, "critical": 0.6}, abs=1e-5)
    assert strangers.raised(LIMITS) == pytest.approx({"medium": 0.01, "high": 0.02, "critical": 0.6}, abs=1e-5)
    assert twice.raised(LIMITS) == pytest.approx({"medium": 0.01, "high": 0.02, "critical": 0.6}, abs=1e-5)
    assert regulars.raised(LIMITS) == pytest.approx({"medium": 0.01, "high": 0.6, "critical": 0.6}, abs=1e-5)
    assert neither.raised(LIMITS) == LIMITS
    assert all(one.raised(LIMITS)["critical"] > 0.6 for one in (amounts, strangers, twice, regulars))


def test_a_model_that_is_sure_of_them_may_not_block() -> None:
    """No threshold lies above, so it recommends."""
    sure = by(lambda x: np.ones(len(x), dtype=np.bool_), high=1 - 1e-9)

    assert sure.may_be_blocked
    assert sure.raised(LIMITS)["critical"] == HIGHEST


@pytest.fixture(scope="module")
def own_model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model that may block, as the commands make it of payments with cards and devices, where some test cards."""
    folder = tmp_path_factory.mktemp("own")
    file, out = str(folder / "shop.parquet"), str(folder / "model")
    assert main(["model", "simulate", "--out", file, "--customers", "2000", "--terminals", "200", "--days", "100"]) == 0
    options = ["--test-days", "14", "--label-delay-days", "20", "--block-from", "50", "--review-from", "20"]
    assert main(["model", "train", "--data", file, "--out", out, *options, "--json"]) == 0
    return Model.load(Path(out))


@pytest.mark.slow
def test_no_amount_of_a_stranger_is_blocked(own_model: Model) -> None:
    """From 0.5 to 10,000 in eight currencies, with a shop or none, new or with a history that cannot be read."""
    rates = {**load_rates(), REFERENCE_CURRENCY: Decimal(1)}
    units = [float(rates[currency]) for currency in ("USD", "EUR", "GBP", "KWD", "JPY", "INR", "CHF", "BRL")]
    queries = [
        a_query(amount * unit, merchant=shop)
        for amount, unit, shop in product((0.5, 5, 50, 200, 500, 1_000, 2_500, 10_000), units, (None, "m1"))
    ]
    assert own_model.may_block
    unknown: tuple[list[Event] | None, ...] = ([], None)
    for history in unknown:
        x = features_of(queries, [history] * len(queries), [history] * len(queries))
        assert own_model.risk_scores(x).max() < own_model.thresholds["critical"]


@pytest.mark.slow
@pytest.mark.parametrize("amount", [10, 37, 250, 900, 5_000])
def test_the_usual_amount_is_approved_and_twice_of_it_not_blocked(own_model: Model, amount: float) -> None:
    """Of a user and a shop whose payments are all as large."""
    user = [an_event(f"u{n}", days_ago=n * 0.9, amount=amount) for n in range(1, 31)]
    shop = [an_event(f"s{n}", days_ago=n * 0.18, amount=amount, other=f"x{n}") for n in range(1, 201)]
    x = features_of([a_query(amount), a_query(2 * amount)], [user] * 2, [shop] * 2)

    usual, twice = own_model.risk_scores(x).tolist()
    assert usual < own_model.thresholds["high"]
    assert twice < own_model.thresholds["critical"]


@pytest.mark.slow
def test_thirty_cards_on_one_device_in_an_hour_are_risky_with_that_reason(own_model: Model) -> None:
    """A model whose payments told devices says so."""

    def paid(n: int) -> Query:
        at_ms = NOW_MS - (30 - n) * 100_000
        return Query(
            f"t{n}", at_ms, 1_99, f"u{n}", "m1", card=f"c{n}", device="d", card_funding="credit", channel="web"
        )

    memory = Memory(0.1)
    memory.coverage.read_all()
    memory.add([paid(n) for n in range(30)])
    x = read_features(memory, rows_of([paid(30)]))[0]
    found = own_model.predict(x)

    assert found.risk_scores[0] >= own_model.thresholds["high"]
    assert "card on this device today" in " ".join(
        reason.message for reason in explain([paid(30)], x, found.contributions)[0]
    )
