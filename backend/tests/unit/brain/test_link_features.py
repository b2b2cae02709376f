"""What cards, devices, addresses and the request itself tell, by hand."""

from typing import Any

import numpy as np
import pytest

from brain.domain import DAY_MS, HOUR_MS, Query
from brain.features.distinct import DISTINCT_MAX
from brain.features.formulas import FEATURE_NAMES
from brain.features.grounds import CONTEXT_GROUNDS, LINK_GROUNDS
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.reasons.sentences import SENTENCES
from brain.reasons.wording import Facts
from brain.scoring.features import read_features

NOW_MS = 1_700_000_000_000  # a Tuesday, 22:13 UTC


def paid(name: str, *, hours_ago: float = 0.0, amount: int = 20_00, user: str = "u1", **told: Any) -> Query:
    """A payment some hours before NOW_MS."""
    return Query(name, NOW_MS - round(hours_ago * HOUR_MS), amount, user, told.pop("merchant", "m1"), **told)


def seen(query: Query, *before: Query) -> dict[str, float]:
    """The features of a query after these payments, by name."""
    memory = Memory(0.1)
    memory.coverage.read_all()
    memory.add(before)
    return dict(zip(FEATURE_NAMES, read_features(memory, rows_of([query]))[0][0].tolist(), strict=True))


def sentence(code: str, query: Query, *before: Query, contribution: float = 1.0) -> str:
    """The sentence of a ground."""
    return SENTENCES[code](Facts(query, list(seen(query, *before).values())), contribution)


def test_thirty_cards_on_one_device_in_an_hour_are_seen_and_told() -> None:
    """Whoever tries stolen cards: each of another user, small amounts, one device."""
    before = [
        paid(f"t{n}", hours_ago=(30 - n) / 40, amount=99, user=f"u{n}", card=f"c{n}", device="d") for n in range(29)
    ]
    query = paid("now", user="u30", card="c30", device="d", amount=99)

    found = seen(query, *before)

    assert (found["device_count_1h"], found["device_cards_1d"], found["device_users_30d"]) == (29, 30, 30)
    assert found["device_small_run"] == 29
    assert sentence("DEVICE_ACTIVITY", query, *before) == "30th card on this device today"


def test_the_fourth_card_on_a_device_is_told_as_such_and_a_card_again_is_not() -> None:
    """A sentence must be true of this payment."""
    before = [paid(f"t{n}", hours_ago=n + 1, card=f"c{n}", device="d") for n in range(3)]

    assert (
        sentence("DEVICE_ACTIVITY", paid("now", card="c9", device="d"), *before) == "fourth card on this device today"
    )
    assert sentence("DEVICE_ACTIVITY", paid("now", card="c1", device="d"), *before) == "3 cards on this device today"


def test_more_than_the_most_distinct_ones_are_not_told_apart() -> None:
    """Counting stays cheap."""
    before = [paid(f"t{n}", hours_ago=1, card=f"c{n}", device="d") for n in range(DISTINCT_MAX + 9)]

    assert seen(paid("now", card="c0", device="d"), *before)["device_cards_1d"] == DISTINCT_MAX


def test_pairings_are_as_old_as_their_first_payment() -> None:
    """A card that this user has used for three days, and a device that is new to the user but not to others."""
    before = [
        paid("a", hours_ago=72, card="c", device="old"),
        paid("b", hours_ago=24, card="c", device="old"),
        paid("c", hours_ago=48, user="u2", device="new"),
    ]

    found = seen(paid("now", card="c", device="new"), *before)

    assert (found["user_days_with_card"], found["user_days_with_device"]) == (3, 0)
    assert (found["user_devices_30d"], found["device_users_30d"], found["device_days_known"]) == (2, 2, 2)


def test_a_series_of_cards_of_one_issuer_is_seen_at_the_merchant() -> None:
    """Card testing by BIN: others' cards of other issuers do not count."""
    before = [paid(f"t{n}", hours_ago=0.5, user=f"u{n}", card=f"c{n}", card_bin="411111") for n in range(5)]
    before += [paid(f"o{n}", hours_ago=0.5, user=f"o{n}", card=f"o{n}", card_bin="522222") for n in range(3)]

    found = seen(paid("now", user="x", card="x", card_bin="411111"), *before)

    assert (found["merchant_bin_count_1h"], found["merchant_bin_cards_1d"], found["merchant_count_1h"]) == (5, 6, 8)


def test_the_first_payment_at_a_kind_of_shop_is_seen() -> None:
    """And amounts are compared with what this user pays at such shops."""
    before = [paid(f"t{n}", hours_ago=24 * (n + 1), amount=10_00, category="5411") for n in range(3)]
    first, again = paid("now", amount=50_00, category="Travel"), paid("now", amount=50_00, category="5411")

    assert seen(first, *before)["user_category_count_30d"] == 0
    assert np.isnan(seen(first, *before)["amount_to_user_category_median"])
    assert seen(again, *before)["amount_to_user_category_median"] == 5
    told = "first payment of this user in 30 days at this kind of shop (Travel)"
    assert sentence("CATEGORY", first, *before) == told


def test_known_frauds_reach_who_shares_a_device() -> None:
    """From the moment they are known, and for no longer than the window."""
    memory = Memory(0.1)
    memory.coverage.read_all()
    memory.add([paid("a", hours_ago=48, user="thief", device="d")])
    memory.label("a", is_fraud=True, known_at_ms=NOW_MS - HOUR_MS, revision=1)
    column = FEATURE_NAMES.index("device_frauds_30d")

    late, early = paid("now", device="d"), paid("now", hours_ago=2, device="d")

    assert read_features(memory, rows_of([late, early]))[0][:, column].tolist() == [1, 0]


def test_the_clock_is_that_of_the_buyer() -> None:
    """22:13 of a Tuesday in London is Wednesday morning in Tokyo."""
    london, tokyo = seen(paid("now")), seen(paid("now", billing_country="JP"))

    assert (london["local_hour"], london["local_weekday"]) == (22, 1)
    assert (tokyo["local_hour"], tokyo["local_weekday"]) == (7, 2)


@pytest.mark.parametrize(("location", "differs"), [("DE", 0.0), ("US", 1.0), (None, np.nan)])
def test_countries_are_compared_where_both_are_known(location: str | None, differs: float) -> None:
    """What is not told is no mismatch."""
    found = seen(paid("now", card_country="DE", location_country=location))

    assert found["card_country_mismatch"] == pytest.approx(differs, nan_ok=True)


def test_four_fields_are_enough() -> None:
    """Everything that was not told is unknown, and no other feature is."""
    found = seen(paid("now"), paid("a", hours_ago=1))

    told = {name for name, value in found.items() if not np.isnan(value)}
    others = ("card_", "device_", "address_", "email_", "category", "channel", "payment", "account")
    assert not [name for name in told if name.startswith(others)]
    assert {"user_count_1h", "merchant_count_1h", "local_hour"} <= told


def test_every_new_ground_has_a_sentence_whatever_is_missing() -> None:
    """With all signals and with none, with a history and without."""
    whole = paid(
        "now",
        card="c",
        card_bin="4",
        card_country="DE",
        location_country="US",
        billing_country="FR",
        shipping_country="GB",
        merchant_country="US",
        device="d",
        address="a",
        email="e",
        email_domain="x.example",
        account_created_ms=NOW_MS - DAY_MS // 2,
        category="5411",
        channel="web",
        payment_method="card",
        card_funding="credit",
    )
    for query in (whole, paid("now"), paid("now", merchant=None)):
        for before in ((), (paid("a", hours_ago=1, card="c", device="d", email="e", address="a"),)):
            for code in ("USER_CARDS", "USER_DEVICES", "CARD_TESTING", *LINK_GROUNDS, *CONTEXT_GROUNDS):
                told = sentence(code, query, *before)
                assert "nan" not in told
                assert "None" not in told
