"""Features see what could be known at the time of the query, the same in training and in serving."""

import dataclasses
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from brain.domain import MERCHANT_EVENTS_MAX, USER_EVENTS_MAX, Event, Query
from brain.features.formulas import FEATURE_NAMES
from brain.features.usual import SPREAD_MIN, SPREAD_ORDINARY, SPREAD_ORDINARY_EVENTS
from tests.histories import features_of
from tests.model_worlds import NOW_MS, SMALL, a_fraud, a_query, an_event, streamed
from training.examples.histories import features
from training.world.simulator import DAY_MS, World, simulate


@pytest.fixture(scope="module")
def world() -> World:
    """Sixty days of a small world."""
    return simulate(31, SMALL)


def of(query: Query, user: Sequence[Event] | None = (), merchant: Sequence[Event] | None = ()) -> dict[str, float]:
    """The features of one query by name."""
    row = features_of([query], [user], [merchant])[0]
    return dict(zip(FEATURE_NAMES, row.tolist(), strict=True))


def test_a_streamed_world_gives_the_very_bits_that_training_saw(world: World) -> None:
    """One implementation: events one after the other and columns through training make identical vectors."""
    rows = np.random.default_rng(1).choice(np.flatnonzero(world.day > 20), 600, replace=False)
    queries, users, merchants = streamed(world, rows)
    shuffle = random.Random(2).sample

    serving = features_of(
        queries,
        [shuffle(events, len(events)) for events in users],
        [events + events[-3:] for events in merchants],
    )

    assert np.array_equal(serving, features(world, rows), equal_nan=True)


def test_a_rows_features_do_not_depend_on_its_batch(world: World) -> None:
    """Padding and neighbours change no bit, so a re-scored transaction can be compared with its first score."""
    rows = np.flatnonzero(world.day == 40)[:50]
    queries, users, merchants = streamed(world, rows)

    together = features_of(queries, users, merchants)
    alone = [
        features_of([query], [user], [merchant])[0]
        for query, user, merchant in zip(queries, users, merchants, strict=True)
    ]

    assert np.array_equal(together, np.array(alone), equal_nan=True)


def test_no_young_label_and_no_later_amount_is_ever_seen(world: World) -> None:
    """Randomising every label younger than the delay and every amount from then on changes no feature."""
    rng = np.random.default_rng(3)
    then_ms = world.time_ms[0] + 50 * DAY_MS
    rows = np.flatnonzero(world.time_ms < then_ms)
    young, later = world.time_ms >= then_ms - 7 * DAY_MS, world.time_ms >= then_ms
    scrambled = dataclasses.replace(
        world,
        fraud=np.where(young, rng.random(young.size) < 0.5, world.fraud),
        amount_minor=np.where(later, rng.integers(1, 100_000, later.size), world.amount_minor),
    )

    assert (scrambled.fraud != world.fraud).any()
    assert np.array_equal(features(scrambled, rows), features(world, rows), equal_nan=True)


def test_an_old_label_is_seen(world: World) -> None:
    """The leak test would also pass if labels were never used: older ones must change features."""
    rows = np.flatnonzero(world.day == 50)
    flipped = dataclasses.replace(world, fraud=~world.fraud)

    assert not np.array_equal(features(flipped, rows), features(world, rows), equal_nan=True)


def test_windows_and_ratios_by_hand() -> None:
    """Three payments of 10, 20 and 30 units, 1, 5 and 20 days ago, and one of 60 now."""
    history = [
        an_event("a", days_ago=1, amount=10),
        an_event("b", days_ago=5, amount=20, other="m2"),
        an_event("c", days_ago=20, amount=30, other="m2"),
    ]

    seen = of(a_query(60), history)

    assert [seen[f"user_count_{span}"] for span in ("1h", "1d", "7d", "30d")] == [0, 1, 2, 3]
    assert seen["amount_to_user_median"] == 3
    assert seen["amount_to_user_high"] == 3  # nine tenths of three are two
    assert seen["amount_to_user_spread"] == pytest.approx(np.log(3) / spread_of(np.log(20.01 / 10.01), events=3))
    assert seen["user_hours_since_last"] == 24
    assert seen["merchant_new_to_user"] == 0


def spread_of(quartiles_log: float, *, events: int) -> float:
    """As told by the distance of the quartiles, beside ten events of an ordinary spread, and never under the floor."""
    told = quartiles_log / 1.349 * events + SPREAD_ORDINARY * SPREAD_ORDINARY_EVENTS
    return max(told / (events + SPREAD_ORDINARY_EVENTS), SPREAD_MIN)


def test_payments_that_stand_out_do_not_shift_the_usual() -> None:
    """A stolen card's large payments are counted, and move neither the median nor the spread."""
    history = [an_event(str(day / 2), days_ago=day / 2, amount=10) for day in range(1, 50)]
    history += [an_event("x", days_ago=2.25, amount=50), an_event("y", days_ago=9.25, amount=60)]
    history += [an_event("z", days_ago=20.25, amount=900)]

    seen = of(a_query(50), history)

    assert seen["user_outliers_14d"] == 2
    assert seen["user_days_since_outlier"] == 2.25
    assert seen["user_days_since_first_outlier_14d"] == 9.25
    assert seen["amount_to_user_median"] == 5
    assert seen["amount_to_user_spread"] == pytest.approx(np.log(5) / SPREAD_MIN)


def test_skewed_amounts_are_no_outliers() -> None:
    """Who pays 5 here and 300 there has a wide spread; of lognormal amounts nearly none stands out."""
    amounts = 30 * np.exp(np.random.default_rng(7).normal(0, 1.2, 250))
    history = [an_event(str(n), days_ago=(n + 1) / 9, amount=amount) for n, amount in enumerate(amounts.tolist())]

    assert of(a_query(30), history)["user_outliers_14d"] <= 0.05 * 14 * 9


@pytest.mark.parametrize("times", [0.1, 3, 250, 7_000])
def test_with_a_history_only_ratios_count(times: float) -> None:
    """The same story in another currency, or of somebody richer, is the same story: no amount outweighs a history."""
    story = [(n, 10.0 * (n % 4 + 1)) for n in range(1, 28)]

    def told(factor: float) -> dict[str, float]:
        events = [an_event(str(n), days_ago=n, amount=amount * factor) for n, amount in story]
        return of(a_query(40 * factor), events, events)

    one, other = told(1), told(times)

    assert np.isnan(one["amount_alone"])
    assert other == pytest.approx(one, rel=2e-3, nan_ok=True)  # a hundredth more in the quartiles, for what is free


def test_without_a_payment_of_the_user_the_amount_stands_alone() -> None:
    """New, or unreadable: then it is all that is known; with one payment it is compared."""
    assert of(a_query(250), ())["amount_alone"] == 250
    assert of(a_query(250), None)["amount_alone"] == 250
    assert np.isnan(of(a_query(250), [an_event("a", days_ago=1)])["amount_alone"])


@pytest.mark.parametrize("amount", [0, 0.01, 1e6])
def test_what_is_free_of_charge_or_priceless_breaks_nothing(amount: float) -> None:
    """Card checks of zero, and the largest amount that is told apart: every feature is a number or unknown."""
    free = [an_event(str(n), days_ago=n, amount=0) for n in range(1, 12)]

    seen = of(a_query(amount), free, free)

    assert not np.isinf(list(seen.values())).any()
    assert seen["user_outliers_14d"] == 0


def test_the_run_of_known_frauds_ends_at_the_latest_known_genuine_payment() -> None:
    """A compromised merchant shows frauds without a genuine payment between them."""
    history = [
        an_event("young", days_ago=2),
        a_fraud("f1", days_ago=8, amount=40),
        a_fraud("f2", days_ago=12, amount=25),
        an_event("genuine", days_ago=15),
        a_fraud("f3", days_ago=20),
    ]

    seen = of(a_query(), (), history)

    assert seen["merchant_run_frauds"] == 2
    assert seen["merchant_run_days"] == 12
    assert seen["merchant_run_lowest_to_median"] == 2.5  # of 10, 40, 25, 10 and 10
    assert seen["merchant_days_since_genuine"] == 15
    assert (seen["merchant_known_37d"], seen["merchant_risk_37d"]) == (4, 0.75)


def test_labels_count_from_the_moment_they_became_known() -> None:
    """A chargeback known early counts early; one still unknown leaves an old payment genuine."""
    early = an_event("early", days_ago=2, is_fraud=True, known_at_ms=NOW_MS - 1)
    late = an_event("late", days_ago=9, is_fraud=True, known_at_ms=NOW_MS + 1)

    assert of(a_query(), (), [early])["merchant_risk_14d"] == 1
    assert of(a_query(), (), [late])["merchant_risk_14d"] == 0
    assert of(a_query(), (), [an_event("young", days_ago=2)])["merchant_known_14d"] == 0


@pytest.mark.parametrize("days_ago", [6.9, 7.0, 8.0, 29.0])
def test_a_blocked_payment_never_turns_out_genuine_by_itself(days_ago: float) -> None:
    """Nobody can complain of what was not paid: without a label it stays unknown, however old it grows."""
    blocked = replace(an_event("a", days_ago=days_ago), is_blocked=True)

    seen = of(a_query(), [blocked], [blocked])

    assert (seen["merchant_known_37d"], seen["user_count_30d"]) == (0, 1)
    assert np.isnan(seen["merchant_days_since_genuine"])


@pytest.mark.parametrize("is_fraud", [True, False])
def test_a_label_settles_a_blocked_payment_as_any_other(is_fraud: bool) -> None:
    """A person looked at it afterwards: then it is known, from the moment of the label on."""
    blocked = replace(an_event("a", days_ago=20, is_fraud=is_fraud, known_at_ms=NOW_MS - DAY_MS), is_blocked=True)

    seen = of(a_query(), [blocked], [blocked])
    before = of(a_query(), [blocked], [replace(blocked, known_at_ms=NOW_MS + 1)])

    assert (seen["merchant_known_37d"], seen["merchant_risk_37d"]) == (1, float(is_fraud))
    assert before["merchant_known_37d"] == 0


def test_what_is_not_strictly_earlier_repeated_or_the_query_itself_does_not_count() -> None:
    """A re-scored transaction finds itself and its successors in the history, and must not see them."""
    history = [
        Event("now", NOW_MS - 5, 100_00, "m1"),
        Event("same time", NOW_MS, 100_00, "m1"),
        Event("later", NOW_MS + 1, 100_00, "m1"),
        an_event("too old", days_ago=30.001),
        an_event("twice", days_ago=1),
        an_event("twice", days_ago=1),
    ]

    assert of(a_query(), history)["user_count_30d"] == 1


def test_of_two_copies_the_labelled_one_counts() -> None:
    """The overlay in memory has no label; the profile may."""
    plain = an_event("a", days_ago=10)
    labelled = an_event("a", days_ago=10, is_fraud=True, known_at_ms=NOW_MS - DAY_MS)

    assert of(a_query(), [plain, labelled])["user_frauds_30d"] == 1
    assert of(a_query(), [labelled, plain])["user_frauds_30d"] == 1


def test_a_new_user_counts_nothing_and_an_unreadable_one_is_unknown() -> None:
    """0 is a fact, NaN is not knowing: the model treats them differently."""
    new, unreadable = of(a_query(), ()), of(a_query(), None)

    assert new["user_count_30d"] == 0
    assert np.isnan(new["amount_to_user_median"])
    assert np.isnan([unreadable[name] for name in FEATURE_NAMES if name.startswith("user_")]).all()
    assert unreadable["amount_alone"] == 10


def test_without_a_merchant_all_that_needs_one_is_unknown() -> None:
    """Even when a history comes along, it is nobody's."""
    seen = of(a_query(merchant=None), [an_event("a", days_ago=1, other="")], [an_event("b", days_ago=1)])

    assert np.isnan([value for name, value in seen.items() if "merchant" in name]).all()
    assert seen["user_count_30d"] == 1


def test_an_amount_without_a_rate_is_unknown_and_never_zero() -> None:
    """The model must not mistake an exotic currency for a tiny payment."""
    seen = of(a_query(None), [an_event("a", days_ago=1)], [an_event("b", days_ago=1)])

    assert np.isnan([value for name, value in seen.items() if name.startswith("amount")]).all()
    assert seen["user_count_30d"] == 1


def test_histories_past_the_limits_keep_their_newest_events() -> None:
    """Memory is bounded, and extreme amounts stay exact."""
    user = [an_event(str(n), days_ago=n / 100, amount=10**9) for n in range(1, USER_EVENTS_MAX + 50)]
    merchant = [an_event(str(n), days_ago=n / 100, amount=10**9) for n in range(1, MERCHANT_EVENTS_MAX + 50)]

    seen = of(a_query(), user, merchant)

    assert (seen["user_count_30d"], seen["merchant_count_7d"]) == (USER_EVENTS_MAX, MERCHANT_EVENTS_MAX)
    assert of(a_query(1_000_000), user, merchant)["amount_to_user_median"] == 1
    assert of(a_query(1_000_000), user, merchant)["user_outliers_14d"] == 0


def test_no_query_makes_no_row() -> None:
    """An empty batch is an ordinary batch."""
    assert features_of([], [], []).shape == (0, len(FEATURE_NAMES))
