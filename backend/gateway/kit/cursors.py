"""Where a page ends, as text that callers give back unchanged: the sort keys of its last entry."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import msgspec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Keys = TypeVar("Keys")
WholeNumber = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]  # that MongoDB can be asked about
TimeMs = Annotated[int, msgspec.Meta(ge=0, le=10**14)]
ObjectIdText = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{24}$")]


class UnknownCursor(Exception):
    """It is not one that `write_cursor` gave for this list."""


def write_cursor(*keys: object) -> str:
    """Make one from whole numbers, text and None."""
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).decode()


def read_cursor(cursor: str, form: type[Keys]) -> Keys:
    """
    Read the keys of a cursor.

    Args:
        form: The tuple that they must be, such as `tuple[TimeMs, ObjectIdText]`.

    Raises:
        UnknownCursor: it is not one that `write_cursor` gave for this list.
    """
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=form)
    except ValueError:  # also what msgspec and binascii raise
        raise UnknownCursor from None


def to_ms(time: datetime) -> int:
    """Convert a time into a key."""
    return (time - _EPOCH) // timedelta(milliseconds=1)


def to_time(time_ms: int) -> datetime:
    """Convert a key into its time."""
    return _EPOCH + timedelta(milliseconds=time_ms)
