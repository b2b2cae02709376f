"""
How many payments models may block: two in a thousand of the last 10,000, and five where there were few.

For every model and for ever: whatever a model that has gone wrong says of all payments, this is the harm that it does.
"""

from collections import deque
from collections.abc import Iterable

WINDOW = 10_000  # payments decided here, however they were decided
SHARE = 0.002  # twice what the best publish as their share of genuine payments that they block
ALWAYS = 5  # so that a model may block at all where there are few payments
_ROUNDING = 1e-9  # 5,000 x 0.0002 must be 1


class DeclineCap:
    """
    Pure.

    Args:
        payments: Decided so far; whoever decides one more counts it here.
        blocks: For each block of a model, how many payments had been decided before it; ascending.
        share: Of the last 10,000 payments, 0..1, that may be blocked; of 0 none is, however few payments there were.

    Attributes:
        gateways: That share the five blocks which are allowed however few payments there were; one each at least.
    """

    def __init__(
        self, payments: int = 0, blocks: Iterable[int] = (), *, share: float = SHARE, gateways: int = 1
    ) -> None:
        self.payments = payments
        self.share = share
        self.gateways = gateways
        self._blocks = deque(blocks, maxlen=WINDOW)

    @property
    def allowed(self) -> int:
        """Blocks among the last 10,000 payments."""
        always = -(-ALWAYS // self.gateways) if self.share > 0 else 0
        return max(always, int(min(self.payments, WINDOW) * self.share + _ROUNDING))

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
