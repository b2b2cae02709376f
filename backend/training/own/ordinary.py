"""
Keeps a model from turning away payments that no merchant would: its thresholds lie above what these score.

Payments of which nothing but the amount is known, and those of a user and a shop who always pay and take about as much.
A model of one's own payments may never have seen the like, so what it says of them is chance.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from brain.domain import DAY_MS, HOUR_MS, LABEL_DELAY_MS, Query
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.scoring.features import read_features
from training.examples.histories import features
from training.own.limits import HIGHEST
from training.payments import Payments

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BARE_MINOR = (50, 5_00, 50_00, 500_00, 2_000_00, 10_000_00, 100_000_00, None)  # the last: of no known currency
USUAL_MINOR = (10_00, 50_00, 250_00, 1_000_00, 5_000_00)
HOURS = (0, 6, 12, 18)  # UTC: where nothing says what the clock shows there
_NOW_MS = 20_450 * DAY_MS  # some day of 2025, long after all labels
_OF_USER, _OF_SHOP = 40, 120  # payments in their histories
ABOVE = 1e-6
_MIB = 0.01  # of a memory for no payment


@dataclass(frozen=True, slots=True)
class Ordinary:
    """
    What a model says of such payments at most.

    Attributes:
        approved: Of payments that have to be approved: the usual amount.
        not_blocked: Of those that a person may look at: nothing known but the amount, or twice the usual one.
    """

    approved: float
    not_blocked: float

    @classmethod
    def of(cls, scores_of: Callable[[Floats], Floats]) -> "Ordinary":
        """Ask a model. Args: scores_of: maps features (n, F) to risk scores (n,), as served."""
        x, times = _usual()
        usual, bare = scores_of(x), scores_of(_bare())
        return cls(float(usual[times == 1].max()), float(max(usual[times == 2].max(), bare.max())))

    @property
    def may_be_blocked(self) -> bool:
        """Whether no threshold lies above them: then the model may not block at all."""
        return max(self.approved, self.not_blocked) + ABOVE > HIGHEST

    def raised(self, thresholds: dict[str, float]) -> dict[str, float]:
        """Return the thresholds, none lower than these payments allow."""
        high = min(HIGHEST, max(thresholds["high"], self.approved + ABOVE))
        critical = min(HIGHEST, max(thresholds["critical"], self.not_blocked + ABOVE, high))
        return thresholds | {"high": high, "critical": critical}


def _bare() -> Floats:
    """Compute features of payments of new users, and of users whose history cannot be read, with a shop and without."""
    new, unreadable = Memory(_MIB), Memory(_MIB)  # the second has read nothing of the ledger
    new.coverage.read_all()
    rows = rows_of(
        [
            Query("now", _NOW_MS + hour * HOUR_MS, minor, "user", shop)
            for hour, minor, shop in product(HOURS, BARE_MINOR, (None, "shop"))
        ]
    )
    return np.concatenate([read_features(memory, rows)[0] for memory in (new, unreadable)])


def _usual() -> tuple[Floats, Ints]:
    """Compute features of payments of a user and a shop that know one amount, and how many times that each is."""
    columns: tuple[list[int], ...] = ([], [], [], [], [])

    def add(*values: int) -> None:
        for column, value in zip(columns, values, strict=True):
            column.append(value)

    for shop, (hour, minor, times) in enumerate(product(HOURS, USUAL_MINOR, (1, 2))):
        now_ms, user = _NOW_MS + hour * HOUR_MS, 10 * shop
        for n in range(1, _OF_SHOP + 1):
            add(now_ms - n * DAY_MS // 4, minor, user + n % 9 + 1, shop, 0)
        for n in range(1, _OF_USER + 1):
            add(now_ms - n * DAY_MS // 2 - HOUR_MS, minor, user, shop, 0)
        add(now_ms, times * minor, user, shop, times)
    time_ms, amount_minor, user_code, merchant, how_often = (np.array(column) for column in columns)
    how_often = how_often[np.argsort(time_ms, kind="stable")]  # as Payments.of orders them
    payments = Payments.of(
        time_ms=time_ms, amount_minor=amount_minor, user=user_code, merchant=merchant,
        fraud=np.zeros(time_ms.size, dtype=np.bool_),
    )  # fmt: skip
    asked = np.flatnonzero(how_often)
    return features(payments, asked, label_delay_ms=LABEL_DELAY_MS), how_often[asked]
