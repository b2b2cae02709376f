"""Opens the merchants of the town, and draws at which of them somebody pays."""

from dataclasses import dataclass

import numpy as np

from training.world.town import constants as c
from training.world.town.columns import Codes, Floats, Ints, pick
from training.world.town.people import COUNTRY_SHARES
from training.world.town.rules import Rules

KINDS = len(c.CATEGORIES)
# A merchant names its category by a word or by a code: both are texts of one column.
CATEGORY_TEXTS = (*(kind.name for kind in c.CATEGORIES), *(kind.mcc for kind in c.CATEGORIES))
KIND_SHARES = np.array([kind.share for kind in c.CATEGORIES])


@dataclass(frozen=True, slots=True)
class Merchants:
    """
    M merchants, sorted by country and kind.

    Attributes:
        code, kind, country: (M,) entity code; positions in the tables.
        text: (M,) how it names its category: a position in CATEGORY_TEXTS.
        level: (M,) its prices against others of its kind, as a factor.
        is_local: (M,) whether it sends times with the buyer's offset.
        edges: (M + 1,) running sum of sizes.
        start: (countries * KINDS + 1,) the first merchant of each country and kind.
    """

    code: Ints
    kind: Ints
    country: Ints
    text: Ints
    level: Floats
    is_local: Ints
    edges: Floats
    start: Ints

    def draw(self, rng: np.random.Generator, country: Ints, kind: Ints) -> Ints:
        """Draw a merchant (n,) of each country and kind (n,), by size."""
        cell = country * KINDS + kind
        low, high = self.edges[self.start[cell]], self.edges[self.start[cell + 1]]
        found = np.searchsorted(self.edges, low + rng.random(cell.size) * (high - low), side="right") - 1
        return np.asarray(np.clip(found, self.start[cell], self.start[cell + 1] - 1))


def open_merchants(rng: np.random.Generator, rules: Rules, codes: Codes) -> Merchants:
    """Open merchants: at least one of each kind in each country."""
    cells = len(c.COUNTRIES) * KINDS
    others = max(rules.merchants - cells, 0)
    country = pick(rng, COUNTRY_SHARES, others)
    kind = pick(rng, np.sqrt(KIND_SHARES), others)
    cell = np.sort(np.concatenate((np.arange(cells), country * KINDS + kind)))
    n = cell.size
    size = rng.pareto(c.MERCHANT_SIZES, n) + 1
    kind = cell % KINDS
    return Merchants(
        code=codes.take("merchant", n),
        kind=kind,
        country=cell // KINDS,
        text=kind + np.where(rng.random(n) < c.SENDS_MCC, KINDS, 0),
        level=np.exp(rng.normal(0, c.MERCHANT_LEVEL_SPREAD, n)),
        is_local=(rng.random(n) < c.SENDS_LOCAL_TIME).astype(np.int64),
        edges=np.concatenate(([0.0], np.cumsum(np.minimum(size, 500.0)))),
        start=np.searchsorted(cell, np.arange(cells + 1)),
    )
