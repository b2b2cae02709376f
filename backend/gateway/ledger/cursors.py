"""Where a page ends, as text that callers give back unchanged: the sort keys of its last entry."""

import base64
import binascii
from typing import Any, TypeVar

import msgspec

from gateway.errors import InvalidRequest, Place

Keys = TypeVar("Keys")


def write_cursor(keys: tuple[Any, ...]) -> str:
    """From whole numbers, text and None."""
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).decode()


def read_cursor(cursor: str, form: type[Keys]) -> Keys:
    """
    The keys of a cursor.

    Args:
        form: The tuple that they must be, such as `tuple[int, str]`.

    Raises:
        InvalidRequest: it is not one that `write_cursor` gave for this list.
    """
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=form)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        place = Place("?cursor", "use the next_cursor of the page before, unchanged")
        raise InvalidRequest("The cursor is not one that this gateway gave.", (place,)) from None
