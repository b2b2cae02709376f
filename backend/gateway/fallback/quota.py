"""
This gateway's quota: its part of the cap per outage. Renewed each second, kept on disk, returned at the end.

A share is what one gateway may approve blind in one outage, in all. All shares together are never more than the cap;
the rest follows from two rules, each kept by its gateway:

  1. A smaller share holds from before the ledger is told of it, a larger one from after the ledger has confirmed it.
  2. A share that the ledger has not confirmed for as long as a lease lasts is worth nothing.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import structlog
from msgspec import Struct

from gateway.fallback.meter import StoredLease
from gateway.fallback.policy import BlindRules

SILENT_S = 10.0  # a gateway tells each second; who missed so many gets no part of what is shared out anew
LEASES_MAX = 200  # as many gateways as the fleet lists
_log = structlog.get_logger()
_LEASE_SAFETY = 0.9  # of a lease: its gateway stops before anybody takes it back, whatever the clocks' drift
_WRITE_TRIES_MAX = 3


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
class LeaseTable:
    """All leases, and the version of the document that has them; 0 when there is none yet."""

    version: int
    leases: Mapping[str, Lease]


class LeaseStore(Protocol):
    """Reads and writes the leases of all gateways. Everything may raise LedgerUnreadable."""

    async def read(self) -> LeaseTable:
        """Read all leases."""

    async def write(self, table: LeaseTable, dropped: set[str], lease_id: str, mine: Lease | None) -> bool:
        """
        Put a lease in, or take it out, and drop others.

        Returns:
            False when somebody else has written since `table` was read: nothing was done.

        Raises:
            LedgerUnreadable: unknown whether it was done, or will be.
        """


def share_for(cap: int, spent: int, others: Mapping[str, Lease]) -> int:
    """
    Compute the share that a gateway may have: an equal part of what nobody has spent, as far as others leave room.

    Args:
        cap: For all together.
        spent: By this one: never taken from it.
        others: The leases of all others.

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
    Compute what the others leave of the cap.

    A gateway that was cut off may have spent more than that, and the ledger is told so. But it spent it in an outage
    that is over for the others, so it is no room for new approvals once the outage is over here, too.
    """
    return max(0, cap - sum(lease.share for lease in others.values()))


def kept(others: Mapping[str, Lease], *, lease_s: float, is_calm: bool) -> dict[str, Lease]:
    """
    Find the leases that still count.

    What is returned or has run out counts until an outage is over: its gateway may have spent it in this one.

    Args:
        is_calm: Whether the brain has been well for a while, as far as the gateway sees that asks.
    """
    if not is_calm:
        return dict(others)
    return {key: lease for key, lease in others.items() if not lease.is_returned and lease.age_s <= lease_s}


class Quota(Struct, frozen=True, gc=False):
    """
    What this gateway may approve in one outage, in hundredths of the reference currency.

    Attributes:
        cap: Of all gateways together; None when the policy sets none.
        share: Of it, with what is spent already.
        is_known: Whether there is any: a lease that has not run out, or the whole cap of one that is alone.
    """

    cap: int | None
    share: int
    is_known: bool


class QuotaLease:
    """
    The lease on this gateway's quota. For one event loop.

    Args:
        lease_store: The leases of all gateways.
        rules: The policy in force.
        committed: What is spent, or reserved for spending, of the share.
        save: Writes the lease to disk; raises JournalFailure.
        instance: This gateway's name, for people.
        now_s: Seconds that only go forward.
        wall_s: Seconds since the epoch.
    """

    def __init__(
        self,
        lease_store: LeaseStore,
        *,
        rules: Callable[[], BlindRules],
        committed: Callable[[], int],
        save: Callable[[StoredLease], Awaitable[None]],
        instance: str,
        now_s: Callable[[], float],
        wall_s: Callable[[], float],
    ) -> None:
        self.others: dict[str, Lease] = {}
        self._lease_store = lease_store
        self._rules = rules
        self._committed = committed
        self._save = save
        self._instance = instance
        self._now_s = now_s
        self._wall_s = wall_s
        self._stored = StoredLease(secrets.token_hex(8))
        self._on_disk: StoredLease | None = None  # None: not known, since a write may have failed
        self._renewed_at_s: float | None = None  # in this process; of an earlier one only the wall clock can tell

    def restore(self, stored: StoredLease) -> None:
        """Take up the lease that this gateway had when it last ran."""
        self._stored = self._on_disk = stored

    @property
    def share(self) -> Quota:
        """What may be approved at this moment."""
        rules = self._rules()
        cap = rules.caps.per_outage
        if cap is None:
            return Quota(None, 0, is_known=True)
        if self.is_alone:
            return Quota(cap, cap, is_known=True)
        if self._is_leased(rules.lease_s):
            # the file may have another cap since: every gateway's part changes alike
            return Quota(cap, self._stored.share * cap // max(1, self._stored.cap), is_known=True)
        return Quota(cap, 0, is_known=False)

    @property
    def is_alone(self) -> bool:
        """Whether the whole cap is this gateway's: the policy says so, and no other was found when it last asked."""
        return self._rules().gateways == 1 and not self._stored.has_company

    @property
    def is_held(self) -> bool:
        """Whether the ledger has confirmed a lease that has not run out."""
        return self._is_leased(self._rules().lease_s)

    async def look(self, *, is_calm: bool) -> None:
        """Find out whether others hold leases, and take none. Raises LedgerUnreadable."""
        self._note_others(await self._lease_store.read(), is_calm=is_calm)

    async def renew(self, *, is_calm: bool) -> None:
        """
        Take an equal part of what nobody has spent.

        Args:
            is_calm: Whether the brain has been well for a while.

        Raises:
            LedgerUnreadable, JournalFailure: it is as it was, or smaller.
        """
        rules = self._rules()
        cap = rules.caps.per_outage or 0
        for _ in range(_WRITE_TRIES_MAX):
            begun_s, begun_wall_s = self._now_s(), self._wall_s()
            table = await self._lease_store.read()
            gone = self._note_others(table, is_calm=is_calm)
            if len(self.others) >= LEASES_MAX:
                _log.error("exposure.too_many_gateways", leases=len(self.others))
                return
            # nothing may be awaited from here until the share is smaller: what is spent meanwhile would be too much
            spent = self._committed()
            share = share_for(cap, spent, self.others)
            usable = min(share, room_beside(cap, self.others))
            self._stored = replace(self._stored, share=min(usable, self._stored.share))
            await self._keep(self._stored)
            lease = Lease(self._instance, share, spent, age_s=0.0)
            if await self._lease_store.write(table, gone, self._stored.lease_id, lease):
                confirmed = replace(
                    self._stored,
                    share=usable,
                    cap=cap,
                    renewed_ms=round(begun_wall_s * 1000),
                    has_company=bool(self.others),
                )
                await self._keep(confirmed)
                self._stored, self._renewed_at_s = confirmed, begun_s
                return

    async def give_back(self) -> None:
        """
        Leave to the others what is not spent; what is spent still counts.

        Raises:
            LedgerUnreadable, JournalFailure: then the lease runs out by itself.
        """
        if self._stored.renewed_ms == 0:
            return
        for _ in range(_WRITE_TRIES_MAX):
            table = await self._lease_store.read()
            spent = self._committed()
            self._stored = replace(self._stored, share=0, cap=0, renewed_ms=0)
            await self._keep(self._stored)  # first: after a start it must not spend what it gave back
            lease = Lease(self._instance, spent, spent, age_s=0.0, is_returned=True) if spent else None
            if await self._lease_store.write(table, set(), self._stored.lease_id, lease):
                return

    def _note_others(self, table: LeaseTable, *, is_calm: bool) -> set[str]:
        """Remember the leases of others that still count. Returns those that do not."""
        found = {key: lease for key, lease in table.leases.items() if key != self._stored.lease_id}
        self.others = kept(found, lease_s=self._rules().lease_s, is_calm=is_calm)
        # a lease that was returned is company, too: what its gateway has spent counts until the outage is over
        self._stored = replace(self._stored, has_company=bool(self.others) or self._stored.has_company)
        return found.keys() - self.others.keys()

    async def _keep(self, stored: StoredLease) -> None:
        """Write it to disk unless it is there. Raises JournalFailure."""
        if stored != self._on_disk:
            self._on_disk = None
            await self._save(stored)
            self._on_disk = stored

    def _is_leased(self, lease_s: float) -> bool:
        """By both clocks: one stands still while a machine sleeps, the other may be set."""
        ages_s = [self._wall_s() - self._stored.renewed_ms / 1000]
        if self._renewed_at_s is not None:
            ages_s.append(self._now_s() - self._renewed_at_s)
        return max(ages_s) < lease_s * _LEASE_SAFETY
