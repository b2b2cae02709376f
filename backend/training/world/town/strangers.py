"""Makes the frauds of people whom no merchant knows: stolen cards of new customers, and tests of cards."""

import numpy as np

from training.world.town import constants as c
from training.world.town.columns import Bools, Columns, Floats, Ints, groups, pick
from training.world.town.merchants import KIND_SHARES, Merchants
from training.world.town.people import COUNTRY_SHARES, draw_bins, funding_of
from training.world.town.rings import Rings, bursts, domains, sizes
from training.world.town.setting import CARD, MOBILE, WEB, Setting, requests

WANTED = KIND_SHARES * np.array([kind.wanted for kind in c.CATEGORIES])
SAME_SHOP = 0.60  # of an episode's later payments are where the first was (guess)
PAYMENTS_A_CARD = 3  # before the next stolen card is used (guess)
TO_DROP = 0.55  # of episodes have goods sent to the ring (guess)
THIEVES_LEVEL, THIEVES_SPREAD = 1.9, 0.4  # of what others pay for the same thing (guess)
WAITS_S, WAITS_SPREAD = 1_800.0, 2.0  # median age of an account at the first payment (guess)
TEST_MEDIAN, TEST_SPREAD = 1.60, 0.6  # of an amount that tests a card, units (guess)
ONE_USER = 0.90  # of tests run under one account; the others as guests, each a new user (guess)
ONE_DEVICE = 0.65  # of tests come from one device; else it changes after a few cards (guess)
CARDS_A_DEVICE, CARDS_AN_ADDRESS = 5, 12  # where they change (guess)


def stolen(rng: np.random.Generator, setting: Setting, rings: Rings, total: int) -> Columns:
    """Make about `total` payments by new accounts with cards of others."""
    counts = sizes(rng, c.PAYMENTS_AN_EPISODE[c.STOLEN], round(total / c.PAYMENTS_AN_EPISODE[c.STOLEN]))
    ring, onset_ms = rings.episodes(rng, counts.size)
    episode, time_ms = bursts(rng, onset_ms, counts, gap_s=400.0, spread=1.2)
    place = groups(counts)[1]
    victim = pick(rng, COUNTRY_SHARES, counts.size)
    cards = setting.codes.take("card", episode.size)
    first = np.arange(episode.size) - place % PAYMENTS_A_CARD
    card_bin, funding = draw_bins(rng, victim[episode])
    to = np.where(rng.random(counts.size) < TO_DROP, rings.drop[ring], victim)
    waits_s = np.exp(rng.normal(np.log(WAITS_S), WAITS_SPREAD, counts.size))
    merchant = where_wanted(rng, setting.merchants, victim, counts)
    made: Columns = _new_account(rng, setting, counts.size, onset_ms, waits_s)
    made |= {
        "scenario": np.full(counts.size, c.SCENARIOS.index(c.STOLEN)),
        "shipping_country": to,
        "billing_country": victim,
        "card_country": victim,
        "location_country": rings.location(rng, ring, victim),
        "device": rings.devices(rng, setting, ring),
        "address": rings.addresses(rng, setting, ring),
    }
    made = {name: column[episode] for name, column in made.items()}
    made |= {"card": cards[first], "card_bin": card_bin[first], "card_funding": funding[first]}
    made["amount_minor"] = dear(rng, setting, merchant)
    online = np.ones(episode.size, np.bool_)
    return requests(setting, merchant=merchant, time_ms=time_ms, online=online, given=made)


def testing(rng: np.random.Generator, setting: Setting, rings: Rings, total: int) -> Columns:
    """Make about `total` payments that find out which cards of a bin work: small, quick, at one merchant."""
    episodes = max(round(total / c.PAYMENTS_AN_EPISODE[c.TESTING]), 1)
    counts = sizes(rng, total / episodes, episodes, least=8)
    ring, onset_ms = rings.episodes(rng, episodes)
    episode, time_ms = bursts(rng, onset_ms, counts, gap_s=25.0)
    place, n = groups(counts)[1], episode.size
    shops = setting.merchants
    of_kind = np.flatnonzero(np.isin(shops.kind, [k for k, kind in enumerate(c.CATEGORIES) if kind.name in c.TESTED]))
    merchant = of_kind[rng.integers(0, of_kind.size, episodes)][episode]
    victim = pick(rng, COUNTRY_SHARES, episodes)
    card_bin = draw_bins(rng, victim)[0]
    account = _new_account(rng, setting, n, time_ms, np.full(n, 20.0))
    one_user, one_device = (rng.random(episodes) < share for share in (ONE_USER, ONE_DEVICE))
    first = np.arange(n) - place
    account = {name: column[np.where(one_user[episode], first, np.arange(n))] for name, column in account.items()}
    device = _changing(rings.devices(rng, setting, ring), setting.codes.take("device", n), one_device, counts)
    address = rings.address[ring[episode], place // CARDS_AN_ADDRESS % rings.address.shape[1]]
    made = account | {
        "scenario": np.full(n, c.SCENARIOS.index(c.TESTING)),
        "card": setting.codes.take("card", n),
        "card_bin": card_bin[episode],
        "card_country": victim[episode],
        "card_funding": funding_of(card_bin)[episode],
        "billing_country": victim[episode],
        "shipping_country": victim[episode],
        "location_country": rings.location(rng, ring, victim)[episode],
        "device": device,
        "address": np.where(one_device[episode], rings.addresses(rng, setting, ring)[episode], address),
        "amount_minor": np.maximum(np.rint(100 * TEST_MEDIAN * np.exp(rng.normal(0, TEST_SPREAD, n))), 50).astype(int),
    }
    return requests(setting, merchant=merchant, time_ms=time_ms, online=np.ones(n, np.bool_), given=made)


def where_wanted(rng: np.random.Generator, shops: Merchants, country: Ints, counts: Ints) -> Ints:
    """Draw the merchant of each payment of episodes (E,) in these countries, mostly where the first one was."""
    episode, place = groups(counts)
    merchant = shops.draw(rng, country[episode], pick(rng, WANTED, episode.size))
    stays = (rng.random(episode.size) < SAME_SHOP) & (place > 0)
    return np.where(stays, merchant[np.arange(episode.size) - place], merchant)


def dear(rng: np.random.Generator, setting: Setting, merchant: Ints) -> Ints:
    """Draw what thieves pay at each merchant: more than others."""
    level: Floats = THIEVES_LEVEL * np.exp(rng.normal(0, THIEVES_SPREAD, merchant.size))
    return setting.amounts(rng, merchant, level)


def _new_account(rng: np.random.Generator, setting: Setting, n: int, onset_ms: Ints, waits_s: Floats) -> Columns:
    return {
        "user": setting.codes.take("user", n) + setting.people.country.size,
        "email": setting.codes.take("email", n),
        "email_domain": domains(rng, n),
        "account_created_ms": (onset_ms - (waits_s * 1000).astype(np.int64)) // 1000 * 1000,
        "channel": np.where(rng.random(n) < 0.35, MOBILE, WEB),
        "payment_method": np.full(n, CARD),
    }


def _changing(device: Ints, fresh: Ints, stays: Bools, counts: Ints) -> Ints:
    """Return the device of each payment: that of its episode, or a fresh one after every few cards."""
    episode, place = groups(counts)
    return np.where(stays[episode], device[episode], fresh[np.arange(episode.size) - place % CARDS_A_DEVICE])
