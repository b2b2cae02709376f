"""
What a gateway tells the others of its traffic, in each of its heartbeats.

The newest closed buckets, again for as long as they are new: a beat that was missed costs nothing. With them a few
older ones in turn, so that who has just started, or was cut off, has all of them within half a minute. It is packed:
200 gateways read 200 of these each second. A bucket has about 100 bytes, or 1 kB at worst, and a message ten of them.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from gateway.features.traffic.bucket import ClosedBucket
from gateway.features.traffic.recorder import Recorder

_NEWEST = 5  # buckets; 10 s
_OLDER = 5
_FORM: Final = 1  # another one is not understood: then a rolling upgrade has no common figures, and says so


class Told(Struct, array_like=True):
    """
    One gateway's word.

    Attributes:
        run: Names its figures: Recorder.run.
        clock_s: What its clock said when it told this, in seconds since the epoch.
        buckets: Slots by that clock, each with a ClosedBucket for `decode_bucket`.
    """

    form: Literal[1]
    run: Annotated[str, Meta(max_length=32)]
    clock_s: float
    buckets: Annotated[list[tuple[int, Raw]], Meta(max_length=_NEWEST + _OLDER)]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Told)
_bucket_decoder = msgspec.msgpack.Decoder(ClosedBucket)


def decode(message: bytes) -> Told:
    """Raises ValueError: another version speaks, or nobody who should."""
    return _decoder.decode(message)


def decode_bucket(raw: Raw) -> ClosedBucket:
    """Raises ValueError, as above."""
    return _bucket_decoder.decode(raw)


class Teller:
    """Says what this process has to tell."""

    def __init__(self, own: Recorder) -> None:
        self._own = own
        self._told_to = 0  # of the older ones, this slot was told last

    def tell(self, clock_s: float) -> bytes:
        """The next message. Args: as of Told."""
        self._own.turn()
        new_from = self._own.filling - _NEWEST
        older = [slot for slot in self._own.closed if self._told_to < slot < new_from][:_OLDER]
        self._told_to = older[-1] if len(older) == _OLDER else 0
        slots = older + [slot for slot in self._own.closed if slot >= new_from]
        buckets = [(slot, Raw(_encoder.encode(self._own.closed[slot]))) for slot in slots]
        return _encoder.encode(Told(_FORM, self._own.run, clock_s, buckets))
