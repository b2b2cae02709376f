"""
The fields of an encoded document as the bytes that they are.

MongoDB keeps a field's bytes as it got them: kinds of number, order of keys and all. So those bytes are canonical by
themselves: nothing has to be put in order, and nothing that is equal in one language differs in another.
"""

from struct import Struct

# bytes of a value, by kind: double, object id, bool, date, null, int32, timestamp, int64, decimal
_FIXED = {0x01: 8, 0x07: 12, 0x08: 1, 0x09: 8, 0x0A: 0, 0x10: 4, 0x11: 8, 0x12: 8, 0x13: 16}
# what comes on top of the length that stands in front: string, document, array, binary
_COUNTED = {0x02: 4, 0x03: 0, 0x04: 0, 0x05: 5}
_length = Struct("<i").unpack_from


def elements(document: bytes) -> dict[bytes, bytes]:
    """
    Each top-level field by name, as kind, name and value: 5 us for a record.

    Raises:
        ValueError: a kind that no record of ours holds, or bytes that are no document.
    """
    found = {}
    position, end = 4, len(document) - 1
    while position < end:
        kind = document[position]
        value = document.index(0, position + 1) + 1
        size = _FIXED.get(kind)
        if size is None:
            extra = _COUNTED.get(kind)
            if extra is None:
                raise ValueError(f"kind {kind:#04x} is in no record")
            size = _length(document, value)[0] + extra
        after = value + size
        found[document[position + 1 : value - 1]] = document[position:after]
        position = after
    if position != end:
        raise ValueError("it ends in the middle of a field")
    return found


def elements_once(document: bytes) -> dict[bytes, bytes]:
    """
    Likewise, of bytes that somebody else made: no encoder of ours writes a field twice, and MongoDB lets one.

    Raises:
        ValueError: also where a field is there twice.
    """
    found = elements(document)
    if sum(map(len, found.values())) != len(document) - 5:
        raise ValueError("a field is in it twice")
    return found
