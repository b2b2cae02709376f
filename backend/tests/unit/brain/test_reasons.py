"""Reasons tell an analyst, in a fixed vocabulary, what moved the score."""

import numpy as np
import pytest

from brain.domain import Event, Query
from brain.features.formulas import FEATURE_NAMES
from brain.features.grounds import FEATURES_TO_GROUNDS, MERCHANT_GROUNDS, USER_GROUNDS, ground_of
from brain.model.artifact import Model
from brain.reasons.explanation import Reason, explain
from brain.reasons.ranking import REASONS_MAX
from brain.reasons.sentences import SENTENCES
from tests.histories import features_of
from tests.model_worlds import SMALL, a_fraud, a_query, an_event, streamed
from training.train import ARTIFACTS
from training.world.simulator import simulate

REGULAR = [an_event(str(n), days_ago=n / 2, amount=20) for n in range(1, 50)]


@pytest.fixture(scope="module")
def model() -> Model:
    """The shipped model."""
    return Model.load(ARTIFACTS)


def reasons(query: Query, user: list[Event] | None, merchant: list[Event] | None, **by_feature: float) -> list[Reason]:
    """The reasons for contributions made up by name."""
    x = features_of([query], [user], [merchant])
    contributions = np.array([[by_feature.get(name, 0.0) for name in FEATURE_NAMES]])
    (listed,) = explain([query], x, contributions @ FEATURES_TO_GROUNDS)
    return listed


def test_the_sentence_carries_the_number_an_analyst_asks_for() -> None:
    """Amount against the user's usual, with the factor."""
    (reason,) = reasons(a_query(122), REGULAR, [], amount_to_user_median=2.0)

    assert reason == Reason("AMOUNT_VS_USER", "amount is 6.1 times this user's usual", 2.0)


def test_features_that_say_the_same_are_one_reason() -> None:
    """Three ways to compare an amount with a user's payments are one argument, not three."""
    (reason,) = reasons(
        a_query(100), REGULAR, [], amount_to_user_median=1.0, amount_to_user_high=0.5, amount_to_user_spread=0.25
    )

    assert (reason.code, reason.contribution) == ("AMOUNT_VS_USER", 1.75)


def test_a_risky_payment_names_first_what_raised_its_risk() -> None:
    """Even where one soothing fact weighs more than any single alarming one."""
    listed = reasons(
        a_query(100), REGULAR, [], amount_alone=1.5, amount_to_user_median=1.0, user_count_1d=-2.0, user_frauds_30d=0.1
    )

    assert [reason.contribution for reason in listed] == [1.5, 1.0, 0.1, -2.0]


def test_a_harmless_payment_names_its_weightiest_fact_first() -> None:
    """Then the order is by weight alone."""
    listed = reasons(a_query(10), REGULAR, [], amount_alone=-1.0, user_count_1d=-2.0, user_frauds_30d=0.1)

    assert [reason.contribution for reason in listed] == [-2.0, -1.0, 0.1]


def test_five_reasons_are_the_most() -> None:
    """A reader needs the weightiest, not all."""
    merchant = [an_event("m", days_ago=3, other="u9")]
    listed = reasons(a_query(100), REGULAR, merchant, **dict.fromkeys(FEATURE_NAMES, 0.5))

    assert len(listed) == REASONS_MAX


def test_there_is_always_a_reason() -> None:
    """A score without a word would look like a fault."""
    assert len(reasons(a_query(10, merchant=None), [], None)) == 1


@pytest.mark.parametrize(
    ("merchant_id", "user", "merchant", "codes"),
    [
        (None, [], None, {"AMOUNT", "NEW_USER", "NO_MERCHANT"}),
        ("m1", None, None, {"AMOUNT", "USER_HISTORY_UNAVAILABLE", "MERCHANT_HISTORY_UNAVAILABLE"}),
        ("m1", [], [], {"AMOUNT", "NEW_USER", "NEW_MERCHANT"}),
    ],
    ids=["the four fields", "no profiles", "everyone is new"],
)
def test_what_is_missing_is_named_as_such(
    merchant_id: str | None, user: list[Event] | None, merchant: list[Event] | None, codes: set[str]
) -> None:
    """Nobody reads "0 payments" where the truth is that nobody could look."""
    query = a_query(10, merchant=merchant_id)
    of_both = {"AMOUNT", *USER_GROUNDS, *MERCHANT_GROUNDS}
    listed = reasons(query, user, merchant, **{name: 0.5 for name in FEATURE_NAMES if ground_of(name) in of_both})

    assert {reason.code for reason in listed} == codes


def test_an_amount_without_a_rate_is_said_to_be_so() -> None:
    """Instead of a comparison with nothing."""
    (reason,) = reasons(a_query(None), REGULAR, [], amount_alone=0.5)

    assert "no rate" in reason.message


def test_an_amount_is_told_in_the_reference_currency() -> None:
    """The payment may have been in another: the analyst must know which one is meant."""
    (reason,) = reasons(a_query(1_234.5), REGULAR, [], amount_alone=2.0)

    assert reason.message == "amount is worth 1,234.50 USD, high for a user of whom no payment is known"


def test_an_amount_above_what_the_model_tells_apart_is_told_as_it_is() -> None:
    """To the cent, though the feature is bounded."""
    (reason,) = reasons(a_query(999_999_999_999.99), REGULAR, [], amount_alone=2.0)

    assert reason.message == "amount is worth 999,999,999,999.99 USD, high for a user of whom no payment is known"


@pytest.mark.parametrize(
    ("feature", "contribution", "merchant", "message"),
    [
        ("amount_to_user_median", -0.5, [], "amount is 3.0 times this user's usual, which did not raise the risk here"),
        ("user_outliers_14d", 0.5, [], "no payment of this user in the last 14 days was unusually large, which did not"
                                       " lower the risk here"),
        ("merchant_risk_37d", 0.5, [an_event("g", days_ago=20)],
         "this merchant's only settled payment was not fraud, which did not lower the risk here"),
        ("merchant_risk_37d", -0.5, [a_fraud("f", days_ago=20), an_event("g", days_ago=20)],
         "1 of this merchant's last 2 settled payments was fraud, which did not raise the risk here"),
        ("merchant_new_to_user", 0.5, [an_event("g", days_ago=20)],
         "this user has paid at this merchant in the last 30 days, which did not lower the risk here"),
    ],
)  # fmt: skip
def test_a_fact_that_reads_the_other_way_says_what_it_did(
    feature: str, contribution: float, merchant: list[Event], message: str
) -> None:
    """A soothing sentence under what raised the risk would look like a mistake, and the reverse."""
    (reason,) = reasons(a_query(60), REGULAR, merchant, **{feature: contribution})

    assert reason.message == message


def test_counts_read_as_a_person_would_say_them() -> None:
    """One payment, no payment; a burst within the hour is named."""
    quiet = [an_event("a", days_ago=2)]
    burst = [an_event(str(n), days_ago=n / 60) for n in range(1, 4)]

    (idle,) = reasons(a_query(), quiet, [], user_count_1d=0.5)
    (busy,) = reasons(a_query(), burst, [], user_count_1d=0.5)

    assert idle.message == "this user made no payment in the last day and 1 in 30 days"
    assert busy.message == "this user made 2 payments in the last hour, 3 payments in the last day and 3 in 30 days"


def test_nobody_claims_that_an_unknown_user_paid_here_before() -> None:
    """Not to have read a history is not to have found the merchant in it."""
    merchant = [an_event("m", days_ago=3, other="u9")]

    (unread,) = reasons(a_query(), None, merchant, merchant_new_to_user=0.5)
    (new,) = reasons(a_query(), [], merchant, merchant_new_to_user=0.5)

    assert unread.message == "it is not known whether this user has paid at this merchant before"
    assert new.message == "this user has not paid at this merchant in the last 30 days"


def test_a_fraudulent_merchant_is_named_with_its_frauds(model: Model) -> None:
    """The shipped model's weightiest reason is the one an analyst would give."""
    frauds = [a_fraud(str(n), days_ago=8 + n / 2, amount=30) for n in range(8)]
    query = a_query(20)
    x = features_of([query], [REGULAR], [[*frauds, an_event("g", days_ago=20, amount=30)]])

    first = explain([query], x, model.predict(x).contributions)[0][0]

    assert first.code == "MERCHANT_FRAUD_HISTORY"
    assert first.message == ("8 of this merchant's last 9 settled payments were fraud, among them all of the latest 8")


def test_every_payment_of_a_world_gets_whole_sentences(model: Model) -> None:
    """No code without a sentence, no NaN in a sentence, one to five reasons each."""
    world = simulate(51, SMALL)
    rows = np.flatnonzero(world.day > 1)[::40]
    queries, users, merchants = streamed(world, rows)
    x = features_of(queries, users, merchants)

    every = explain(queries, x, model.predict(x).contributions)

    assert all(1 <= len(listed) <= REASONS_MAX for listed in every)
    assert all(reason.code in SENTENCES for listed in every for reason in listed)
    assert not [reason for listed in every for reason in listed if "nan" in reason.message]
