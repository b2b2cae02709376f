"""Holds a merchant's own payments, and what is known of where they and their labels come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from brain.domain import DAY_MS
from brain.features.windows import NEVER_MS
from training.payments import ENTITIES, NO_CODE, TEXTS, Payments

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

CODED = (*ENTITIES, *TEXTS)


@dataclass(frozen=True, slots=True)
class OwnPayments:
    """
    Payments of one merchant.

    Attributes:
        payments: In order of time. Payments with a label have `known_at_ms`; the others are unknown, not genuine.
        names: The hashed ids of each kind of entity, by its code.
        ids: (n,) by which a person finds each payment: its transaction id, or its line in the file.
        label_delay_days: After so many days nearly all labels are known.
        delay_from: "measured", "given" or "assumed".
        source: Where they come from, for an artifact: file, its hash, its rows.
        wrong: Sentences about what could not be read, or only with a guess.
    """

    payments: Payments
    names: Mapping[str, Sequence[str]]
    ids: NDArray[np.object_]
    label_delay_days: int
    delay_from: str
    source: Mapping[str, object]
    wrong: Sequence[str] = ()

    @property
    def is_labelled(self) -> Bools:
        """(n,) whether it is known if each was fraud."""
        return np.asarray(self.payments.known_at_ms < NEVER_MS)

    @property
    def is_fraud(self) -> Bools:
        """(n,) whether each is known to be fraud."""
        return self.payments.fraud & self.is_labelled

    @property
    def day(self) -> Ints:
        """(n,) days since 1970, UTC."""
        return self.payments.time_ms // DAY_MS

    def take(self, rows: Ints | Bools) -> "OwnPayments":
        """Return these payments only. The rows must be ascending."""
        return replace(self, payments=self.payments.take(rows), ids=self.ids[rows])

    def after(self, earlier: "OwnPayments") -> "OwnPayments":
        """Return these payments behind those of `earlier` that are older than the first of these."""
        old = earlier.payments.take(earlier.payments.time_ms < self.payments.time_ms[0])
        columns: dict[str, NDArray[np.generic]] = {}
        texts: dict[str, Sequence[str]] = {}
        for name in (field.name for field in fields(Payments) if field.name != "categories"):
            before, own = getattr(old, name), getattr(self.payments, name)
            if name in CODED:
                mine = list((self.names if name in ENTITIES else self.payments.categories)[name])
                theirs = (earlier.names if name in ENTITIES else old.categories)[name]
                place = {text: code for code, text in enumerate(mine)}
                codes = [place.setdefault(text, len(place)) for text in theirs]
                texts[name] = list(place)
                before = np.array([*codes, NO_CODE], dtype=np.int64)[before]
            columns[name] = np.concatenate([before, own])
        joined = Payments(**columns, categories={name: texts[name] for name in TEXTS})  # type: ignore[arg-type]
        ids = np.concatenate([earlier.ids[: len(old)], self.ids])
        return replace(self, payments=joined, ids=ids, names={name: texts[name] for name in ENTITIES})
