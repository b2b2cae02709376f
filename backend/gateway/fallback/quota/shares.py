"""
How the cap per outage is shared out among gateways. Pure: no clock, no I/O.

A share is what one gateway may approve blind in one outage, in all. All shares together are never more than the cap;
the rest follows from two rules, each kept by its holder (exposure.py):

  1. A smaller share holds from before the ledger is told of it, a larger one from after the ledger has confirmed it.
  2. A share that the ledger has not confirmed for as long as a lease lasts is worth nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

SILENT_S = 10.0  # a gateway tells each second; who missed so many gets no part of what is shared out anew
LEASES_MAX = 200  # as many gateways as the fleet lists


@dataclass(frozen=True, slots=True)
class Lease:
    """
    A gateway's share as the ledger knows it, in hundredths of the reference currency.

    Attributes:
        spent: Of the share, as its gateway last said.
        age_s: Since then, by the ledger's clock.
        is_returned: Its gateway is gone for good; what it had spent still counts.
    """

    instance: str
    share: int
    spent: int
    age_s: float
    is_returned: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """All leases, and the version of the book that has them; 0 when there is none yet."""

    version: int
    leases: Mapping[str, Lease]


class Book(Protocol):
    """Where all gateways read and write their leases. Everything may raise LedgerUnreadable."""

    async def read(self) -> Page:
        """As it is now."""

    async def write(self, page: Page, dropped: set[str], lease_id: str, mine: Lease | None) -> bool:
        """
        Put a lease in, or take it out, and drop others.

        Returns:
            False when somebody else has written since `page` was read: nothing was done.

        Raises:
            LedgerUnreadable: unknown whether it was done, or will be.
        """


def share_for(cap: int, spent: int, others: Mapping[str, Lease]) -> int:
    """
    The share that one gateway may have: an equal part of what nobody has spent, as far as the others leave room.

    Args:
        cap: For all together.
        spent: By this one: never taken from it.
        others: What all others hold.

    Returns:
        With the shares of `others` at most the cap, if this gateway's share was so before.
    """
    talking = [lease for lease in others.values() if not lease.is_returned and lease.age_s <= SILENT_S]
    held_back = sum(lease.share for lease in others.values()) - sum(lease.share for lease in talking)
    unspent = cap - held_back - spent - sum(lease.spent for lease in talking)
    wish = spent + max(0, unspent) // (1 + len(talking))
    return max(spent, min(wish, room_beside(cap, others)))


def room_beside(cap: int, others: Mapping[str, Lease]) -> int:
    """
    What the others leave of the cap.

    A gateway that was cut off may have spent more than that, and the ledger is told so. But it spent it in an outage
    that is over for the others, so it is no room for new approvals once the outage is over here, too.
    """
    return max(0, cap - sum(lease.share for lease in others.values()))


def kept(others: Mapping[str, Lease], *, lease_s: float, is_calm: bool) -> dict[str, Lease]:
    """
    The leases that still count.

    What is returned or has run out counts until an outage is over: its gateway may have spent it in this one.

    Args:
        is_calm: Whether the brain has been well for a while, as far as the gateway sees that asks.
    """
    if not is_calm:
        return dict(others)
    return {key: lease for key, lease in others.items() if not lease.is_returned and lease.age_s <= lease_s}
