"""
Shares a bounded queue between sources: they take turns, and when it is full the largest one loses its newest attempt.

One source alone may fill it, and none can keep another out, however much it sends.
"""

from collections import OrderedDict

from brain.batching.attempts import Attempt, Source
from brain.outcomes import failure
from protos.fraud_pb2 import Failure


class FairQueue:
    """Keeps attempts in order of arrival within each source. An attempt that ends leaves the queue by itself."""

    def __init__(self, *, size_max: int, overloaded: str) -> None:
        """
        Args:
            size_max: How many attempts of all sources it may hold.
            overloaded: The failure's detail for an attempt that found no place or lost it.
        """
        self._size_max = size_max
        self._overloaded = overloaded
        self._sources: OrderedDict[Source, OrderedDict[Attempt, None]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        """Count the attempts of all sources."""
        return self._size

    def put(self, attempt: Attempt) -> None:
        """Queue an attempt. When that is one too many, the newest attempt of the largest source fails as OVERLOADED."""
        self._sources.setdefault(attempt.source, OrderedDict())[attempt] = None
        self._size += 1
        attempt.queue = self
        if self._size > self._size_max:
            greediest = max(self._sources, key=lambda source: len(self._sources[source]))
            newest = next(reversed(self._sources[greediest]))
            newest.finish(failure(Failure.OVERLOADED, self._overloaded))

    def pop(self) -> Attempt:
        """Take the oldest attempt of the source whose turn it is. Raises KeyError when empty."""
        source = next(iter(self._sources), None)
        if source is None:
            raise KeyError("no attempt waits")
        attempt = next(iter(self._sources[source]))
        self.discard(attempt)
        if source in self._sources:
            self._sources.move_to_end(source)
        return attempt

    def discard(self, attempt: Attempt) -> None:
        """Remove the attempt, if it is here."""
        if attempt.queue is not self:
            return
        attempt.queue = None
        attempts = self._sources[attempt.source]
        del attempts[attempt]
        self._size -= 1
        if not attempts:
            del self._sources[attempt.source]
