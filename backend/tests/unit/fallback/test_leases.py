"""Gateways that share a cap never approve more than it together, whatever happens between them and to them."""

import types
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from gateway.domain import Decision
from gateway.errors import LedgerUnreadable
from gateway.fallback.meter import Claim, Meter, Reservation, StoredLease, Taken
from gateway.fallback.policy import BlindRules, Cap, Caps, Stance
from gateway.fallback.quota import Lease, LeaseTable, QuotaLease, kept, share_for

CAP = 1_000
LEASE_S = 600
GATEWAYS = 3
RULES = BlindRules(Stance.OPEN, Decision.REVIEW, GATEWAYS, LEASE_S, Caps(per_outage=CAP), {}, {})


@given(
    st.integers(0, 1_000),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400), st.floats(0, 700), st.booleans()), max_size=6),
)
def test_a_share_leaves_the_others_theirs(spent: int, others: list[tuple[int, int, float, bool]]) -> None:
    """Never more than the room that they leave, and never less than what is spent already."""
    leases = {
        str(n): Lease("gateway", share, min(share, spent_), age_s, is_returned)
        for n, (share, spent_, age_s, is_returned) in enumerate(others)
    }

    share = share_for(CAP, spent, leases)

    assert share >= spent
    assert share == spent or share + sum(lease.share for lease in leases.values()) <= CAP


def test_equal_gateways_get_equal_parts() -> None:
    """Of what is not spent; who has spent keeps that."""
    one = Lease("one", share=CAP, spent=200, age_s=0.0)

    smaller = share_for(CAP, 200, {"two": Lease("two", 0, 0, 0.0)})
    two = share_for(CAP, 0, {"one": replace(one, share=smaller)})

    assert (smaller, two) == (600, 400)


def test_what_a_silent_gateway_holds_is_not_shared_out() -> None:
    """It may be at work behind a broken line."""
    silent = Lease("silent", share=400, spent=0, age_s=30.0)

    assert share_for(CAP, 0, {"silent": silent}) == 600


def test_a_lease_that_ran_out_counts_until_an_outage_is_over() -> None:
    """Its gateway may have spent all of it in this one."""
    leases = {
        "alive": Lease("a", 100, 0, age_s=1.0),
        "lost": Lease("b", 100, 0, age_s=LEASE_S + 1.0),
        "gone": Lease("c", 50, 50, age_s=1.0, is_returned=True),
    }

    assert kept(leases, lease_s=LEASE_S, is_calm=False) == leases
    assert kept(leases, lease_s=LEASE_S, is_calm=True).keys() == {"alive"}


@types.coroutine
def a_moment() -> Generator[None, None, None]:
    """Where a coroutine of the walk below stands still until it is told to go on."""
    yield


@dataclass
class Write:
    """A write on its way to the ledger: it may come late, and after its sender has given it up."""

    table: LeaseTable
    dropped: set[str]
    lease_id: str
    mine: Lease | None


@dataclass
class World:
    """The ledger, the time, and what everybody has approved in the outage, by lease."""

    version: int = 0
    leases: dict[str, tuple[Lease, float]] = field(default_factory=dict)
    on_their_way: list[Write] = field(default_factory=list)
    now_s: float = 1_000_000.0
    approved: dict[str, int] = field(default_factory=dict)

    async def read(self) -> LeaseTable:
        """At a moment of its own."""
        await a_moment()
        table = LeaseTable(
            self.version, {k: replace(lease, age_s=self.now_s - at) for k, (lease, at) in self.leases.items()}
        )
        await a_moment()
        return table

    async def write(self, table: LeaseTable, dropped: set[str], lease_id: str, mine: Lease | None) -> bool:
        """Sent, done, confirmed: three moments."""
        write = Write(table, dropped, lease_id, mine)
        self.on_their_way.append(write)
        await a_moment()
        done = write in self.on_their_way and self.land(write)
        await a_moment()
        return done

    def land(self, write: Write) -> bool:
        """Carry it out, if nobody else has written since its page was read."""
        self.on_their_way.remove(write)
        if write.table.version != self.version:
            return False
        self.version += 1
        for key in write.dropped:
            self.leases.pop(key, None)
            self.approved.pop(key, None)
        self.leases.pop(write.lease_id, None)
        if write.mine is not None:
            self.leases[write.lease_id] = (write.mine, self.now_s)
        return True


class Gateway:
    """One that may be killed: its disk is all that is left then."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.number = number
        self.stored = StoredLease(f"{number}-0")
        self.reserved: dict[str, int] = {}
        self.born = 0
        self.is_stopped = False
        self.start()

    def start(self) -> None:
        """From its disk."""
        self.meter = Meter()
        self.meter.restore(Reservation(key, -1, amount) for key, amount in self.reserved.items())
        self.lease = QuotaLease(
            self.world,
            rules=lambda: RULES,
            committed=lambda: self.meter.committed("outage"),
            save=self.save,
            instance=str(self.number),
            now_s=lambda: self.world.now_s,
            wall_s=lambda: self.world.now_s,
        )
        self.lease.restore(self.stored)
        self.at_work: Coroutine[Any, Any, None] | None = None
        self.is_stopped = False

    async def save(self, stored: StoredLease) -> None:
        """Durable after a moment; a kill comes before or after it."""
        await a_moment()
        self.stored = stored

    def lose_disk(self) -> None:
        """The machine is gone; another one takes its place."""
        self.born += 1
        self.stored, self.reserved = StoredLease(f"{self.number}-{self.born}"), {}

    def step(self, act: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        """Let what it does go on to its next moment."""
        assert self.at_work is not None
        try:
            act(self.at_work)
        except (StopIteration, LedgerUnreadable):
            self.at_work = None

    def spend(self, amount: int) -> None:
        """Approve a payment if there is room."""
        limit = self.lease.share.share
        claim = Claim(Cap.PER_OUTAGE, "outage", limit, limit // 10, is_hourly=False)
        taken = self.meter.take(amount, [claim], now_s=self.world.now_s)
        if isinstance(taken, Taken):
            if not taken.is_safe:
                self.reserved["outage"] = max(self.reserved.get("outage", 0), taken.wanted[0].amount)
                taken.confirm()
            lease_id = self.stored.lease_id
            self.world.approved[lease_id] = self.world.approved.get(lease_id, 0) + amount


class Walk:
    """
    Three gateways and a ledger. Between any two moments of a renewal anything may happen: payments at each gateway,
    lost answers, writes that land late or never, kills with and without the disk, stops, and time that passes.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.world = World()
        self.gateways = [Gateway(self.world, number) for number in range(GATEWAYS)]
        acts = (self.go_on, self.lose_the_answer, self.land_late, self.kill, self.stop, self.be_calm, self.wait)
        self.acts = (*acts, *[self.renew] * 3, *[self.pay] * 3)  # those more often

    def step(self) -> str:
        """One of these things, at one gateway; what it was."""
        act, gateway = self.random.choice(self.acts), self.random.choice(self.gateways)
        act(gateway)
        return f"{act.__name__} {gateway.number}"

    def renew(self, gateway: Gateway) -> None:
        if gateway.at_work is None and not gateway.is_stopped:
            gateway.at_work = gateway.lease.renew(is_calm=False)
            self.go_on(gateway)

    def go_on(self, gateway: Gateway) -> None:
        for _ in range(self.random.choice([1, 2, 3, 4, 5, 6, 7, 20, 20, 20])):
            if gateway.at_work is not None:
                gateway.step(lambda work: work.send(None))

    def lose_the_answer(self, gateway: Gateway) -> None:
        if gateway.at_work is not None:
            gateway.step(lambda work: work.throw(LedgerUnreadable("away")))

    def land_late(self, _gateway: Gateway) -> None:
        if self.world.on_their_way:
            self.world.land(self.random.choice(self.world.on_their_way))

    def pay(self, gateway: Gateway) -> None:
        """Of all that this gateway believes it may spend."""
        left = gateway.lease.share.share - gateway.meter.spent("outage")
        if not gateway.is_stopped and left > 0:
            gateway.spend(max(1, int(left * self.random.choice([0.1, 0.5, 1.0, 1.0]))))

    def kill(self, gateway: Gateway) -> None:
        if gateway.at_work is not None:
            gateway.at_work.close()
        if self.random.random() < 0.3:
            gateway.lose_disk()
        gateway.start()

    def stop(self, gateway: Gateway) -> None:
        if gateway.at_work is None and not gateway.is_stopped:
            gateway.is_stopped = True
            gateway.at_work = gateway.lease.give_back()
            self.go_on(gateway)

    def be_calm(self, gateway: Gateway) -> None:
        """Its outage is over, so it also drops leases that have run out."""
        if gateway.at_work is None and not gateway.is_stopped:
            gateway.meter.end_outage()
            gateway.reserved.clear()
            self.world.approved.pop(gateway.stored.lease_id, None)
            gateway.at_work = gateway.lease.renew(is_calm=True)
            self.go_on(gateway)

    def wait(self, _gateway: Gateway) -> None:
        self.world.now_s += self.random.choice([1, 11, LEASE_S * 0.8, LEASE_S * 1.1])


@given(st.integers(0, 2**32))
@example(237967)  # spent in an outage that was over for the others: it was room for new approvals afterwards
@example(118229)  # a smaller share did not reach the disk, the ledger was told of it, and a restart had the larger one
@settings(max_examples=1_000)
def test_together_gateways_stay_below_the_cap(seed: int) -> None:
    """Whatever happens to them and to what they tell the ledger: seen to fail with each rule of leases.py broken."""
    walk = Walk(Random(seed))  # of Hypothesis itself a walk of 60 steps gets too few steps to find anything

    for _ in range(60):
        note(walk.step())

        assert sum(walk.world.approved.values()) <= CAP

    for gateway in walk.gateways:
        if gateway.at_work is not None:
            gateway.at_work.close()
