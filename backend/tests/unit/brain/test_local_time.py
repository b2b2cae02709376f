"""The hour of a payment is that of the buyer's clock."""

from brain.domain import HOUR_MS, Query
from brain.features.context import context_features
from brain.features.local_time import utc_offset_min
from brain.history.rows import rows_of


def a_query(**told: str | int) -> Query:
    return Query("t", 1_700_000_000_000, 100, "u", "m", **told)  # type: ignore[arg-type]


def test_the_senders_clock_counts_before_any_country() -> None:
    """It is the only one that knows summer time."""
    assert utc_offset_min(a_query(utc_offset_min=-420, billing_country="DE")) == -420
    assert utc_offset_min(a_query(utc_offset_min=0, billing_country="DE")) == 0


def test_else_the_first_country_that_is_known() -> None:
    """Who is billed at home is mostly at home."""
    assert utc_offset_min(a_query(billing_country="JP", card_country="US")) == 540
    assert utc_offset_min(a_query(card_country="US", merchant_country="DE")) == -300
    assert utc_offset_min(a_query(merchant_country="IN")) == 330


def test_where_nothing_tells_it_is_universal_time() -> None:
    """Four fields are enough for a score."""
    assert utc_offset_min(a_query()) == utc_offset_min(a_query(billing_country="ZZ")) == 0


def test_a_canarys_clock_stands_still() -> None:
    """A model that looks at the clock must not be called unhealthy on Sunday night: it is always noon on Wednesday."""
    times = [1_700_000_000_000 + hour * HOUR_MS for hour in range(7 * 24)]
    clocks = {
        (found.local_hour, found.local_weekday)
        for row in rows_of([Query("t", time_ms, 100, "u", None, is_canary=True) for time_ms in times])
        for found in [context_features(row)]
    }

    assert clocks == {(12.0, 2.0)}
