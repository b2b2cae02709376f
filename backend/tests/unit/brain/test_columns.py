"""A history as arrays is the same history: in, out, and with what came a moment ago."""

from hypothesis import given
from hypothesis import strategies as st

from brain.domain import Event
from brain.features.columns import EventColumns

LABELS = st.one_of(st.just((None, None)), st.tuples(st.booleans(), st.integers(0, 2**45)))
EVENTS = st.lists(
    st.builds(
        lambda number, time_ms, amount, party, label, blocked: Event(
            f"t{number}", time_ms, amount, party, label[0], label[1], blocked
        ),
        st.integers(0, 12),
        st.integers(0, 2**45),
        st.integers(0, 2**40),
        st.sampled_from(["", "m1", "m2"]),
        LABELS,
        st.booleans(),
    ),
    max_size=20,
)


def once(events: list[Event]) -> dict[str, Event]:
    """The first of each transaction, or the first that is labelled."""
    best: dict[str, Event] = {}
    for event in events:
        held = best.setdefault(event.transaction_id, event)
        if held.is_fraud is None and event.is_fraud is not None:
            best[event.transaction_id] = event
    return best


@given(EVENTS)
def test_it_reads_back_what_went_in(events: list[Event]) -> None:
    """Each transaction once, labels and blocks included, in order."""
    columns = EventColumns.of(events)

    assert list(columns) == list(once(events).values())


@given(EVENTS, EVENTS)
def test_what_it_holds_already_is_not_added_again(events: list[Event], more: list[Event]) -> None:
    """The stored copy stays; only new transactions come to it."""
    stored = once(events)

    both = EventColumns.of(events).plus(more)

    assert {event.transaction_id: event for event in both} == once(more) | stored
    assert len(both) == len(stored.keys() | once(more).keys())


def test_nothing_new_costs_nothing() -> None:
    """The very same object: a batch at a quiet merchant copies no arrays."""
    columns = EventColumns.of([Event("t1", 1, 2, "m")])

    assert columns.plus([]) is columns
    assert columns.plus([Event("t1", 1, 2, "m")]) is columns
