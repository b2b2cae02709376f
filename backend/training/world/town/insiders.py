"""Makes the frauds on accounts that merchants know: takeovers, copied cards, accounts built up to be emptied."""

import numpy as np

from training.world.town import constants as c
from training.world.town.columns import Columns, Ints, groups, joined, pick
from training.world.town.merchants import KIND_SHARES
from training.world.town.people import draw_bins
from training.world.town.rings import Rings, bursts, domains, sizes
from training.world.town.rules import DAY_MS
from training.world.town.setting import CARD, MOBILE, ONLINE, WEB, Setting, requests
from training.world.town.spending import buyer
from training.world.town.strangers import WANTED, dear, where_wanted

TO_DROP = 0.60  # of taken accounts have goods sent to the ring (guess)
SKIMMED_ABROAD = 0.35  # of copied cards are used in another country (guess)
GOOD_DAYS, GOOD_PAYMENTS = 40.0, 9.0  # of an account that will be emptied, before that (guess)
ACCOUNTS_A_DEVICE = 3  # that will be emptied (guess)
FILLING_TIMES = 0.6  # what such an account pays before, against others (guess)


def takeover(rng: np.random.Generator, setting: Setting, rings: Rings, total: int) -> Columns:
    """Make about `total` payments from accounts that a ring took over: the user's card, another device."""
    counts = sizes(rng, c.PAYMENTS_AN_EPISODE[c.TAKEOVER], round(total / c.PAYMENTS_AN_EPISODE[c.TAKEOVER]))
    ring, onset_ms = rings.episodes(rng, counts.size)
    user = _victims(rng, setting, onset_ms)
    country = setting.people.country[user]
    episode, time_ms = bursts(rng, onset_ms, counts, gap_s=480.0, spread=1.2)
    merchant = where_wanted(rng, setting.merchants, country, counts)
    made = {
        **buyer(rng, setting, user, onset_ms),
        "shipping_country": np.where(rng.random(user.size) < TO_DROP, rings.drop[ring], country),
        "location_country": rings.location(rng, ring, country),
        "device": rings.devices(rng, setting, ring),
        "address": rings.addresses(rng, setting, ring),
        "payment_method": np.full(user.size, CARD),
        "scenario": np.full(user.size, c.SCENARIOS.index(c.TAKEOVER)),
    }
    made = {name: column[episode] for name, column in made.items()}
    made["amount_minor"] = dear(rng, setting, merchant)
    return requests(setting, merchant=merchant, time_ms=time_ms, online=np.ones(episode.size, np.bool_), given=made)


def skimmed(rng: np.random.Generator, setting: Setting, rings: Rings, total: int) -> Columns:
    """Make about `total` payments with copied cards in shops: a small one first, then what can be sold."""
    counts = sizes(rng, c.PAYMENTS_AN_EPISODE[c.SKIMMED], round(total / c.PAYMENTS_AN_EPISODE[c.SKIMMED]), least=2)
    ring, onset_ms = rings.episodes(rng, counts.size)
    user = _victims(rng, setting, onset_ms)
    home = setting.people.country[user]
    where = np.where(rng.random(user.size) < SKIMMED_ABROAD, rings.country[ring], home)
    episode, time_ms = bursts(rng, onset_ms, counts, gap_s=900.0, spread=0.8)
    kind = pick(rng, WANTED * (1 - ONLINE), episode.size)
    merchant = setting.merchants.draw(rng, where[episode], kind)
    first = groups(counts)[1] == 0
    made = buyer(rng, setting, user, onset_ms)
    made |= {"location_country": where, "payment_method": np.full(user.size, CARD)}
    made |= {"scenario": np.full(user.size, c.SCENARIOS.index(c.SKIMMED))}
    made = {name: column[episode] for name, column in made.items()}
    amount = dear(rng, setting, merchant)
    made["amount_minor"] = np.where(first, np.maximum(amount // 10, 100), amount)
    return requests(setting, merchant=merchant, time_ms=time_ms, online=np.zeros(episode.size, np.bool_), given=made)


def bust_out(rng: np.random.Generator, setting: Setting, rings: Rings, total: int) -> Columns:
    """
    Make about `total` payments that empty the credit of an account, and the good payments before them.

    The good ones count as genuine: nobody lost anything.
    """
    accounts = max(round(total / c.PAYMENTS_AN_EPISODE[c.BUST_OUT]), 1)
    ring, onset_ms = rings.episodes(rng, accounts)
    country = rings.country[ring]
    start_ms = onset_ms - (GOOD_DAYS * (0.6 + rng.random(accounts) * 0.8) * DAY_MS).astype(np.int64)
    start_ms = np.maximum(start_ms, setting.rules.start_ms)
    shared = np.arange(accounts) // ACCOUNTS_A_DEVICE
    card_bin, funding = draw_bins(rng, country)
    account: Columns = {
        "user": setting.codes.take("user", accounts) + setting.people.country.size,
        "email": setting.codes.take("email", accounts),
        "email_domain": domains(rng, accounts),
        "account_created_ms": (start_ms - 3 * DAY_MS) // 1000 * 1000,
        "card": setting.codes.take("card", accounts),
        "card_bin": card_bin,
        "card_funding": funding,
        "card_country": country,
        "billing_country": country,
        "location_country": country,
        "shipping_country": country,
        "device": setting.codes.take("device", accounts)[shared],
        "address": setting.codes.take("address", accounts)[shared],
        "channel": np.where(rng.random(accounts) < 0.5, MOBILE, WEB),
        "payment_method": np.full(accounts, CARD),
    }
    good = sizes(rng, GOOD_PAYMENTS, accounts, least=3)
    which = groups(good)[0]
    good_ms = start_ms[which] + (rng.random(which.size) * (onset_ms - start_ms)[which]).astype(np.int64)
    shop = setting.merchants.draw(rng, country[which], pick(rng, KIND_SHARES, which.size))
    amount = setting.amounts(rng, shop, np.full(which.size, FILLING_TIMES))
    before = _paid(setting, _of(account, which, c.GENUINE), shop, good_ms, amount)
    counts = sizes(rng, total / accounts, accounts, least=3)
    which, time_ms = bursts(rng, onset_ms, counts, gap_s=2_400.0, spread=0.8)
    shop = where_wanted(rng, setting.merchants, country, counts)
    spree = _paid(setting, _of(account, which, c.BUST_OUT), shop, time_ms, dear(rng, setting, shop))
    return joined([before, spree])


def _of(account: Columns, which: Ints, scenario: str) -> Columns:
    made = {name: column[which] for name, column in account.items()}
    return made | {"scenario": np.full(which.size, c.SCENARIOS.index(scenario))}


def _paid(setting: Setting, account: Columns, shop: Ints, time_ms: Ints, amount_minor: Ints) -> Columns:
    online, given = np.ones(shop.size, np.bool_), account | {"amount_minor": amount_minor}
    return requests(setting, merchant=shop, time_ms=time_ms, online=online, given=given)


def _victims(rng: np.random.Generator, setting: Setting, onset_ms: Ints) -> Ints:
    """Draw a user who pays at each time (n,), the busier the likelier."""
    people = setting.people
    weight = people.pays_a_day * (people.last_ms - people.first_ms)
    user = pick(rng, weight, onset_ms.size)
    for _ in range(20):  # those who were not there yet, or no longer, are drawn again
        absent = (people.first_ms[user] > onset_ms) | (people.last_ms[user] < onset_ms)
        user[absent] = pick(rng, weight, int(absent.sum()))
    return user
