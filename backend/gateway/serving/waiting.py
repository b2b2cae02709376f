"""Connections without a whole request, in the order in which they have to go."""

from collections import OrderedDict
from collections.abc import Iterator
from heapq import merge
from typing import Generic, TypeVar

_KNOWN_BONUS_S = 5.0  # who has asked before stays, before a crowd that says nothing; longer, and newcomers had no time
_Connection = TypeVar("_Connection")


class Waiting(Generic[_Connection]):
    """
    Those that were refused first, then by how long each has waited.

    A client that has asked something before counts as if it had waited 5 s less: a crowd of connections that say
    nothing pushes out its own, and not the kept ones of clients that pay.
    """

    def __init__(self) -> None:
        self._refused: OrderedDict[_Connection, float] = OrderedDict()  # since when each waits, in s; oldest first
        self._new: OrderedDict[_Connection, float] = OrderedDict()
        self._known: OrderedDict[_Connection, float] = OrderedDict()

    @property
    def refused(self) -> int:
        """How many of them were refused."""
        return len(self._refused)

    def add(self, connection: _Connection, now_s: float, *, is_known: bool) -> None:
        """It waits from now on. Args: is_known: it has had an answer."""
        self.remove(connection)
        (self._known if is_known else self._new)[connection] = now_s

    def add_refused(self, connection: _Connection, now_s: float) -> None:
        """It was refused, and is read only so that it can see why."""
        self.remove(connection)
        self._refused[connection] = now_s

    def remove(self, connection: _Connection) -> None:
        """It waits no more."""
        for those in (self._known, self._new, self._refused):
            if those.pop(connection, None) is not None:
                return

    def __iter__(self) -> Iterator[_Connection]:
        """The next one to go first. Change nothing while it runs."""
        yield from self._refused
        new = ((since_s, connection) for connection, since_s in self._new.items())
        known = ((since_s + _KNOWN_BONUS_S, connection) for connection, since_s in self._known.items())
        for _, connection in merge(new, known, key=lambda each: each[0]):
            yield connection
