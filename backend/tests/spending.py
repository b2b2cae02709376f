"""One gateway's spending of caps on a real disk, and all that surrounds it: a ledger in memory, a clock, a brain."""

import asyncio
from dataclasses import replace
from pathlib import Path

from gateway.domain import Decision
from gateway.errors import LedgerUnreadable
from gateway.fallback.caps import Exposure
from gateway.fallback.policy import BlindRules, Cap, Caps, Stance
from gateway.fallback.quota import Lease, LeaseTable
from tests.clock import Clock

CAP = 1_000
ALONE = BlindRules(Stance.OPEN, Decision.REVIEW, 1, 3600, Caps(per_outage=CAP), {}, {})
ONE_OF_TWO = replace(ALONE, gateways=2)


class FakeLeaseStore:
    """Leases in memory, for one or more gateways; refuses while it is away."""

    def __init__(self) -> None:
        self.is_away = False
        self.reads = self.version = 0
        self.leases: dict[str, Lease] = {}

    async def read(self) -> LeaseTable:
        """All leases; LedgerUnreadable while it is away."""
        self.reads += 1
        if self.is_away:
            raise LedgerUnreadable("away")
        return LeaseTable(self.version, dict(self.leases))

    async def write(self, table: LeaseTable, dropped: set[str], lease_id: str, mine: Lease | None) -> bool:
        """Put one lease there, without those that are dropped, unless another came first; LedgerUnreadable if away."""
        if self.is_away:
            raise LedgerUnreadable("away")
        if table.version != self.version:
            return False
        self.version += 1
        self.leases = {k: v for k, v in self.leases.items() if k not in dropped | {lease_id}}
        if mine is not None:
            self.leases[lease_id] = mine
        return True


class Setting:
    """What surrounds one gateway; `begin` starts it, on the same disk as before."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.lease_store = FakeLeaseStore()
        self.clock = Clock()
        self.rules = ONE_OF_TWO
        self.is_healthy = self.has_company = False
        self.running: list[Exposure] = []
        self.prepared = asyncio.Event()
        self.prepared.set()

    async def begin(self) -> Exposure:
        """Start the gateway's exposure."""
        exposure = Exposure(
            self.lease_store,
            self.prepared,
            directory=self.directory,
            rules=lambda: self.rules,
            is_healthy=lambda: self.is_healthy,
            has_company=lambda: self.has_company,
            instance="gateway",
            now_s=self.clock,
            wall_s=lambda: 1_700_000_000.0 + self.clock(),
        )
        await exposure.start()
        self.running.append(exposure)
        return exposure

    async def crash(self, exposure: Exposure) -> None:
        """Nothing is given back; what is not on disk is gone."""
        self.lease_store.is_away = True
        await exposure.close()
        self.running.remove(exposure)


async def spend(exposure: Exposure, amount: int | None = 10, user_id: str = "u1") -> Cap | None:
    """A payment in hundredths of the reference currency; the cap that stops it, or None when it is spent."""
    return await exposure.spend(amount, user_id=user_id, merchant_id=None)
