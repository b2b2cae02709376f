"""A cursor comes back as it was given, and whatever else comes is refused before the ledger is asked."""

import base64

import msgspec
import pytest

from gateway.kit.cursors import (
    ObjectIdText,
    TimeMs,
    UnknownCursor,
    WholeNumber,
    read_cursor,
    to_ms,
    to_time,
    write_cursor,
)
from tests.unit.kit.test_clock import NOON

_ID = "0123456789abcdef01234567"


def read(cursor: str) -> tuple[int | None, int, str]:
    """As the list of reviews does."""
    return read_cursor(cursor, tuple[WholeNumber | None, TimeMs, ObjectIdText])


def test_the_keys_come_back() -> None:
    """Also one that is not known."""
    for amount_minor in (None, 0, -5, 2**62):
        amount_again, time_ms, record_id = read(write_cursor(amount_minor, to_ms(NOON), _ID))

        assert (amount_again, to_time(time_ms), record_id) == (amount_minor, NOON, _ID)


@pytest.mark.parametrize(
    "keys",
    [[], [1], [1, 2], [1, -1, _ID], [1, 10**15, _ID], [10**30, 1, _ID], [1, 1, "x" * 24], ["1", 1, _ID], {"a": 1}],
)
def test_keys_that_were_never_given_are_refused(keys: object) -> None:
    """A number that MongoDB cannot hold, and a time that no clock shows, would else be our failure."""
    with pytest.raises(UnknownCursor):
        read(base64.urlsafe_b64encode(msgspec.json.encode(keys)).decode())


@pytest.mark.parametrize("text", ["x", "ä", "", "W10", "////", "AAAA"])
def test_text_that_is_no_cursor_is_refused(text: str) -> None:
    """Cut, changed, or made up."""
    with pytest.raises(UnknownCursor):
        read(text)
