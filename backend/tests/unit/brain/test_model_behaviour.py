"""
The shipped model behaves as people expect: what must not matter does not, what must matter does, and in its direction.

Source of the three kinds of test (invariance, direction, minimum functionality): Ribeiro et al., "Beyond accuracy:
behavioral testing of NLP models with CheckList", ACL 2020.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from msgspec import structs

from brain.domain import Event, Query
from brain.model.artifact import Model
from tests.histories import features_of
from tests.model_worlds import DELAY_MS, NOW_MS, a_fraud, a_query, an_event, streamed
from training.train import ARTIFACTS
from training.world.simulator import DAY_MS, Rules, simulate

Case = tuple[Query, list[Event], list[Event]]

HABIT = [an_event(f"h{n}", days_ago=n / 2, amount=18 + n % 5) for n in range(1, 50)]
SHOP = [an_event(f"s{n}", days_ago=n * 0.9, amount=15 + n % 20, other=f"u{n % 9 + 2}") for n in range(1, 40)]


@pytest.fixture(scope="module")
def model() -> Model:
    """The shipped model."""
    return Model.load(ARTIFACTS)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Two hundred payments of a small world with all that the history holds of them, half of them frauds."""
    world = simulate(51, Rules(customers=200, terminals=100, days=50, radius=15.0, terminals_compromised_per_day=1))
    rng = np.random.default_rng(52)
    late = world.day >= 38
    rows = np.concatenate(
        [rng.choice(np.flatnonzero(late & of), 100, replace=False) for of in (world.fraud, ~world.fraud)]
    )
    return list(zip(*streamed(world, rows), strict=True))


def scores(model: Model, cases: Sequence[Case]) -> list[float]:
    """Risk scores of payments with their histories."""
    queries, users, merchants = zip(*cases, strict=True)
    scored: list[float] = model.predict(features_of(queries, users, merchants)).risk_scores.tolist()
    return scored


def score(
    model: Model,
    amount: float | None,
    *,
    user: list[Event] | None,
    shop: list[Event] | None = None,
    merchant: str | None = None,
) -> float:
    """Risk score of one payment; with a history of the merchant there is a merchant."""
    query = a_query(amount, merchant="m1" if shop is not None else merchant)
    x = features_of([query], [user], [shop or []])
    return float(model.predict(x).risk_scores[0])


def renamed(case: Case) -> Case:
    """The same payment and histories under other ids; who is the same as whom stays."""
    query, user, merchant = case

    def event(one: Event) -> Event:
        return replace(one, transaction_id=f"t{one.transaction_id}", counterparty=f"café {one.counterparty}")

    return (
        structs.replace(
            query,
            transaction_id=f"t{query.transaction_id}",
            user_id=f"café {query.user_id}",
            merchant_id=f"café {query.merchant_id}",
        ),
        [event(one) for one in user],
        [event(one) for one in merchant],
    )


def shuffled(case: Case) -> Case:
    """The same histories in a random order, some events told twice."""
    query, user, merchant = case
    rng = random.Random(query.transaction_id)
    user_twice, merchant_twice = [*user, *user[:5]], [*merchant, *merchant[-5:]]
    rng.shuffle(user_twice)
    rng.shuffle(merchant_twice)
    return query, user_twice, merchant_twice


def test_names_do_not_matter(model: Model, cases: list[Case]) -> None:
    """Invariance: other ids for users, merchants and transactions, the same scores to the last bit."""
    assert scores(model, [renamed(case) for case in cases]) == scores(model, cases)


def test_the_order_in_which_events_came_does_not_matter(model: Model, cases: list[Case]) -> None:
    """Invariance: late, reversed or shuffled events, and events told twice, give the same bits."""
    assert scores(model, [shuffled(case) for case in cases]) == scores(model, cases)


def test_who_else_is_scored_does_not_matter(model: Model, cases: list[Case]) -> None:
    """Invariance: alone, among all, or in another order, a payment gets the same bits."""
    together = scores(model, cases)

    assert [scores(model, [case])[0] for case in cases] == together
    assert scores(model, cases[::-1])[::-1] == together


def test_the_calendar_does_not_matter(model: Model, cases: list[Case]) -> None:
    """Invariance: the same story at another hour of another year is the same story."""
    shift_ms = 400 * DAY_MS + 5 * 3_600_000

    def later(event: Event) -> Event:
        known_at_ms = None if event.known_at_ms is None else event.known_at_ms + shift_ms
        return replace(event, time_ms=event.time_ms + shift_ms, known_at_ms=known_at_ms)

    moved = [
        (structs.replace(query, time_ms=query.time_ms + shift_ms), [*map(later, user)], [*map(later, merchant)])
        for query, user, merchant in cases
    ]

    assert scores(model, moved) == scores(model, cases)


def test_the_future_does_not_matter(model: Model, cases: list[Case]) -> None:
    """Invariance: a payment that is scored again after weeks gets the score that it had."""
    as_it_was = [
        (
            query,
            [one for one in user if one.time_ms < query.time_ms],
            [one for one in merchant if one.time_ms < query.time_ms],
        )
        for query, user, merchant in cases
    ]

    assert scores(model, as_it_was) == scores(model, cases)


def test_frauds_rank_above_genuine_payments(model: Model, cases: list[Case]) -> None:
    """The invariances above are not those of a constant: of a fraud and a genuine payment the fraud mostly wins."""
    found = np.array(scores(model, cases))

    assert (found[:100, None] > found[None, 100:]).mean() > 0.75


@pytest.mark.parametrize("user", [None, [], HABIT], ids=["unreadable", "new", "known"])
@pytest.mark.parametrize("shop", [None, [], SHOP], ids=["no merchant", "new merchant", "known merchant"])
def test_a_larger_amount_never_lowers_the_score(
    model: Model, user: list[Event] | None, shop: list[Event] | None
) -> None:
    """Direction: all else equal, from five to five thousand."""
    found = [score(model, amount, user=user, shop=shop) for amount in (5, 50, 100, 150, 200, 230, 500, 1_000, 5_000)]

    assert found == sorted(found)
    assert found[0] < found[-1]


@pytest.mark.parametrize("user", [None, [], HABIT], ids=["unreadable", "new", "known"])
def test_more_known_frauds_at_a_merchant_raise_the_score(model: Model, user: list[Event] | None) -> None:
    """Direction: of its eight oldest known payments none, two, five or all were frauds."""
    found = [score(model, 20, user=user, shop=recent(frauds=frauds, of=8)) for frauds in (0, 2, 5, 8)]

    assert found[0] < found[1]
    assert min(found[2:]) > 0.95 * found[1]  # two are nearly as bad as eight
    assert found[3] > 20 * found[0]


def recent(*, frauds: int, of: int) -> list[Event]:
    """A shop whose newest known payments, a week to twelve days old, are frauds, and those before them genuine."""
    known = [(a_fraud if n < frauds else an_event)(f"r{n}", days_ago=7.5 + n / 2, amount=25 + n) for n in range(of)]
    return known + [an_event(f"o{n}", days_ago=14 + n, amount=20 + n) for n in range(15)]


def test_known_genuine_payments_after_the_frauds_lower_the_score(model: Model) -> None:
    """Direction: a merchant whose compromise is seen to have ended is no longer critical."""
    frauds = [a_fraud(f"f{n}", days_ago=20 + n / 2, amount=25) for n in range(10)]
    since = [an_event(f"g{n}", days_ago=8 + n / 2, amount=25) for n in range(16)]

    running, ended = score(model, 20, user=HABIT, shop=frauds), score(model, 20, user=HABIT, shop=since + frauds)

    assert running > 10 * ended
    assert ended < model.thresholds["high"]


def test_frauds_count_from_when_they_are_known_and_not_before(model: Model) -> None:
    """Direction: the same frauds, labelled after this payment, leave the score where it was."""
    told = [a_fraud(f"f{n}", days_ago=8 + n / 2, amount=30) for n in range(8)]
    unknown = [replace(one, known_at_ms=NOW_MS + DELAY_MS) for one in told]
    unlabelled = [replace(one, is_fraud=None, known_at_ms=None) for one in told]

    found = [score(model, 20, user=HABIT, shop=shop + SHOP[15:]) for shop in (told, unknown, unlabelled)]

    assert found[0] >= model.thresholds["high"]
    assert found[1] == found[2] < model.thresholds["medium"]


def test_an_earlier_outlier_makes_the_next_one_riskier(model: Model) -> None:
    """Direction: a stolen card is used again; a first large payment may be a fridge."""
    stolen = [an_event(f"x{n}", days_ago=1 + n, amount=105 + n) for n in range(3)]

    first, fourth = score(model, 110, user=HABIT, shop=SHOP), score(model, 110, user=HABIT + stolen, shop=SHOP)

    assert fourth > first


def test_a_new_user_with_four_fields_is_scored_sensibly(model: Model) -> None:
    """Minimum functionality, the README's first call: an ordinary amount is low, a very large one riskier."""
    assert score(model, 150.50, user=[]) < model.thresholds["medium"]
    assert score(model, 5_000, user=[]) > 2 * score(model, 5, user=[])


def test_without_a_readable_history_the_amount_still_speaks(model: Model) -> None:
    """Minimum functionality: a history that cannot be read costs accuracy, not sense."""
    assert score(model, 150.50, user=None) < model.thresholds["medium"]
    assert score(model, 5_000, user=None) > 2 * score(model, 5, user=None)


def test_five_times_the_usual_is_riskier_than_the_usual(model: Model) -> None:
    """Direction: a stolen card's payment stands out from its owner's, however small it is."""
    history = [an_event(str(n), days_ago=n / 2, amount=18 + n % 5) for n in range(1, 50)]

    usual, multiplied = score(model, 20, user=history, shop=SHOP), score(model, 110, user=history, shop=SHOP)

    assert usual < model.thresholds["medium"]
    assert multiplied > 5 * usual


def test_an_unknown_amount_is_not_the_riskiest_thing(model: Model) -> None:
    """Minimum functionality: a currency without a rate is scored by what else is known."""
    assert score(model, None, user=[]) < model.thresholds["high"]


def test_every_lack_has_a_sensible_score(model: Model) -> None:
    """Minimum functionality: whatever is missing, an ordinary payment is low, and the answer is a probability."""
    for user in (None, [], HABIT):
        for shop in (None, [], SHOP):
            found = score(model, 20, user=user, shop=shop)
            assert 0 < found < model.thresholds["medium"]


def test_a_service_of_its_first_day_calls_ordinary_payments_low(model: Model) -> None:
    """Minimum functionality: no label has come in, and nobody has more than a few payments."""
    user = [an_event(str(n), days_ago=0.1 + n / 10, amount=22 + n) for n in range(3)]
    shop = [an_event(f"s{n}", days_ago=0.05 + n / 20, amount=30 + n, other=f"u{n + 2}") for n in range(10)]

    assert score(model, 25, user=user, shop=shop) < model.thresholds["medium"]
    assert score(model, 900, user=user, shop=shop) > score(model, 25, user=user, shop=shop)
