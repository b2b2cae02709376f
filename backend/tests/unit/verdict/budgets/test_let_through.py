"""A small random share of what models would block is approved and marked, and never more than a day may cost."""

from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from gateway.domain import Budget, BudgetName, Decision, DecisionSource, Limits, Listed, ListName, Ruling, Score
from gateway.features.budgets import snapshot
from gateway.features.budgets.schemas import to_budgets_out
from gateway.verdict.budgets.let_through import LetThrough
from gateway.verdict.budgets.service import Budgets
from money.amounts import Money
from tests.clock import Clock
from tests.payments_scored import DAY_S, LIMITS, Shop

MAY_BLOCK = Limits(LIMITS.review_threshold, LIMITS.block_threshold, may_block=True, own_labels=True)
RATES = {"USD": Decimal(1), "EUR": Decimal("1.25")}
TEN = Money(1_000, "USD")
SHARE = 0.05
BLOCKS_ALL = 2.0  # of the decline cap
MIDNIGHT_S = 1_800_057_600.0  # 2027-01-16T00:00:00Z
LET_THROUGH = Budget(BudgetName.LET_THROUGH, Decision.BLOCK, SHARE)


class Gateway:
    """One of a fleet: with its file, and on a clock that all share."""

    def __init__(self, clock: Clock, path: Path, *, day_max: int = 100, share: float = SHARE, seed: int = 1) -> None:
        self.clock = clock
        self.path = path
        let_through = LetThrough(share, day_max * 100, RATES, draw=Random(seed).random)
        self.budgets = Budgets(clock, decline_share=BLOCKS_ALL, let_through=let_through)
        if path.exists():
            snapshot.read(path, self.budgets)
        self.budgets.turn()
        self.shop = Shop(MAY_BLOCK, per_day=1)

    def rule(self, money: Money | None = TEN, *, score: Score | None = None, listed: Listed | None = None) -> Ruling:
        """What becomes of one payment, whose verdict is recorded."""
        ruling = self.budgets.rule(score or self.shop.score(0.9), listed, money)
        self.budgets.decided(ruling)
        return ruling

    def decisions(self, money: Money | None = TEN, *, score: Score | None = None) -> set[Decision]:
        """What becomes of 200 such payments."""
        return {self.rule(money, score=score).decision for _ in range(200)}

    def stop(self) -> None:
        """Write the file, as a gateway does each second."""
        snapshot.write(self.path, snapshot.encode(self.budgets))


@pytest.fixture
def clock() -> Clock:
    """An hour before a day begins."""
    clock = Clock()
    clock.now_s = MIDNIGHT_S - 3_600
    return clock


@pytest.fixture
def gateway(clock: Clock, tmp_path: Path) -> Gateway:
    """A lone one that may let 1,000 a day through, in the hour after it has seen a day begin."""
    gateway = Gateway(clock, tmp_path / "budgets-0.json", day_max=1_000)
    clock.now_s += 7_200
    gateway.budgets.share_cap(1)
    return gateway


def test_the_share_is_approved_marked_and_no_block(gateway: Gateway) -> None:
    """One in twenty of 1,000; the others are blocked, and only they use the decline cap."""
    rulings = [gateway.rule() for _ in range(1_000)]

    let_through = [ruling for ruling in rulings if ruling.decision is Decision.APPROVE]
    assert 30 <= len(let_through) <= 70
    assert {(ruling.source, ruling.budget) for ruling in let_through} == {(DecisionSource.MODEL, LET_THROUGH)}
    assert {ruling.decision for ruling in rulings} == {Decision.APPROVE, Decision.BLOCK}
    assert gateway.budgets.cap.used == 1_000 - len(let_through)
    said = to_budgets_out(gateway.budgets).let_through
    assert said is not None
    assert (said.payments, said.spent_minor) == (len(let_through), 1_000 * len(let_through))


@pytest.mark.parametrize("day_max", [0, 9, 10, 35, 100])
def test_a_day_never_costs_more_than_its_cap(clock: Clock, tmp_path: Path, day_max: int) -> None:
    """However many gateways come, go, restart with their file or without it, at midnight or at noon."""
    random = Random(day_max)
    names = ["a", "b", "c"]
    alive: dict[str, Gateway] = {}
    spent_minor: dict[int, int] = {}
    for step in range(3_000):
        clock.now_s += 150
        if random.random() < 0.02:
            name = random.choice(names)
            if name in alive:
                alive.pop(name).stop()
            else:
                path = tmp_path / name
                if random.random() < 0.3:
                    path.unlink(missing_ok=True)
                alive[name] = Gateway(clock, path, day_max=day_max, share=0.2, seed=step)
        for gateway in alive.values():
            gateway.budgets.share_cap(len(alive))
            gateway.budgets.turn()
        for gateway in alive.values():
            money = Money(random.choice([100, 500, 800, 2_000]), random.choice(["USD", "EUR"]))
            if gateway.rule(money).decision is Decision.APPROVE:
                day = int(clock.now_s // DAY_S)
                spent_minor[day] = spent_minor.get(day, 0) + int(money.minor_units * RATES[money.currency])

    assert max(spent_minor.values(), default=0) <= day_max * 100
    assert (len(spent_minor) >= 3) == (day_max > 0)


def test_gateways_that_hear_of_nobody_when_a_day_begins_do_not_each_spend_the_whole(
    clock: Clock, tmp_path: Path
) -> None:
    """Two that were alone when they last heard: nothing that day, also when they hear of each other at noon."""
    two = [Gateway(clock, tmp_path / name, share=1.0, day_max=1_000) for name in ("one", "two")]
    for gateway in two:
        gateway.budgets.share_cap(1)
    clock.now_s += 7_200
    blind = {gateway.rule().decision for gateway in two}
    clock.now_s += 36_000
    for gateway in two:
        gateway.budgets.share_cap(2)
    at_noon = {gateway.rule().decision for gateway in two}
    clock.now_s += DAY_S
    for gateway in two:
        gateway.budgets.share_cap(2)

    assert blind == at_noon == {Decision.BLOCK}
    assert {gateway.rule().decision for gateway in two} == {Decision.APPROVE}


def test_nothing_is_let_through_on_the_day_of_a_first_start(clock: Clock, tmp_path: Path) -> None:
    """Whoever lost its file does not know what it has spent today; nor while others may live that nobody heard of."""
    gateway = Gateway(clock, tmp_path / "file", share=1.0, day_max=1_000_000)
    gateway.budgets.share_cap(1)
    before = gateway.rule().decision
    clock.now_s += 7_200
    gateway.budgets.turn()
    gateway.budgets.share_cap(1)
    after = gateway.rule().decision
    gateway.stop()
    again = Gateway(clock, tmp_path / "file", share=1.0)
    unheard = again.rule().decision
    again.budgets.share_cap(1)

    assert (before, after, unheard) == (Decision.BLOCK, Decision.APPROVE, Decision.BLOCK)
    assert again.rule().decision is Decision.APPROVE


@pytest.mark.parametrize("name", ListName)
def test_what_a_list_decides_is_never_let_through(gateway: Gateway, name: ListName) -> None:
    """People have settled it."""
    rulings = [gateway.rule(listed=Listed(name, "of a test")) for _ in range(200)]

    assert {(ruling.source, ruling.budget) for ruling in rulings} == {(DecisionSource.LIST, None)}


def test_what_no_model_blocks_is_left_as_it_is(gateway: Gateway) -> None:
    """Reviews, blocks of a model that may not block, what will be scored again, and amounts without a rate."""
    critical = gateway.shop.score(0.9)
    may_not = replace(critical, limits=LIMITS)
    degraded = replace(critical, degraded=("history",))

    assert gateway.decisions(score=gateway.shop.score(0.2)) == {Decision.REVIEW}
    assert gateway.decisions(score=may_not) == {Decision.REVIEW}
    assert gateway.decisions(score=degraded) == {Decision.BLOCK}
    assert gateway.decisions(Money(1_000, "CHF")) == {Decision.BLOCK}
    assert gateway.decisions(None) == {Decision.BLOCK}


def test_it_is_off_unless_somebody_switches_it_on(gateway: Gateway) -> None:
    """And /stats says so."""
    gateway.budgets.let_through = Budgets(gateway.clock).let_through
    gateway.budgets.share_cap(1)
    gateway.clock.now_s += DAY_S
    gateway.budgets.turn()

    assert gateway.decisions() == {Decision.BLOCK}
    assert to_budgets_out(gateway.budgets).let_through is None


def test_a_part_gets_smaller_at_once_and_larger_with_the_next_day(gateway: Gateway) -> None:
    """When others are heard, and when somebody allows less or more in the settings."""
    let_through = gateway.budgets.let_through

    def allowed_minor() -> int:
        assert let_through.spending is not None
        return let_through.spending.allowed_minor

    seen = [allowed_minor()]
    for gateways in (4, 1):
        gateway.budgets.share_cap(gateways)
        seen.append(allowed_minor())
    let_through.day_max_minor = 200_00
    gateway.clock.now_s += DAY_S
    gateway.budgets.share_cap(1)

    assert [*seen, allowed_minor()] == [1_000_00, 250_00, 250_00, 200_00]
