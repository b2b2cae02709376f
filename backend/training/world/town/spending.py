"""Makes the genuine payments of the town: visits to merchants, and bills that come back each month."""

import numpy as np

from training.world.town import constants as c
from training.world.town.columns import Bools, Columns, Ints, groups, joined, pick, running
from training.world.town.merchants import KIND_SHARES
from training.world.town.people import COUNTRY_SHARES
from training.world.town.rules import DAY_MS, HOUR_MS
from training.world.town.setting import CARD, MOBILE, OFFSETS_MIN, ONLINE, WEB, Setting, requests

BILLED = np.array([kind.name in c.BILLED for kind in c.CATEGORIES])


def genuine(rng: np.random.Generator, setting: Setting) -> Columns:
    """Make all genuine payments, unordered."""
    return joined([_visits(rng, setting), _bills(rng, setting)])


def buyer(rng: np.random.Generator, setting: Setting, user: Ints, time_ms: Ints) -> Columns:
    """Make the columns that a user brings to each payment: who pays, with which card, by what, from where."""
    people = setting.people
    where, away = setting.whereabouts(user, time_ms)
    card = setting.card(rng, user)
    gift = rng.random(user.size) < c.GIFTS_ABROAD
    return {
        "scenario": np.zeros(user.size, np.int64),
        "user": user,
        "email": people.email[user],
        "email_domain": people.domain[user],
        "account_created_ms": people.created_ms[user],
        "card": people.card[card],
        "card_bin": people.card_bin[card],
        "card_country": people.card_country[card],
        "card_funding": people.card_funding[card],
        "billing_country": people.card_country[card],
        "shipping_country": np.where(gift, pick(rng, COUNTRY_SHARES, user.size), people.country[user]),
        "location_country": where,
        "device": setting.device(rng, user, time_ms, away),
        "address": setting.address(rng, user, time_ms, where, away),
        "channel": np.where(rng.random(user.size) < 0.55, MOBILE, WEB),
        "payment_method": pick(rng, list(c.METHODS.values()), user.size),
    }


def local_times(rng: np.random.Generator, day: Ints, offset_min: Ints) -> Ints:
    """Draw a time on each day (n,), milliseconds since the epoch at UTC midnight, by the hours at which people pay."""
    which = pick(rng, [share for _, _, share in c.HOURS], day.size)
    mean = np.array([mean for mean, _, _ in c.HOURS])[which]
    deviation = np.array([deviation for _, deviation, _ in c.HOURS])[which]
    hour = rng.normal(mean, deviation) % 24
    return np.asarray(day + (hour * HOUR_MS).astype(np.int64) - offset_min * 60_000)


def favourites(rng: np.random.Generator, setting: Setting) -> Ints:
    """Draw the merchants (U, FAVOURITES) that each user likes, the best one first."""
    user = np.repeat(np.arange(setting.people.country.size), c.FAVOURITES)
    return _somewhere(rng, setting, setting.people.country[user]).reshape(-1, c.FAVOURITES)


def _visits(rng: np.random.Generator, setting: Setting) -> Columns:
    people, rules = setting.people, setting.rules
    stay_days = (people.last_ms - people.first_ms) / DAY_MS
    counts = rng.poisson(people.pays_a_day * stay_days)
    # A new user begins with a payment: that is why the user is there.
    counts = np.maximum(counts, people.first_ms > rules.start_ms)
    user, place = groups(counts)
    day = people.first_ms[user] + rng.random(user.size) * (people.last_ms - people.first_ms)[user]
    day = ((day - rules.start_ms) // DAY_MS).astype(np.int64) * DAY_MS + rules.start_ms
    time_ms = local_times(rng, day, OFFSETS_MIN[people.country[user]])
    is_first = (place == 0) & (people.first_ms[user] > rules.start_ms)
    time_ms = np.where(is_first, people.first_ms[user], np.maximum(time_ms, people.first_ms[user]))

    where, away = setting.whereabouts(user, time_ms)
    liked = np.minimum(rng.geometric(0.22, user.size) - 1, c.FAVOURITES - 1)
    at_favourite = (rng.random(user.size) < c.AT_FAVOURITE) & ~away
    merchant = np.where(at_favourite, favourites(rng, setting)[user, liked], _somewhere(rng, setting, where))
    again = rng.random(user.size) < c.FOLLOWED
    gap_ms = np.exp(rng.normal(np.log(c.FOLLOW_S), c.FOLLOW_SPREAD, again.sum())) * 1000
    elsewhere = np.where(
        rng.random(gap_ms.size) < c.FOLLOW_SAME, merchant[again], _somewhere(rng, setting, where[again])
    )
    user, where = np.concatenate([user, user[again]]), np.concatenate([where, where[again]])
    time_ms = np.concatenate([time_ms, time_ms[again] + gap_ms.astype(np.int64)])
    merchant = np.concatenate([merchant, elsewhere])
    online = rng.random(user.size) < ONLINE[setting.merchants.kind[merchant]]
    # Nobody stands in a shop of another country.
    online |= setting.merchants.country[merchant] != where
    made = buyer(rng, setting, user, time_ms)
    made["amount_minor"] = setting.amounts(rng, merchant, people.level[user])
    paid = requests(setting, merchant=merchant, time_ms=time_ms, online=online, given=made)
    return joined([paid, _retries(rng, paid)])


def _retries(rng: np.random.Generator, paid: Columns) -> Columns:
    """Make payments that are tried again within minutes: the same amount, at the same merchant, once or more."""
    times = rng.geometric(1 - c.RETRIED_AGAIN, paid["user"].size) * (rng.random(paid["user"].size) < c.RETRIED)
    which = groups(times)[0]
    retried = {name: column[which] for name, column in paid.items()}
    wait_s = running(1 + rng.exponential(c.RETRY_S, which.size), times)
    retried["time_ms"] = retried["time_ms"] + wait_s.astype(np.int64) * 1000
    return retried


def _bills(rng: np.random.Generator, setting: Setting) -> Columns:
    """Make what is taken each month: the same amount by the same card, without a device."""
    people = setting.people
    owner = groups(rng.poisson(c.BILLS_A_USER, people.country.size))[0]
    merchant = setting.merchants.draw(rng, people.country[owner], pick(rng, KIND_SHARES * BILLED, owner.size))
    amount = setting.amounts(rng, merchant, people.level[owner])
    first_ms = people.first_ms[owner] + (rng.random(owner.size) * c.BILL_DAYS * DAY_MS).astype(np.int64)
    counts = np.maximum((people.last_ms[owner] - first_ms) // (c.BILL_DAYS * DAY_MS) + 1, 0)
    bill, place = groups(counts)
    rises = (rng.random(owner.size) < c.BILL_CHANGES)[bill] & (place >= counts[bill] // 2)
    user = owner[bill]
    time_ms = first_ms[bill] + place * c.BILL_DAYS * DAY_MS
    made = buyer(rng, setting, user, time_ms) | {
        "amount_minor": np.where(rises, amount[bill] * 11 // 10, amount[bill]),
        "channel": np.full(user.size, WEB),
        "payment_method": np.full(user.size, CARD),
    }
    card = people.first_card[user]  # the same each month
    made |= {"card": people.card[card], "card_bin": people.card_bin[card]}
    made |= {"card_country": people.card_country[card], "card_funding": people.card_funding[card]}
    made |= {"location_country": people.country[user], "billing_country": people.card_country[card]}
    made |= {"device": np.full(user.size, -1), "address": np.full(user.size, -1)}
    online: Bools = np.ones(user.size, np.bool_)
    return requests(setting, merchant=merchant[bill], time_ms=time_ms, online=online, given=made)


def _somewhere(rng: np.random.Generator, setting: Setting, country: Ints) -> Ints:
    """Draw a merchant for each buyer in these countries (n,): of any kind, a few abroad."""
    abroad = rng.random(country.size) < c.ABROAD
    seller = np.where(abroad, pick(rng, COUNTRY_SHARES, country.size), country)
    return setting.merchants.draw(rng, seller, pick(rng, KIND_SHARES, country.size))
