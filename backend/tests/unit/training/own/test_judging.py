"""Figures, thresholds, baselines and tables by hand."""

import numpy as np
import pytest

from training.model.encoding import apply_encodings, encode_out_of_fold, make_encodings
from training.own.baselines import AMOUNT, LOGISTIC, baseline_scores, fit_baselines
from training.own.judging import Costs, Judged, Verdicts, measure
from training.own.limits import Wish, choose
from training.payments import Payments

RNG = np.random.default_rng(5)


def judged(fraud: list[int], amounts: list[float] | None = None, weight: list[float] | None = None) -> Judged:
    """Payments of as many users."""
    n = len(fraud)
    return Judged(
        np.array(fraud, dtype=np.bool_), np.array(amounts or [10.0] * n), np.array(weight or [1.0] * n), np.arange(n)
    )


def many(n: int = 20_000, share: float = 0.02) -> tuple[Judged, np.ndarray]:
    """Payments whose scores tell much but not all."""
    fraud = RNG.random(n) < share
    scores = 1 / (1 + np.exp(4 - 5 * fraud - RNG.normal(size=n)))
    return Judged(fraud, RNG.lognormal(3, 1, n), np.ones(n), np.arange(n) % 500), scores


def test_figures_by_hand() -> None:
    """Two frauds of 100 and 300, one declined; a genuine payment declined, one reviewed."""
    one = judged([1, 0, 0, 1], [100, 40, 20, 300])
    found = measure(one, Verdicts.by(np.array([0.9, 0.8, 0.5, 0.1]), high=0.4, critical=0.7), Costs(0.25, 20, 3))

    assert found.figures["auc"] == 0.5
    assert found.figures["ap"] == pytest.approx(0.5 * 1 + 0.5 * 0.5)
    assert (found.figures["genuine_declined"], found.figures["genuine_reviewed"]) == (0.5, 0.5)
    assert (found.figures["fraud_caught"], found.figures["fraud_value_caught"]) == (0.5, 0.25)
    assert found.figures["money"] == pytest.approx((0 + 10 + 3 + 320) / 4 * 100_000)
    assert set(found.intervals) == set(found.figures)


def test_a_payment_that_was_let_through_stands_for_others() -> None:
    """A weight of three is as three such payments."""
    weighted = judged([1, 0, 0], weight=[1, 3, 1])
    repeated = judged([1, 0, 0, 0, 0])
    by = {"high": 0.4, "critical": 0.7}

    one = measure(weighted, Verdicts.by(np.array([0.6, 0.8, 0.1]), **by), Costs(), draws=0)
    other = measure(repeated, Verdicts.by(np.array([0.6, 0.8, 0.8, 0.8, 0.1]), **by), Costs(), draws=0)

    assert one.figures == pytest.approx(other.figures)


def test_one_fraud_is_enough_and_none_is_said() -> None:
    """What cannot be measured is None, not 0."""
    scores = np.array([0.1, 0.9])
    one = measure(judged([0, 1]), Verdicts.by(scores, high=0.5, critical=0.95), Costs())
    none = measure(judged([0, 0]), Verdicts.by(scores, high=0.5, critical=0.95), Costs())

    assert (one.figures["ap"], one.figures["fraud_caught"]) == (1.0, 1.0)
    assert (none.figures["ap"], none.figures["fraud_caught"], none.figures["genuine_reviewed"]) == (None, None, 0.5)


def test_thresholds_hold_the_cap_and_leave_no_room() -> None:
    """At most .1 % of genuine payments are declined, and one more would be too many."""
    one, scores = many()
    thresholds, how = choose(one, scores, Wish(decline_cap=0.001), days=10)

    genuine = np.sort(scores[~one.fraud])[::-1]
    allowed = int(0.001 * genuine.size)
    assert np.count_nonzero(genuine >= thresholds["critical"]) == allowed
    assert thresholds["medium"] <= thresholds["high"] <= thresholds["critical"]
    assert "0.10%" in how


def test_thresholds_by_reviews_a_day() -> None:
    """Twenty a day for ten days, beside what is declined."""
    one, scores = many()
    thresholds, _ = choose(one, scores, Wish(reviews_a_day=20), days=10)

    reviewed = (scores >= thresholds["high"]) & (scores < thresholds["critical"])
    assert np.count_nonzero(reviewed) == 200


def test_thresholds_by_money_beat_every_other_pair() -> None:
    """Nothing that was tried costs less; dear reviews are not made."""
    one, scores = many(4_000)
    cheap, dear = (choose(one, scores, Wish(costs=Costs(0.25, 20, review)), days=1)[0] for review in (1.0, 1_000.0))

    def cost(high: float, critical: float) -> float:
        return (
            measure(one, Verdicts.by(scores, high=high, critical=critical), Costs(0.25, 20, 1.0), draws=0).figures[
                "money"
            ]
            or 0.0
        )

    best = cost(cheap["high"], cheap["critical"])
    assert all(best <= cost(at, at) + 1e-6 for at in np.quantile(scores, np.linspace(0.9, 1, 50)))
    assert dear["high"] == dear["critical"]


def test_few_payments_leave_no_genuine_one_declined() -> None:
    """A cap of .1 % of 500 is none, so the threshold is above all of them, and below 1."""
    one, scores = many(500, 0.1)
    thresholds, _ = choose(one, scores, Wish(), days=1)

    assert scores[~one.fraud].max() < thresholds["critical"] < 1


def test_the_regression_learns_what_the_amount_cannot_tell() -> None:
    """Fraud at night in one category: logistic regression ranks it first, the amount alone does not."""
    n = 20_000
    hour, category = RNG.integers(24, size=n), RNG.integers(3, size=n)
    fraud = (hour < 4) & (category == 1) & (RNG.random(n) < 0.5)
    payments = Payments.of(
        time_ms=np.sort(RNG.integers(1_000, size=n)) * 86_400_000 + hour * 3_600_000,
        amount_minor=RNG.integers(100, 10_000, size=n),
        user=np.zeros(n, dtype=np.int64),
        fraud=fraud,
        category=category,
        categories={"category": ["a", "b", "c"]},
    )
    rows = np.arange(n)
    one = Judged(payments.fraud, payments.amount_minor / 100, np.ones(n), rows)
    baselines = fit_baselines(payments, rows, one, Wish(), days=1_000)

    aucs = {
        name: measure(one, Verdicts.by(baseline_scores(name, baselines[name], payments, rows), high=1, critical=1),
                      Costs(), draws=0).figures["auc"]
        for name in (AMOUNT, LOGISTIC)
    }  # fmt: skip
    assert (aucs[LOGISTIC] or 0) > 0.95
    assert abs((aucs[AMOUNT] or 0) - 0.5) < 0.05


def test_codes_become_risks_and_rare_or_new_ones_are_unknown() -> None:
    """The more frauds among its payments, the larger its number; nothing of a row's own label is in it."""
    codes = np.repeat([5.0, 7.0, 9.0, 11.0], [1_000, 1_000, 1_000, 3])
    fraud = np.concatenate([RNG.random(1_000) < share for share in (0.01, 0.1, 0.5)] + [np.ones(3, dtype=np.bool_)])
    x = np.column_stack([codes, np.arange(codes.size, dtype=np.float64)])
    given = {"names": ("category", "other"), "coded": ("category",)}

    table = make_encodings(x, fraud, np.ones(codes.size), **given)["category"]
    mapped = apply_encodings(np.array([[9.0, 1], [11.0, 1], [np.nan, 1]]), {"category": table}, names=given["names"])

    assert table["5"] < table["7"] < table["9"]
    assert "11" not in table
    assert mapped[0].tolist() == [table["9"], 1]
    assert np.isnan(mapped[1:, 0]).all()


def test_a_rows_own_label_is_not_in_its_number() -> None:
    """A thousand values that tell nothing: a table of all rows seems to rank them, one made out of fold does not."""
    codes = np.arange(1_000.0).repeat(50)[:, None]
    fraud = RNG.random(len(codes)) < 0.1
    weight, names = np.ones(len(codes)), ("category",)

    table = make_encodings(codes, fraud, weight, names=names, coded=names)
    leaky = apply_encodings(codes, table, names=names)[:, 0]
    honest = encode_out_of_fold(codes, fraud, weight, names=names, coded=names)[:, 0]

    assert leaky[fraud].mean() - leaky[~fraud].mean() > 0.03
    assert honest[fraud].mean() - honest[~fraud].mean() < 0.01
