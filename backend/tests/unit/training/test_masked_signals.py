"""A row of training that lost a signal looks as serving sees a request without it."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from brain.columns import TEXTS
from brain.domain import HOUR_MS, Query
from brain.features.formulas import FEATURE_NAMES
from brain.history.layout import WINDOW_MS
from brain.history.memory import Memory
from brain.history.rows import rows_of
from brain.scoring.features import read_features
from tests.unit.brain.test_feature_parity import LABEL_DELAY_MS, NOW_MS, columns_of
from training.examples.histories import features, masked_features
from training.examples.masks import LINKS, Masked, Shares, mask
from training.examples.rows import rows_of as training_rows
from training.examples.signals import SIGNALS, draw_lost, without_signals
from training.payments import ENTITIES
from training.payments import TEXTS as TEXT_COLUMNS

WHOLE = Shares(**dict.fromkeys(Shares.__dataclass_fields__, 0.0))
TOLD: dict[str, Any] = {
    "merchant_id": "m",
    "card": "c",
    "device": "d",
    "address": "a",
    "email": "e",
    "account_created_ms": NOW_MS - 90 * 86_400_000,
    "utc_offset_min": 60,  # not that of the country
} | dict.fromkeys(TEXTS, "US")


def payments() -> list[Query]:
    """Twelve payments that tell everything, an hour apart; the last one is asked for."""
    return [Query(f"t{n}", NOW_MS + n * HOUR_MS, 1_000 + n, "u", **TOLD) for n in range(12)]


def served(queries: Sequence[Query], asked: Query) -> Any:
    """What serving computes for one request after all these payments."""
    memory = Memory(0.1)
    memory.coverage.read_all()
    memory.add(queries)
    return read_features(memory, rows_of([asked]), LABEL_DELAY_MS)[0][0]


@pytest.mark.parametrize("signal", range(len(SIGNALS)))
def test_a_lost_signal_is_one_that_was_never_sent(signal: int) -> None:
    """To the bit, one after the other: the history keeps what the payments before it told."""
    queries = payments()
    columns, last = columns_of(queries, [None] * len(queries)), np.array([len(queries) - 1])
    lost = np.zeros((1, len(SIGNALS)), dtype=np.bool_)
    lost[0, signal] = True

    masked = Masked.nothing(training_rows(without_signals(columns.take(last), lost), last))
    x = features(columns, last, label_delay_ms=LABEL_DELAY_MS, masked=masked)

    never_sent = replace(queries[-1], **dict.fromkeys(SIGNALS[signal]))
    assert np.array_equal(x[0], served(queries, never_sent), equal_nan=True)
    assert not np.array_equal(x[0], served(queries, queries[-1]), equal_nan=True)


def test_rows_that_lose_all_signals_are_requests_of_few_fields() -> None:
    """As many rows as the share says are those of a merchant who sends amount, user and merchant."""
    queries = payments()
    columns, rows = columns_of(queries, [None] * len(queries)), np.arange(12)
    few = columns.only(("user", "merchant"))
    shares = dataclasses.replace(WHOLE, signals_absent=1.0)

    x = masked_features(columns, rows, np.random.default_rng(1), shares)

    of_links = [n for n, name in enumerate(FEATURE_NAMES) if name.startswith(("card_", "device_", "address_", "email"))]
    assert np.isnan(x[:, of_links]).all()
    assert np.array_equal(x[:, of_links], features(few, rows)[:, of_links], equal_nan=True)


def test_every_signal_is_lost_by_itself_and_with_all_others() -> None:
    """A tree meets each combination; none is lost where nothing shall be."""
    lost = draw_lost(4_000, np.random.default_rng(2), each=0.3, all_of_them=0.2)

    assert lost.all(axis=1).mean() == pytest.approx(0.2, abs=0.03)
    assert lost.mean(axis=0) == pytest.approx(0.2 + 0.8 * 0.3, abs=0.04)
    assert not draw_lost(50, np.random.default_rng(2), each=0.0, all_of_them=0.0).any()


def test_every_column_but_who_and_whom_belongs_to_a_signal() -> None:
    """A new column that no mask takes away would teach trees that it is always there."""
    told = {*ENTITIES, *TEXT_COLUMNS, "account_created_ms", "utc_offset_min"}

    assert sorted(name for names in SIGNALS for name in names) == sorted(told - {"user", "merchant"})


def test_where_the_user_cannot_be_read_neither_can_cards_and_addresses() -> None:
    """Serving looks back equally far for all of them, so a tree must not learn from one without the other."""
    queries = np.zeros((2_000, 30), dtype=np.int64)
    shares = dataclasses.replace(WHOLE, user_unreadable=0.3, link_new=0.2)

    reach_ms = mask(queries, np.random.default_rng(3), shares).reach_ms

    for kind in LINKS:
        assert np.array_equal(reach_ms[:, kind] < 0, reach_ms[:, 0] < 0)
        assert (reach_ms[:, kind] == 0).mean() == pytest.approx(0.7 * 0.2, abs=0.03)
        assert set(np.unique(reach_ms[:, kind])) == {-1, 0, WINDOW_MS[kind]}
