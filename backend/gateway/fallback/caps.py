"""
What this gateway may approve without a score, and what it has: the caps, and its spending of them.

An outage, for a gateway, is over when its brain has been well for a minute; then what it spent is forgotten. So the
sum of what all gateways approve in their outages never passes the cap per outage, because their shares never do.
"""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import monotonic

import structlog

from gateway.errors import JournalFailure, JournalUnavailable, LedgerUnreadable
from gateway.fallback.meter import Claim, ExposureStore, Meter, StoredLease, Taken, open_store
from gateway.fallback.policy import BlindRules, Cap
from gateway.fallback.quota import Lease, LeaseStore, Quota, QuotaLease
from gateway.fallback.reservations import Reservations
from gateway.kit.periodic import Periodic
from gateway.kit.sqlite_writer import WriterThread

_log = structlog.get_logger()
_OUTAGE = "outage"
_BEAT_S = 1.0
_FIRST_CONTACT_S = 1.0  # a start without a ledger takes so much longer
_FIRST_LEASE_S = 0.25  # for its first payment of an outage one that is alone waits so long; a lease takes some ms
_CALM_S = 60.0  # a brain that is back for less may only be flapping
_OUTAGE_CHUNKS = 100  # in a limit: a crash costs 1 % of a share at most
_HOURLY_CHUNKS = 8  # a user pays seldom: few commits each, and a crash costs an eighth
_FORGET_S = 60.0


class Exposure:
    """
    Runs in the background. `start` and `close` belong to the gateway's lifespan.

    Args:
        lease_store: The leases of all gateways.
        is_ready: Set once the ledger's collections are in place.
        directory: On this machine, where its own share and spending are remembered.
        rules: The policy in force.
        is_healthy: Whether the brain is reachable, and the circuit to it closed.
        has_company: Whether other gateways are alive: then the cap is leased, whatever the policy says.
        instance: This gateway's name, for people.
        now_s: Seconds that only go forward.
        wall_s: Seconds since the epoch.
    """

    def __init__(
        self,
        lease_store: LeaseStore,
        is_ready: asyncio.Event,
        *,
        directory: Path,
        rules: Callable[[], BlindRules],
        is_healthy: Callable[[], bool],
        has_company: Callable[[], bool],
        instance: str,
        now_s: Callable[[], float] = monotonic,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self._is_ready = is_ready
        self._directory = directory
        self._rules = rules
        self._is_healthy = is_healthy
        self._has_company = has_company
        self._now_s = now_s
        self._wall_s = wall_s
        self._meter = Meter()
        self._lease = QuotaLease(
            lease_store,
            rules=rules,
            committed=lambda: self._meter.committed(_OUTAGE),
            save=self._save,
            instance=instance,
            now_s=now_s,
            wall_s=wall_s,
        )
        self._unwell_at_s = self._ended_at_s = self._forgot_at_s = now_s()
        self._failure: str | None = None
        self._writer: WriterThread[ExposureStore] | None = None
        self._reservations: Reservations | None = None  # without a disk
        self._was_tried = asyncio.Event()
        self._was_beaten = asyncio.Event()
        self._has_looked = False
        self._is_spending = False  # in this outage, or in one that this gateway has not seen the end of
        self._beating = Periodic("exposure", self.beat, every_s=_BEAT_S)

    async def start(self) -> None:
        """Take up what this gateway knew when it last ran. A disk that refuses leaves it without a share."""
        await self._open()
        await self._beating.start()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_CONTACT_S):  # so that it knows of the others before it decides anything
                await self._is_ready.wait()
                self._beating.wake()
                await self._was_tried.wait()

    async def close(self) -> None:
        """Give the share back where that is possible."""
        await self._beating.close()
        if self._is_ready.is_set():
            with contextlib.suppress(LedgerUnreadable, JournalFailure):
                await self._lease.give_back()
        if self._writer is not None:
            await self._writer.close()

    @property
    def share(self) -> Quota:
        """Of the cap per outage, as of now."""
        return self._lease.share

    @property
    def spent(self) -> int:
        """Of the share, in hundredths of the reference currency."""
        return self._meter.spent(_OUTAGE)

    @property
    def others(self) -> list[Lease]:
        """The leases of the other gateways, as the ledger last said."""
        return list(self._lease.others.values())

    async def spend(self, amount: int | None, *, user_id: str, merchant_id: str | None) -> Cap | None:
        """
        Take an amount from every cap, durably, or from none.

        Args:
            amount: In hundredths of the reference currency; None, when there is no rate, is above every cap.

        Returns:
            The cap that it does not fit under; None when it may be approved.
        """
        rules = self._rules()
        per_transaction = rules.per_transaction_of(merchant_id)
        if per_transaction is not None and (amount is None or amount > per_transaction):
            return Cap.PER_TRANSACTION
        if rules.caps.per_outage is not None:
            self._is_spending = True
            if not self._knows_enough:
                await self._lease_first()
        claims = self._claims(rules, user_id, merchant_id)
        if not claims:
            return None
        if amount is None:
            return claims[0].cap
        taken = self._meter.take(amount, claims, now_s=self._wall_s())
        if isinstance(taken, Cap):
            return taken
        if taken.is_safe or await self._make_safe(taken):
            return None
        taken.undo()
        return Cap.NO_SHARE

    async def beat(self) -> None:
        """Do what is due each second, and note a ledger or a disk that is away."""
        try:
            await self._beat()
        except (LedgerUnreadable, JournalFailure) as failure:
            # what is held is as it was, or smaller, and runs out by itself
            self._note_renewal(failure.detail)
        else:
            self._note_renewal(None)
        finally:
            self._was_beaten.set()
            if self._is_ready.is_set():
                self._was_tried.set()

    async def _lease_first(self) -> None:
        """
        Let the ledger know of one that is alone before it spends: another that starts now must not spend the same.

        A ledger that is away, or slow, stops nobody who is alone.
        """
        self._beating.wake()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_LEASE_S):
                while not self._knows_enough:
                    self._was_beaten.clear()
                    await self._was_beaten.wait()

    @property
    def _knows_enough(self) -> bool:
        is_asked = self._is_ready.is_set() and self._failure is None
        return not is_asked or not self._lease.is_alone or self._lease.is_held

    def _claims(self, rules: BlindRules, user_id: str, merchant_id: str | None) -> Sequence[Claim]:
        claims = []
        if (cap := rules.caps.per_user_hour) is not None:
            limit = cap // rules.gateways
            claims.append(Claim(Cap.PER_USER_HOUR, f"user:{user_id}", limit, limit // _HOURLY_CHUNKS, is_hourly=True))
        own = rules.merchants.get(merchant_id or "")
        if own is not None and own.per_outage is not None:
            limit = own.per_outage // rules.gateways
            key = f"merchant:{merchant_id}"
            claims.append(Claim(Cap.PER_MERCHANT_OUTAGE, key, limit, limit // _OUTAGE_CHUNKS, is_hourly=False))
        share = self.share
        if share.cap is not None:
            line, limit = Cap.PER_OUTAGE if share.is_known else Cap.NO_SHARE, share.share
            claims.append(Claim(line, _OUTAGE, limit, limit // _OUTAGE_CHUNKS, is_hourly=False))
        return claims

    async def _make_safe(self, taken: Taken) -> bool:
        if self._reservations is None or not await self._reservations.keep(taken.wanted):
            return False
        taken.confirm()
        return True

    async def _save(self, stored: StoredLease) -> None:
        if self._writer is None:
            raise JournalUnavailable("there is no disk to remember a share on")
        await self._writer.do(lambda store: store.store_lease(stored))

    async def _open(self) -> None:
        try:
            self._writer = WriterThread(
                partial(open_store, self._directory),
                name="exposure",
                failure=lambda refusal: JournalUnavailable(refusal.value),
            )
            self._writer.start()
            self._reservations = Reservations(self._writer)
            reserved, stored = await self._writer.do(lambda store: (store.reserved(), store.stored()))
        except (OSError, sqlite3.Error, JournalFailure) as error:
            _log.error("exposure.unavailable", error=type(error).__name__)  # nothing above 0 is approved blind
            return
        self._meter.restore(reserved)
        if stored is not None:
            self._lease.restore(stored)
        self._is_spending = self.spent > 0 or self._lease.is_held

    async def _beat(self) -> None:
        now_s = self._now_s()
        if not self._is_healthy():
            self._unwell_at_s = now_s
        is_calm = now_s - self._unwell_at_s >= _CALM_S
        if is_calm and now_s - self._ended_at_s >= _CALM_S:
            self._ended_at_s = now_s
            await self._end_outage()
        if now_s - self._forgot_at_s >= _FORGET_S and self._writer is not None:
            self._forgot_at_s = now_s
            first = self._meter.forget_before(self._wall_s())
            await self._writer.do(lambda store: store.forget_before(first))
        if not self._is_ready.is_set():
            return
        if not self._has_looked:
            await self._lease.look(is_calm=is_calm)
            self._has_looked = True
        if self._is_leased:
            await self._lease.renew(is_calm=is_calm)

    @property
    def _is_leased(self) -> bool:
        """Whether the cap per outage is leased: one gateway alone asks the ledger nothing until it spends."""
        return not self._lease.is_alone or self._has_company() or self._is_spending

    def _note_renewal(self, failure: str | None) -> None:
        """Each change of it once in the log: it is tried each second, and the ledger may be away for hours."""
        if failure != self._failure:
            say = _log.info if failure is None else _log.warning
            say("exposure.renewed" if failure is None else "exposure.not_renewed", error=failure)
        self._failure = failure

    async def _end_outage(self) -> None:
        if self.spent:
            _log.info("exposure.outage_over", spent=self.spent)
        self._meter.end_outage()
        self._is_spending = False
        if self._writer is not None:
            await self._writer.do(lambda store: store.end_outage())
        if not self._is_leased and self._is_ready.is_set():
            await self._lease.give_back()
