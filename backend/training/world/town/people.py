"""Settles the town: households, and the users in them with their cards, devices and habits."""

from dataclasses import dataclass

import numpy as np

from training.world.town import constants as c
from training.world.town.columns import Codes, Floats, Ints, groups, pick
from training.world.town.rules import DAY_MS, Rules

DOMAINS = (*c.EMAIL_DOMAINS, *c.DISPOSABLE_DOMAINS)
FUNDINGS = tuple(c.FUNDING)
BINS = tuple(f"4{country:02d}{number:03d}" for country in range(len(c.COUNTRIES)) for number in range(c.BINS_A_COUNTRY))
COUNTRY_SHARES = [country.share for country in c.COUNTRIES]


@dataclass(frozen=True, slots=True)
class People:
    """
    U users and their H households; countries, domains and bins are positions in the tables.

    Attributes:
        household, country, email, domain, created_ms: (U,) of each user.
        first_ms, last_ms: (U,) between which the user pays.
        pays_a_day, level: (U,) payments a day, and what the user pays for the same thing as others, as a factor.
        card, card_country, card_bin, card_funding: (C,) of each card.
        first_card, cards: (U,) the first of a user's cards, which follow each other, and their number.
        device: (U, 2) the user's, before and from switch_ms on.
        switch_ms: (U,) when the user gets another device.
        home_device: (H,) of each household.
        home_address: (H, A) one after the other, for ADDRESS_DAYS each.
        trip_ms, trip_end_ms, trip_country: (U,) of the one journey; both times are equal where there is none.
        is_private: (U,) whether the user goes through a private network.
    """

    household: Ints
    country: Ints
    email: Ints
    domain: Ints
    created_ms: Ints
    first_ms: Ints
    last_ms: Ints
    pays_a_day: Floats
    level: Floats
    card: Ints
    card_country: Ints
    card_bin: Ints
    card_funding: Ints
    first_card: Ints
    cards: Ints
    device: Ints
    switch_ms: Ints
    home_device: Ints
    home_address: Ints
    trip_ms: Ints
    trip_end_ms: Ints
    trip_country: Ints
    is_private: Ints


def settle(rng: np.random.Generator, rules: Rules, codes: Codes) -> People:
    """Settle a town of these rules."""
    sizes = 1 + pick(rng, c.HOUSEHOLD_SIZES, rules.users)
    household = groups(sizes)[0][: rules.users]
    households = int(household[-1]) + 1
    country = pick(rng, COUNTRY_SHARES, households)[household]
    users = household.size
    domain = pick(rng, list(c.EMAIL_DOMAINS.values()), users)
    secret = rng.random(users) < c.DISPOSABLE_USERS
    domain = np.where(secret, len(c.EMAIL_DOMAINS) + rng.integers(0, len(c.DISPOSABLE_DOMAINS), users), domain)
    first_ms, last_ms, created_ms = _stays(rng, rules, users)
    cards = 1 + pick(rng, c.CARDS, users)
    owner = np.repeat(np.arange(users), cards)
    card_country = np.where(
        rng.random(owner.size) < c.FOREIGN_CARDS, pick(rng, COUNTRY_SHARES, owner.size), country[owner]
    )
    card_bin, funding = draw_bins(rng, card_country)
    is_away = rng.random(users) < c.TRAVELS
    trip_ms = rules.start_ms + (rng.random(users) * rules.days * DAY_MS).astype(np.int64)
    length_ms = (rng.exponential(c.TRIP_DAYS, users) * DAY_MS).astype(np.int64)
    moves = int(rules.days / c.ADDRESS_DAYS) + 2
    return People(
        household=household,
        country=country,
        email=codes.take("email", users),
        domain=domain,
        created_ms=created_ms,
        first_ms=first_ms,
        last_ms=last_ms,
        pays_a_day=c.PAYMENTS_A_DAY_MEDIAN * np.exp(rng.normal(0, c.PAYMENTS_SPREAD, users)),
        level=np.exp(rng.normal(0, c.USER_LEVEL_SPREAD, users)),
        card=codes.take("card", owner.size),
        card_country=card_country,
        card_bin=card_bin,
        card_funding=funding,
        first_card=np.cumsum(cards) - cards,
        cards=cards,
        device=codes.take("device", 2 * users).reshape(users, 2),
        switch_ms=rules.start_ms + (rng.random(users) * rules.days / c.SWITCHES_DEVICE * DAY_MS).astype(np.int64),
        home_device=codes.take("device", households),
        home_address=codes.take("address", households * moves).reshape(households, moves),
        trip_ms=trip_ms,
        trip_end_ms=trip_ms + np.where(is_away, length_ms, 0),
        trip_country=pick(rng, COUNTRY_SHARES, users),
        is_private=(rng.random(users) < c.PRIVATE_NETWORK).astype(np.int64),
    )


def draw_bins(rng: np.random.Generator, country: Ints) -> tuple[Ints, Ints]:
    """Draw the bin and the funding of cards (n,) that were issued in these countries: a bin has one funding."""
    number = pick(rng, 1.0 / np.arange(1, c.BINS_A_COUNTRY + 1), country.size)
    card_bin = country * c.BINS_A_COUNTRY + number
    return card_bin, funding_of(card_bin)


def funding_of(card_bin: Ints) -> Ints:
    """Return the funding of each bin: the table is the same in every town."""
    table = pick(np.random.default_rng(len(BINS)), list(c.FUNDING.values()), len(BINS))
    return np.asarray(table[card_bin])


def _stays(rng: np.random.Generator, rules: Rules, users: int) -> tuple[Ints, Ints, Ints]:
    """Draw when users begin and stop to pay, and when their accounts were made."""
    span_ms = rules.days * DAY_MS
    end_ms = rules.start_ms + span_ms
    is_new, leaves = rng.random(users) < c.NEW_USERS, rng.random(users) < c.LEAVING_USERS
    first_ms = np.where(is_new, rules.start_ms + (rng.random(users) * span_ms).astype(np.int64), rules.start_ms)
    last_ms = np.where(leaves, first_ms + (rng.random(users) * (end_ms - first_ms)).astype(np.int64), end_ms)
    old_ms = (c.ACCOUNT_DAYS_MEDIAN * np.exp(rng.normal(0, c.ACCOUNT_SPREAD, users)) * DAY_MS).astype(np.int64)
    # Who is new makes the account minutes before the first payment, and some of them days before.
    young_ms = (np.exp(rng.normal(np.log(600), 2.5, users)) * 1000).astype(np.int64)
    created_ms = first_ms - np.where(is_new, np.minimum(young_ms, 60 * DAY_MS), old_ms)
    return first_ms, last_ms, created_ms // 1000 * 1000
