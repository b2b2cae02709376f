"""
Simulates a town: people who pay at merchants of many kinds, and thieves among them.

Written from prose and public facts; `constants` holds every number with its source. Nothing in it is about real people,
and no figure measured on it is evidence of fraud that a model would catch elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brain.features.windows import NEVER_MS
from training.payments import NO_CODE, Payments
from training.world.town import constants as c
from training.world.town.columns import Bools, Columns, Ints, joined
from training.world.town.insiders import bust_out, skimmed, takeover
from training.world.town.merchants import CATEGORY_TEXTS
from training.world.town.people import BINS, DOMAINS, FUNDINGS
from training.world.town.rings import Rings
from training.world.town.rules import DAY_MS, Rules
from training.world.town.setting import CHANNELS, METHODS, Setting
from training.world.town.spending import genuine
from training.world.town.strangers import stolen, testing

Make = Callable[[np.random.Generator, Setting, Rings, int], Columns]
_FRAUDS: dict[str, Make] = {
    c.STOLEN: stolen,
    c.TAKEOVER: takeover,
    c.TESTING: testing,
    c.SKIMMED: skimmed,
    c.BUST_OUT: bust_out,
}
_COUNTRY_CODES = [country.code for country in c.COUNTRIES]
CATEGORIES = {
    "card_bin": list(BINS),
    "category": list(CATEGORY_TEXTS),
    **{f"{kind}_country": _COUNTRY_CODES for kind in ("card", "location", "merchant", "billing", "shipping")},
    "card_funding": list(FUNDINGS),
    "email_domain": list(DOMAINS),
    "channel": list(CHANNELS),
    "payment_method": list(METHODS),
}


@dataclass(frozen=True, slots=True)
class Town:
    """
    A town's n payments.

    Attributes:
        payments: As merchants know them: `fraud` is what was told, which is not always the truth.
        scenario: (n,) the truth, as positions in SCENARIOS.
        rules: Of the town.
    """

    payments: Payments
    scenario: NDArray[np.int8]
    rules: Rules

    @property
    def fraud(self) -> Bools:
        """(n,) whether each payment was fraud in truth, told or not."""
        return np.asarray(self.scenario > 0)

    @property
    def day(self) -> Ints:
        """(n,) day of each payment, counted from the start."""
        return (self.payments.time_ms - self.rules.start_ms) // DAY_MS


def simulate_town(seed: int, rules: Rules | None = None) -> Town:
    """Simulate the town of this seed: the same seed and rules make the same one. A million payments take seconds."""
    rules = rules or Rules()
    rng = np.random.default_rng(seed)
    setting = Setting.make(rng, rules)
    honest = genuine(rng, setting)
    frauds = c.FRAUD_SHARE * rules.fraud_times * honest["time_ms"].size / (1 - c.FRAUD_SHARE)
    rings = Rings.make(rng, setting, max(round(frauds / c.FRAUDS_A_RING), 3))
    made = [make(rng, setting, rings, round(frauds * c.SHARES[name])) for name, make in _FRAUDS.items()]
    _dispute(rng, honest, round(frauds * c.SHARES[c.FRIENDLY]))
    columns = joined([honest, *made])

    inside = (columns["time_ms"] >= rules.start_ms) & (columns["time_ms"] < rules.start_ms + rules.days * DAY_MS)
    order = np.flatnonzero(inside)
    order = order[np.argsort(columns["time_ms"][order], kind="stable")]
    columns = {name: column[order] for name, column in columns.items()}
    scenario = columns.pop("scenario").astype(np.int8)
    known_at_ms, told = _labels(rng, columns["time_ms"], scenario > 0)
    payments = Payments.of(
        **columns,
        fraud=told,
        known_at_ms=known_at_ms,
        categories=CATEGORIES,
    )
    return Town(payments, scenario, rules)


def _dispute(rng: np.random.Generator, honest: Columns, count: int) -> None:
    """Make payments that their buyers will deny: online ones, large ones rather."""
    online = honest["device"] != NO_CODE
    weight = np.where(online, np.sqrt(honest["amount_minor"]), 0.0)
    denied = rng.choice(weight.size, count, replace=False, p=weight / weight.sum())
    honest["scenario"][denied] = c.SCENARIOS.index(c.FRIENDLY)


def _labels(rng: np.random.Generator, time_ms: Ints, fraud: Bools) -> tuple[Ints, Bools]:
    """Draw which payments are called frauds, and when: some frauds never are, and a few genuine ones are."""
    days = c.LABEL_DAYS_MEDIAN * np.exp(rng.normal(0, c.LABEL_SPREAD, fraud.size))
    told = np.where(fraud, rng.random(fraud.size) >= c.NEVER_TOLD, rng.random(fraud.size) < c.FALSELY_TOLD)
    return np.where(told, time_ms + (days * DAY_MS).astype(np.int64), NEVER_MS), told
