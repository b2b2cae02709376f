"""
This gateway's share of the cap per outage: asked for anew each second, remembered on disk, given back at the end.

It keeps the two rules of leases.py: what becomes smaller does so here and on disk before the ledger is told, what
becomes larger does so after the ledger has confirmed it; and a share that is not confirmed runs out.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog

from gateway.fallback.meter_store import Held
from gateway.fallback.policy import BlindRules
from gateway.fallback.quota.shares import LEASES_MAX, Book, Lease, kept, room_beside, share_for

_log = structlog.get_logger()
_LEASE_SAFETY = 0.9  # of a lease: its holder stops before anybody takes it back, whatever the clocks' drift
_WRITE_TRIES_MAX = 3


@dataclass(frozen=True, slots=True)
class Share:
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


class ShareHolder:
    """
    For one event loop.

    Args:
        book: The leases of all gateways.
        rules: The policy in force.
        committed: What is spent, or reserved for spending, of the share.
        remember: Keeps the lease on disk; raises JournalFailure.
        instance: This gateway's name, for people.
        now_s: Seconds that only go forward.
        wall_s: Seconds since the epoch.
    """

    def __init__(
        self,
        book: Book,
        *,
        rules: Callable[[], BlindRules],
        committed: Callable[[], int],
        remember: Callable[[Held], Awaitable[None]],
        instance: str,
        now_s: Callable[[], float],
        wall_s: Callable[[], float],
    ) -> None:
        self.others: dict[str, Lease] = {}
        self._book = book
        self._rules = rules
        self._committed = committed
        self._remember = remember
        self._instance = instance
        self._now_s = now_s
        self._wall_s = wall_s
        self._held = Held(secrets.token_hex(8))
        self._on_disk: Held | None = None  # None: not known, since a write may have failed
        self._renewed_at_s: float | None = None  # in this process; of an earlier one only the wall clock can tell

    def restore(self, held: Held) -> None:
        """What this gateway held when it last ran."""
        self._held = self._on_disk = held

    @property
    def share(self) -> Share:
        """As of now."""
        rules = self._rules()
        cap = rules.caps.per_outage
        if cap is None:
            return Share(None, 0, is_known=True)
        if self.is_alone:
            return Share(cap, cap, is_known=True)
        if self._is_leased(rules.lease_s):
            # the file may have another cap since: every holder's part changes alike
            return Share(cap, self._held.share * cap // max(1, self._held.cap), is_known=True)
        return Share(cap, 0, is_known=False)

    @property
    def is_alone(self) -> bool:
        """Whether the whole cap is this gateway's: the policy says so, and no other was found when it last asked."""
        return self._rules().gateways == 1 and not self._held.has_company

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
            page = await self._book.read()
            found = {key: lease for key, lease in page.leases.items() if key != self._held.lease_id}
            self.others = kept(found, lease_s=rules.lease_s, is_calm=is_calm)
            if len(self.others) >= LEASES_MAX:
                _log.error("exposure.too_many_gateways", leases=len(self.others))
                return
            # nothing may be awaited from here until the share is smaller: what is spent meanwhile would be too much
            spent = self._committed()
            share = share_for(cap, spent, self.others)
            usable = min(share, room_beside(cap, self.others))
            has_company = any(not lease.is_returned for lease in self.others.values())
            self._held = replace(self._held, share=min(usable, self._held.share), has_company=has_company)
            await self._keep(self._held)
            lease = Lease(self._instance, share, spent, age_s=0.0)
            if await self._book.write(page, found.keys() - self.others.keys(), self._held.lease_id, lease):
                confirmed = replace(self._held, share=usable, cap=cap, renewed_ms=round(begun_wall_s * 1000))
                await self._keep(confirmed)
                self._held, self._renewed_at_s = confirmed, begun_s
                return

    async def give_back(self) -> None:
        """
        Leave to the others what is not spent; what is spent still counts.

        Raises:
            LedgerUnreadable, JournalFailure: then the lease runs out by itself.
        """
        if self._held.renewed_ms == 0:
            return
        for _ in range(_WRITE_TRIES_MAX):
            page = await self._book.read()
            spent = self._committed()
            self._held = replace(self._held, share=0, cap=0, renewed_ms=0)
            await self._keep(self._held)  # first: after a start it must not spend what it gave back
            lease = Lease(self._instance, spent, spent, age_s=0.0, is_returned=True) if spent else None
            if await self._book.write(page, set(), self._held.lease_id, lease):
                return

    async def _keep(self, held: Held) -> None:
        """Write it to disk unless it is there. Raises JournalFailure."""
        if held != self._on_disk:
            self._on_disk = None
            await self._remember(held)
            self._on_disk = held

    def _is_leased(self, lease_s: float) -> bool:
        """By both clocks: one stands still while a machine sleeps, the other may be set."""
        ages_s = [self._wall_s() - self._held.renewed_ms / 1000]
        if self._renewed_at_s is not None:
            ages_s.append(self._now_s() - self._renewed_at_s)
        return max(ages_s) < lease_s * _LEASE_SAFETY
