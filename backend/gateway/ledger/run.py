"""The numbers of one run of a gateway: which of what it has sent is settled. See records/positions.py."""

import secrets
from collections.abc import Iterable
from itertools import islice
from math import inf
from time import monotonic

from records.positions import RUN_BYTES

_MISSED_AGAIN_S = 4.0  # less than the 5 s between sweeps, more than the 3 s that a write may take


class Run:
    """
    Numbers what is sent to MongoDB, and knows of which it is not settled whether it stands and is chained.

    A record that is sent again gets another number: what became of the first one is found out as of any other.

    Attributes:
        name: Of the run, RUN_BYTES long; no other run has it.
    """

    def __init__(self) -> None:
        self.name = secrets.token_bytes(RUN_BYTES)
        self._last = 0
        self._open: dict[int, float] = {}  # lowest number first; since when, in monotonic seconds
        self._missed: dict[int, float] = {}  # when, in monotonic seconds

    def take(self, count: int) -> range:
        """The numbers of a batch that is about to be sent. They are open from now on."""
        numbers = range(self._last + 1, self._last + 1 + count)
        self._last += count
        self._open.update(dict.fromkeys(numbers, monotonic()))
        return numbers

    def settle(self, numbers: Iterable[int]) -> None:
        """These are chained on a majority, or will never stand."""
        for number in numbers:
            self._open.pop(number, None)
            self._missed.pop(number, None)

    @property
    def settled(self) -> int:
        """All numbers up to this one are settled."""
        return next(iter(self._open), self._last + 1) - 1

    @property
    def is_settled(self) -> bool:
        """Nothing is open."""
        return not self._open

    def overdue(self, *, older_than_s: float, limit: int) -> list[int]:
        """
        What is open for longer than it ever takes, because nobody heard what became of it.

        What was missed in the last 4 s is left out: to ask for it again so soon would prove nothing.
        """
        now_s = monotonic()
        old = (
            number
            for number, since_s in self._open.items()
            if since_s < now_s - older_than_s and self._missed.get(number, -inf) < now_s - _MISSED_AGAIN_S
        )
        return list(islice(old, limit))

    def absent(self, numbers: Iterable[int]) -> None:
        """MongoDB does not have these. Said a second time it is believed: a frozen server may get to them late."""
        for number in numbers:
            if number not in self._open:
                continue
            if self._missed.pop(number, None) is None:
                self._missed[number] = monotonic()
            else:
                del self._open[number]
