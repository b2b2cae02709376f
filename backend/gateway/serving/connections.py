"""All open connections of this process: how many there may be, and who goes when there are too many."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from heapq import merge
from itertools import islice
from typing import Generic, Protocol, TypeVar

import structlog

from gateway.kit.periodic import Periodic
from gateway.serving.limits import Limits
from gateway.serving.refusals import MADE_ROOM

_KNOWN_BONUS_S = 5.0  # who has asked before stays, before a crowd that says nothing; longer, and newcomers had no time
_Connection = TypeVar("_Connection")
_log = structlog.get_logger()
_SWEEP_S = 0.5
_LOG_EVERY_S = 60.0  # an attacker must not write our log
_REFUSED_MAX = 64  # that are still read: each costs a read of 256 kB every 20 ms
_ASKED_MAX = 32  # of those that would have to go: each look is a system call


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


class Counters(Protocol):
    """Who counts."""

    def connection_dropped(self, reason: str) -> None:
        """One was ended although the client wanted more of it."""

    def connections_open(self, count: int) -> None:
        """So many are open now."""


class Connection(Protocol):
    """What is needed of one."""

    def expire(self, now_s: float) -> None:
        """End it if it has waited for too long."""

    def give_way(self) -> bool:
        """End it, unless a request is arriving. Returns whether it ended."""


class Connections:
    """
    `start` and `close` belong to the gateway's lifespan.

    Attributes:
        limits: For each and for all of them.
        is_stopping: From the stop of the server on: each connection has one more request at most.
    """

    def __init__(self, limits: Limits, *, counters: Counters, now_s: Callable[[], float]) -> None:
        """
        Args:
            counters: Where what is dropped is counted.
            now_s: A monotonic clock, the one of the event loop.
        """
        self.limits = limits
        self.is_stopping = False
        self._counters = counters
        self._now_s = now_s
        self._open: set[Connection] = set()
        self._waiting = Waiting[Connection]()
        self._unlogged: Counter[str] = Counter()
        self._quiet_until_s = 0.0
        self._sweeping = Periodic("connections", self._sweep, every_s=_SWEEP_S)

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    async def start(self) -> None:
        """Look after them."""
        await self._sweeping.start()

    async def close(self) -> None:
        """Leave them alone, and say what was not said yet."""
        await self._sweeping.close()
        self._log_dropped()

    def admit(self, connection: Connection) -> bool:
        """
        Let it in. At the bound the one that has waited longest for a request goes first.

        Returns:
            False: all others are at work, and this one has to go.
        """
        while (is_full := len(self._open) >= self.limits.connections_max) and self._make_room():
            pass
        self._open.add(connection)
        if not is_full:
            self.waits(connection, is_known=False)
        return not is_full

    def waits(self, connection: Connection, *, is_known: bool) -> None:
        """It has no whole request from now on. Args: is_known: it has had an answer before."""
        self._waiting.add(connection, self._now_s(), is_known=is_known)

    def lingers(self, connection: Connection) -> None:
        """It was refused, and is read only so that it can see why: the first to go."""
        self._waiting.add_refused(connection, self._now_s())
        if self._waiting.refused > _REFUSED_MAX:
            next(iter(self._waiting)).give_way()

    def works(self, connection: Connection) -> None:
        """Its request is here."""
        self._waiting.remove(connection)

    def gone(self, connection: Connection) -> None:
        """It has ended."""
        self._open.discard(connection)
        self._waiting.remove(connection)

    def dropped(self, reason: str) -> None:
        """One was ended although the client wanted more of it: counted each time, logged once a minute."""
        self._counters.connection_dropped(reason)
        self._unlogged[reason] += 1
        if self._now_s() >= self._quiet_until_s:
            self._log_dropped()

    def expire(self) -> None:
        """End those that have waited for too long."""
        now_s = self._now_s()
        self._counters.connections_open(len(self._open))
        for connection in tuple(self._open):
            connection.expire(now_s)
        if now_s >= self._quiet_until_s:
            self._log_dropped()

    def _make_room(self) -> bool:
        for connection in islice(self._waiting, _ASKED_MAX):
            if connection.give_way():
                self.gone(connection)
                self.dropped(MADE_ROOM)
                return True
        return False

    def _log_dropped(self) -> None:
        if self._unlogged:
            _log.warning("connections.dropped", open=len(self._open), **self._unlogged)
            self._unlogged.clear()
            self._quiet_until_s = self._now_s() + _LOG_EVERY_S

    async def _sweep(self) -> None:
        self.expire()
