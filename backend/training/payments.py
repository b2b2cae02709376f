"""Holds payments as columns, of any origin: a simulated world, a file of a merchant, or Sentinel's own ledger."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from brain.features.windows import NEVER_MS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NO_CODE = -1  # of an entity or a text: the payment names none
NO_TIME_MS = -1  # of the start of an account: unknown
NO_OFFSET_MIN = -100_000  # of the sender's clock from UTC: unknown

# The text columns, whose codes are positions in a list of texts.
TEXTS = (
    "card_bin",
    "category",
    "card_country",
    "location_country",
    "merchant_country",
    "billing_country",
    "shipping_country",
    "card_funding",
    "email_domain",
    "channel",
    "payment_method",
)
ENTITIES = ("user", "merchant", "card", "device", "address", "email")


@dataclass(frozen=True, slots=True)
class Payments:
    """
    n payments, ascending in time. Every column is (n,).

    Attributes:
        time_ms: Event time, milliseconds since the epoch, UTC.
        amount_minor: Hundredths of the reference currency.
        user, merchant, card, device, address, email: Who and what took part, as codes of each kind; NO_CODE for none.
        card_bin ... payment_method: Positions in the list of texts of that column in `categories`; NO_CODE for none.
        account_created_ms: When the user's account was made; NO_TIME_MS where that is unknown.
        utc_offset_min: Of the sender's clock; NO_OFFSET_MIN where that is unknown.
        fraud: Whether it was fraud, as far as the label says.
        known_at_ms: When the label became known; NEVER_MS where none came.
        is_blocked: Whether it was blocked. Without a label it stays unknown.
        weight: How many payments it stands for in training: 1 over the chance of being let through.
        categories: The texts of each text column, by its name.
    """

    time_ms: Ints
    amount_minor: Ints
    user: Ints
    merchant: Ints
    card: Ints
    device: Ints
    address: Ints
    email: Ints
    card_bin: Ints
    category: Ints
    card_country: Ints
    location_country: Ints
    merchant_country: Ints
    billing_country: Ints
    shipping_country: Ints
    card_funding: Ints
    email_domain: Ints
    channel: Ints
    payment_method: Ints
    account_created_ms: Ints
    utc_offset_min: Ints
    fraud: Bools
    known_at_ms: Ints
    is_blocked: Bools
    weight: Floats
    categories: Mapping[str, Sequence[str]]

    @classmethod
    def of(
        cls,
        *,
        time_ms: Ints,
        amount_minor: Ints,
        user: Ints,
        fraud: Bools,
        categories: Mapping[str, Sequence[str]] | None = None,
        **columns: NDArray[np.generic],
    ) -> "Payments":
        """
        Make payments from the columns that there are, in any order of time; the others are unknown.

        Args:
            time_ms, amount_minor, user, fraud: As above.
            categories: The texts of the given text columns.
            columns: Any other column, by its name.
        """
        n = time_ms.size
        unknown: dict[str, NDArray[np.generic]] = {name: np.full(n, NO_CODE) for name in (*ENTITIES, *TEXTS)}
        unknown |= {"account_created_ms": np.full(n, NO_TIME_MS), "utc_offset_min": np.full(n, NO_OFFSET_MIN)}
        unknown |= {"known_at_ms": np.full(n, NEVER_MS), "is_blocked": np.zeros(n, np.bool_), "weight": np.ones(n)}
        given = {"time_ms": time_ms, "amount_minor": amount_minor, "user": user, "fraud": fraud, **columns}
        order = np.argsort(time_ms, kind="stable")
        ordered = {name: column[order] for name, column in (unknown | given).items()}
        texts = {name: list((categories or {}).get(name, ())) for name in TEXTS}
        return cls(**ordered, categories=texts)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return int(self.time_ms.size)

    def take(self, rows: Ints | Bools) -> "Payments":
        """Return these payments only; the codes stay the same. The rows must be ascending."""
        columns = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "categories"}
        return Payments(**columns, categories=self.categories)

    def without(self, names: Collection[str]) -> "Payments":
        """Return the same payments of which these columns are unknown."""
        unknown = {"account_created_ms": NO_TIME_MS, "utc_offset_min": NO_OFFSET_MIN}
        lost = {name: np.full(len(self), unknown.get(name, NO_CODE)) for name in names}
        return replace(self, **lost)  # type: ignore[arg-type]

    def only(self, names: Collection[str]) -> "Payments":
        """Return the same payments of which nothing is known but time, amount, label and these columns."""
        columns = (*ENTITIES, *TEXTS, "account_created_ms", "utc_offset_min")
        return self.without([name for name in columns if name not in names])
