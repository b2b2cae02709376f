"""
Computes the features of payments by letting them pass: each is added to the memory of serving and looked up in it.

The memory, the windows and the formulas are those of the brain: there is no second implementation for training. A label
is seen from the moment it became known.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from brain.columns import KEYS, TRANSACTION, Rows
from brain.compiled import compiled
from brain.domain import LABEL_DELAY_MS
from brain.features.formulas import FEATURE_NAMES
from brain.features.windows import NEVER_MS
from brain.history.layout import WINDOW_MS, Ring, make_ring_for
from brain.history.lookahead import QUERIES_MAX, look_ahead, make_ahead
from brain.history.ring import add_label, add_recorded
from brain.history.window import View
from brain.scoring.features import make_windows, own_slot, read_row
from training.examples.masks import Masked, Shares, mask
from training.examples.rows import rows_of
from training.examples.signals import draw_lost, without_signals
from training.payments import Payments
from training.world.payments import Payments as WorldPayments
from training.world.simulator import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

REACH_MS = max(WINDOW_MS)


def features(
    payments: Payments | World | WorldPayments,
    rows: Ints | None = None,
    *,
    label_delay_ms: int = LABEL_DELAY_MS,
    masked: Masked | None = None,
) -> Floats:
    """
    Compute what serving would for these payments: (rows, F).

    Args:
        payments: All payments, in order of time.
        rows: Which of them are asked for; None for all.
        label_delay_ms: A payment without a label that is older counts as genuine, unless it was blocked.
        masked: What is not known of those that are asked for; None if nothing is missing.
    """
    payments = _as_payments(payments)
    rows = np.arange(len(payments)) if rows is None else rows
    x = np.empty((rows.size, len(FEATURE_NAMES)))
    if rows.size:
        stored, order = rows_of(payments), np.argsort(rows, kind="stable")
        known, at = masked or Masked.nothing(stored[rows]), rows[order]
        begin = int(np.searchsorted(payments.time_ms, payments.time_ms[at[0]] - REACH_MS))
        ring = make_ring_for(_most_at_once(payments.time_ms, at))
        passing = _Passing(stored, payments.fraud, payments.known_at_ms, begin)
        _let_pass(ring, passing, _Asked(at, order, *known, label_delay_ms), x)
    return x


def payments_of(world: World | WorldPayments, label_delay_ms: int = LABEL_DELAY_MS) -> Payments:
    """Return the payments of a world whose every label becomes known so late."""
    return Payments.of(
        time_ms=world.time_ms,
        amount_minor=world.amount_minor,
        user=world.user,
        merchant=world.terminal,
        fraud=world.fraud,
        known_at_ms=world.time_ms + label_delay_ms,
    )


def _as_payments(payments: Payments | World | WorldPayments) -> Payments:
    return payments if isinstance(payments, Payments) else payments_of(payments)


def _most_at_once(time_ms: Ints, rows: Ints) -> int:
    """Count the payments that any block of QUERIES_MAX rows and its windows span, at most."""
    first = np.arange(0, rows.size, QUERIES_MAX)
    last = np.minimum(first + QUERIES_MAX, rows.size) - 1
    return int((rows[last] + 1 - np.searchsorted(time_ms, time_ms[rows[first]] - REACH_MS)).max())


class _Passing(NamedTuple):
    """All payments as rows, their labels and when these became known; and from which of them on they are needed."""

    rows: Rows
    fraud: Bools
    known_at_ms: Ints
    begin: int


class _Asked(NamedTuple):
    """Which of them are asked for, ascending; the row of the result for each; what is known of these, see `Masked`."""

    at: Ints
    row: Ints
    queries: Rows
    reach_ms: Ints
    has_labels: Bools
    label_delay_ms: int


@compiled
def _let_pass(ring: Ring, passing: _Passing, asked: _Asked, x: Floats) -> None:
    ahead, windows, begin = make_ahead(), make_windows(), passing.begin
    for n in range(len(asked.at)):
        if n % QUERIES_MAX == 0:
            end = asked.at[min(n + QUERIES_MAX, len(asked.at)) - 1] + 1
            _add(ring, passing, begin, end)
            begin = end
            look_ahead(ring, asked.queries[asked.row[n : n + QUERIES_MAX]], ahead)
        row = asked.row[n]
        query, reach_ms, has_labels = asked.queries[row], asked.reach_ms[row], asked.has_labels[row]
        slots, own = ahead[n % QUERIES_MAX], own_slot(ring, query)
        read_row(x[row], View(ring, query, slots, own, reach_ms, asked.label_delay_ms, has_labels), windows)


@compiled
def _add(ring: Ring, passing: _Passing, begin: int, end: int) -> None:
    add_recorded(ring, passing.rows[begin:end], False)
    for n in range(begin, end):
        if passing.known_at_ms[n] < NEVER_MS:
            add_label(ring, passing.rows[n, KEYS + TRANSACTION], passing.fraud[n], passing.known_at_ms[n], 1)


def masked_features(
    payments: Payments | World | WorldPayments, rows: Ints, rng: np.random.Generator, shares: Shares | None = None
) -> Floats:
    """Compute what serving would for these payments if random parts of what is known were missing: (rows, F)."""
    payments, shares = _as_payments(payments), shares or Shares()
    signals_rng = rng.spawn(1)[0]  # of its own, so that payments without signals are masked as if there were none
    lost = draw_lost(rows.size, signals_rng, each=shares.signal_absent, all_of_them=shares.signals_absent)
    queries = rows_of(without_signals(payments.take(rows), lost), rows)
    return features(payments, rows, masked=mask(queries, rng, shares))
