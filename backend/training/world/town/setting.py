"""The town before anybody pays: people, merchants, and the addresses that many share; and what a request says of it."""

from dataclasses import dataclass

import numpy as np

from training.payments import NO_CODE, NO_OFFSET_MIN, NO_TIME_MS
from training.world.town import constants as c
from training.world.town.columns import Bools, Codes, Columns, Floats, Ints, complete
from training.world.town.merchants import Merchants, open_merchants
from training.world.town.people import People, settle
from training.world.town.rules import DAY_MS, Rules

CHANNELS = ("web", "mobile", "pos")
WEB, MOBILE, POS = range(3)
METHODS = tuple(c.METHODS)
CARD = METHODS.index("card")
BANK_TRANSFER = METHODS.index("bank_transfer")
OFFSETS_MIN = np.array([country.offset_min for country in c.COUNTRIES])
SHIPS = np.array([kind.ships for kind in c.CATEGORIES])
ONLINE = np.array([kind.online for kind in c.CATEGORIES])
MEDIANS = np.array([kind.median for kind in c.CATEGORIES])
SPREADS = np.array([kind.spread for kind in c.CATEGORIES])


@dataclass(frozen=True, slots=True)
class Setting:
    """
    The town before anybody pays.

    Attributes:
        carriers: (countries, n) addresses of mobile networks.
        networks: (n,) addresses of private networks.
        inns: (countries, n) addresses that travellers use.
    """

    rules: Rules
    codes: Codes
    people: People
    merchants: Merchants
    carriers: Ints
    networks: Ints
    inns: Ints

    @classmethod
    def make(cls, rng: np.random.Generator, rules: Rules) -> "Setting":
        """Make the town of these rules."""
        codes, countries = Codes(), len(c.COUNTRIES)
        people = settle(rng, rules, codes)
        merchants = open_merchants(rng, rules, codes)
        carriers = max(rules.users // c.MOBILE_USERS // countries, 2)
        return cls(
            rules=rules,
            codes=codes,
            people=people,
            merchants=merchants,
            carriers=codes.take("address", countries * carriers).reshape(countries, carriers),
            networks=codes.take("address", c.PRIVATE_ADDRESSES),
            inns=codes.take("address", countries * carriers * 4).reshape(countries, -1),
        )

    def whereabouts(self, user: Ints, time_ms: Ints) -> tuple[Ints, Bools]:
        """Return the country in which each user is at each time, and whether that is a journey."""
        people = self.people
        away = (time_ms >= people.trip_ms[user]) & (time_ms < people.trip_end_ms[user])
        return np.where(away, people.trip_country[user], people.country[user]), away

    def device(self, rng: np.random.Generator, user: Ints, time_ms: Ints, away: Bools) -> Ints:
        """Draw the device of each user: the own one of that time, or that of the household."""
        own = self.people.device[user, (time_ms >= self.people.switch_ms[user]).astype(np.int64)]
        shared = (rng.random(user.size) < c.SHARED_DEVICE) & ~away
        return np.where(shared, self.people.home_device[self.people.household[user]], own)

    def address(self, rng: np.random.Generator, user: Ints, time_ms: Ints, where: Ints, away: Bools) -> Ints:
        """Draw the network address of each user: home, a mobile carrier, a private network, or that of an inn."""
        people = self.people
        household = people.household[user]
        phase = household % 97 / 97  # addresses do not change on one day for all
        turn = ((time_ms - self.rules.start_ms) / DAY_MS / c.ADDRESS_DAYS + phase).astype(np.int64)
        home = people.home_address[household, np.clip(turn, 0, people.home_address.shape[1] - 1)]
        carrier = self.carriers[where, rng.integers(0, self.carriers.shape[1], user.size)]
        inn = self.inns[where, (user + time_ms // (3 * DAY_MS)) % self.inns.shape[1]]
        mobile = rng.random(user.size) < c.MOBILE_ADDRESS
        private = (people.is_private[user] == 1) & (rng.random(user.size) < 0.5)
        plain = np.where(mobile, carrier, np.where(away, inn, home))
        return np.where(private, self.networks[rng.integers(0, self.networks.size, user.size)], plain)

    def card(self, rng: np.random.Generator, user: Ints) -> Ints:
        """Draw the card of each user, the first one mostly: a position in the cards of `people`."""
        other = (rng.random(user.size) < 0.3) * rng.integers(0, 3, user.size)
        return self.people.first_card[user] + np.minimum(other, self.people.cards[user] - 1)

    def amounts(self, rng: np.random.Generator, merchant: Ints, level: Floats) -> Ints:
        """Draw what is paid at each merchant by people of this level of spending: hundredths."""
        shops, n = self.merchants, merchant.size
        kind = shops.kind[merchant]
        large = np.where(rng.random(n) < c.LARGE, c.LARGE_TIMES, 1.0)
        units = MEDIANS[kind] * shops.level[merchant] * level * large * np.exp(rng.normal(0, SPREADS[kind]))
        chance = rng.random(n)
        whole = np.maximum(np.rint(units), 1.0)
        units = np.where(chance < c.ROUND_AMOUNTS, whole, units)
        units = np.where(chance > 1 - c.CHARM_AMOUNTS, whole - 0.01, units)
        return np.maximum(np.rint(units * 100), 50).astype(np.int64)


def requests(setting: Setting, *, merchant: Ints, time_ms: Ints, online: Bools, given: Columns) -> Columns:
    """
    Make the columns of n payments as merchants send them.

    Args:
        merchant: (n,) positions in `setting.merchants`.
        time_ms: (n,) whole seconds.
        online: (n,) whether it was paid online: in a shop nobody knows a device, an address or an email.
        given: Columns of the buyer; `location_country` says where the buyer is.
    """
    shops = setting.merchants
    made = complete(time_ms.size, given)
    offset = OFFSETS_MIN[made["location_country"]]
    tells = (shops.is_local[merchant] == 1) & (offset != 0)  # UTC is written as Z, which says nothing of the buyer
    in_shop: Columns = {"device": NO_CODE, "address": NO_CODE, "email": NO_CODE, "email_domain": NO_CODE}  # type: ignore[dict-item]
    in_shop |= {"billing_country": NO_CODE, "account_created_ms": NO_TIME_MS}  # type: ignore[dict-item]
    made |= {name: np.where(online, made[name], unknown) for name, unknown in in_shop.items()}
    without_card = np.isin(made["payment_method"], (BANK_TRANSFER,))
    cards = ("card", "card_bin", "card_country", "card_funding")
    made |= {name: np.where(without_card, NO_CODE, made[name]) for name in cards}
    made["shipping_country"] = np.where(online & SHIPS[shops.kind[merchant]], made["shipping_country"], NO_CODE)
    made["channel"] = np.where(online, made["channel"], POS)
    return made | {
        "time_ms": time_ms // 1000 * 1000,
        "merchant": shops.code[merchant],
        "merchant_country": shops.country[merchant],
        "category": shops.text[merchant],
        "utc_offset_min": np.where(tells, offset, NO_OFFSET_MIN),
    }
