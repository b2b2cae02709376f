"""The town has the kinds of payments and frauds that it promises; what makes them is drawn from a seed."""

import numpy as np
import pytest

from brain.features.windows import NEVER_MS
from training.payments import NO_CODE, NO_OFFSET_MIN, NO_TIME_MS, TEXTS
from training.world.town import constants as c
from training.world.town.columns import Ints
from training.world.town.rules import DAY_MS, Rules
from training.world.town.simulator import Town, simulate_town

SMALL = Rules(users=900, merchants=250, days=120, fraud_times=4.0)
TESTING, STOLEN = c.SCENARIOS.index(c.TESTING), c.SCENARIOS.index(c.STOLEN)


@pytest.fixture(scope="module")
def town() -> Town:
    """About 20,000 payments, with more fraud than usual, so that each kind is there."""
    return simulate_town(31, SMALL)


def of(town: Town, scenario: str) -> Ints:
    """The rows of one scenario."""
    return np.flatnonzero(town.scenario == c.SCENARIOS.index(scenario))


def distinct(values: Ints) -> int:
    """How many different ones are known."""
    return int(np.unique(values[values != NO_CODE]).size)


def test_the_same_seed_makes_the_same_town(town: Town) -> None:
    """Whoever repeats an evaluation judges the same payments; another seed makes others."""
    again, other = simulate_town(31, SMALL), simulate_town(32, SMALL)

    assert np.array_equal(town.payments.amount_minor, again.payments.amount_minor)
    assert np.array_equal(town.payments.known_at_ms, again.payments.known_at_ms)
    assert np.array_equal(town.scenario, again.scenario)
    assert len(town.payments) != len(other.payments)


def test_payments_are_in_order_within_the_days(town: Town) -> None:
    """Nothing downstream has to sort."""
    assert (np.diff(town.payments.time_ms) >= 0).all()
    assert town.day.min() == 0
    assert town.day.max() == SMALL.days - 1
    assert 15_000 < len(town.payments) < 50_000


def test_every_code_has_its_text(town: Town) -> None:
    """Text columns point into their lists, and each list is used."""
    for name in TEXTS:
        column, texts = getattr(town.payments, name), town.payments.categories[name]
        assert column.max() < len(texts), name
        assert column.min() >= NO_CODE, name
        assert distinct(column) > len(texts) // 2, name


def test_in_a_shop_nobody_knows_device_address_or_email(town: Town) -> None:
    """What the channel cannot know is missing, as it is for merchants."""
    payments = town.payments
    in_shop = payments.channel == payments.categories["channel"].index("pos")

    assert 0.2 < in_shop.mean() < 0.6
    for name in ("device", "address", "email", "email_domain", "billing_country", "shipping_country"):
        assert (getattr(payments, name)[in_shop] == NO_CODE).all(), name
    assert (payments.account_created_ms[in_shop] == NO_TIME_MS).all()


def test_amounts_are_skewed_and_none_is_fraud_by_itself(town: Town) -> None:
    """The mean is well above the median; of the largest hundred payments most are genuine."""
    genuine = town.payments.amount_minor[~town.fraud]
    largest = np.argsort(town.payments.amount_minor)[-100:]

    assert genuine.mean() > 2 * np.median(genuine)
    assert town.fraud[largest].mean() < 0.5
    assert town.payments.amount_minor.min() >= 50


def test_frauds_have_their_shares() -> None:
    """As the table says, for a town large enough for shares to mean something."""
    found = simulate_town(33, Rules(users=6_000, merchants=800, days=120))
    shares = np.bincount(found.scenario, minlength=len(c.SCENARIOS)) / found.fraud.sum()

    assert found.fraud.mean() == pytest.approx(c.FRAUD_SHARE, rel=0.25)
    for name, share in c.SHARES.items():
        assert shares[c.SCENARIOS.index(name)] == pytest.approx(share, abs=0.1), name


def test_households_share_addresses_and_devices_and_users_have_several_cards(town: Town) -> None:
    """Sharing is no sign of fraud by itself."""
    payments, honest = town.payments, ~town.fraud
    device = payments.device[honest & (payments.device != NO_CODE)]
    user = payments.user[honest & (payments.device != NO_CODE)]
    users_of = np.unique(np.stack([device, user]), axis=1)[0]

    assert (np.bincount(users_of) > 1).sum() > 50
    assert distinct(payments.card[honest]) > 1.2 * distinct(payments.user[honest])


def test_a_test_of_cards_has_many_cards_of_one_bin_at_one_merchant(town: Town) -> None:
    """Small amounts, minutes apart; what the user does says little, what bin and merchant do says all."""
    rows = of(town, c.TESTING)
    payments = town.payments.take(rows)
    pairs = np.unique(np.stack([payments.merchant, payments.card_bin]), axis=1).shape[1]

    assert np.median(payments.amount_minor) < 3_00
    assert distinct(payments.card) == rows.size
    assert pairs < rows.size / 10


def test_stolen_cards_are_used_by_new_accounts_and_rings_use_devices_again(town: Town) -> None:
    """Hours after the account was made, mostly, and from devices that other stolen cards were used from."""
    payments = town.payments.take(of(town, c.STOLEN))
    age_ms = payments.time_ms - payments.account_created_ms

    assert np.median(age_ms) < DAY_MS
    assert distinct(payments.device) < 0.9 * distinct(payments.user)


def test_taken_over_accounts_are_known_ones_on_devices_that_are_not(town: Town) -> None:
    """Each user paid before; hardly a device is the user's."""
    rows = of(town, c.TAKEOVER)
    payments, honest = town.payments, town.payments.take(~town.fraud)
    own = set(zip(honest.user.tolist(), honest.device.tolist(), strict=True))
    pairs = list(zip(payments.user[rows].tolist(), payments.device[rows].tolist(), strict=True))

    assert np.isin(payments.user[rows], honest.user).all()
    assert sum(pair in own for pair in pairs) == 0


def test_labels_come_late_some_never_and_a_few_are_wrong(town: Town) -> None:
    """A median of 24 days; what is told is not the truth."""
    payments, fraud = town.payments, town.fraud
    told = payments.known_at_ms < NEVER_MS
    days = (payments.known_at_ms - payments.time_ms)[told & fraud] / DAY_MS

    assert np.array_equal(told, payments.fraud)
    assert np.median(days) == pytest.approx(c.LABEL_DAYS_MEDIAN, rel=0.2)
    assert days.min() > 0
    assert 0.02 < (fraud & ~told).sum() / fraud.sum() < 0.12
    assert 0 < (told & ~fraud).mean() < 0.001


def test_local_times_are_told_by_some_merchants_only(town: Town) -> None:
    """An offset of none is not an offset of zero."""
    known = town.payments.utc_offset_min != NO_OFFSET_MIN

    assert 0.3 < known.mean() < 0.8
    assert (np.abs(town.payments.utc_offset_min[known]) <= 14 * 60).all()
    assert not (town.payments.utc_offset_min == 0).any()


def test_people_sleep(town: Town) -> None:
    """By the clock of the country where they are, genuine payments are rare at four in the night."""
    honest = town.payments.take(~town.fraud)
    offset = np.array([country.offset_min for country in c.COUNTRIES])[honest.location_country]
    hour = (honest.time_ms + offset * 60_000) // 3_600_000 % 24

    by_hour = np.bincount(hour, minlength=24) / len(honest)
    assert by_hour[4] < 0.4 * by_hour[13]
