"""
Positions: the `_id` of a record is 6 random bytes of a gateway's run and 6 of a number that counts up.

So what one run sent is a range of the index that is there anyway, in the order in which it was sent, and no record
carries a flag for those who read on from a mark.
"""

from typing import Any

from bson.objectid import ObjectId

RUN_BYTES = 6
_NUMBER_BYTES = 6


def position_bytes(run: bytes, number: int) -> bytes:
    """The 12 bytes of the `_id` of a record."""
    return run + number.to_bytes(_NUMBER_BYTES, "big")


def position(run: bytes, number: int) -> ObjectId:
    """The `_id` of a record."""
    return ObjectId(position_bytes(run, number))


def last_position(run: bytes) -> ObjectId:
    """After all that a run can number."""
    return ObjectId(run + b"\xff" * _NUMBER_BYTES)


def run_of(record_id: ObjectId) -> bytes:
    """Which run made it; of an older record this is no run's name."""
    return record_id.binary[:RUN_BYTES]


def number_of(record_id: ObjectId) -> int:
    """Which of the run's records it is."""
    return int.from_bytes(record_id.binary[RUN_BYTES:], "big")


def numbered(run: bytes, *, after: int, upto: int) -> dict[str, Any]:
    """The query of a run's records with numbers above `after` and up to `upto`; to be sorted by `_id`."""
    return {"_id": {"$gt": position(run, after), "$lte": position(run, upto)}}
