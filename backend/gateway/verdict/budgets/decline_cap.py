"""
How many payments a model may block: two in a thousand of the last 10,000, and five where there were few.

For every model and for ever: whatever a model that has gone wrong says of all payments, this is the harm that it does.
"""

from collections import deque
from collections.abc import Iterable

WINDOW = 10_000  # payments decided here, however they were decided
ONE_IN = 500
ALWAYS = 5  # so that a model may block at all where there are few payments


class DeclineCap:
    """
    Pure.

    Args:
        payments: Decided so far.
        blocks: For each block of a model, how many payments had been decided before it; ascending.
    """

    def __init__(self, payments: int = 0, blocks: Iterable[int] = ()) -> None:
        self.payments = payments
        self._blocks = deque(blocks, maxlen=WINDOW)

    @property
    def allowed(self) -> int:
        """Blocks among the last 10,000 payments."""
        return max(ALWAYS, min(self.payments, WINDOW) // ONE_IN)

    @property
    def used(self) -> int:
        """Of them."""
        while self._blocks and self._blocks[0] <= self.payments - WINDOW:
            self._blocks.popleft()
        return len(self._blocks)

    @property
    def blocks(self) -> tuple[int, ...]:
        """As the argument of that name."""
        return tuple(self._blocks)

    def take(self) -> bool:
        """Use one, if there is one."""
        if self.used >= self.allowed:
            return False
        self._blocks.append(self.payments)
        return True

    def give_back(self) -> None:
        """The newest was not used: another verdict stood already."""
        if self._blocks:
            self._blocks.pop()

    def count(self) -> None:
        """One more payment was decided."""
        self.payments += 1
