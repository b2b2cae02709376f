"""Several gateways show the same traffic: each bucket of each is counted once, whatever is missed or repeated."""

from typing import Annotated

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import msgpack

from gateway.features.traffic.bucket import BUCKETS, Outcome, Report
from gateway.features.traffic.service import Beat, Traffic
from tests.unit.features.traffic.test_traffic import EVEN_S, clock_at, requests
from tests.unit.features.traffic.world import World


class OlderBucket(msgspec.Struct, array_like=True):
    """A closed bucket as version 0.1.0 reads it."""

    outcomes: Annotated[list[int], msgspec.Meta(min_length=5, max_length=5)]
    latencies: dict[int, int]
    scores: dict[int, int]


AT_NO_TIME = b"\x94\x01\xa1a\xcb\x7f\xf0" + bytes(6) + b"\x90"  # a clock that says infinity


@pytest.fixture
def world() -> World:
    """Both know each other."""
    world = World()
    world.pass_s(2)
    return world


def test_both_show_what_both_had(world: World) -> None:
    """Requests, latencies and scores, to the last one."""
    world.one.note(Outcome.APPROVE, 0.010, 0.1)
    world.two.note(Outcome.BLOCK, 0.100, 0.9)
    world.two.note(Outcome.BLIND, 0.600, None)
    world.pass_s(6)

    ours, theirs = world.one.report(), world.two.report()

    assert ours == theirs
    assert (ours.instances, ours.is_whole) == (2, True)
    assert ours.newest.outcomes == (1, 0, 1, 1, 0)
    assert ours.newest.latency_ms is not None
    assert ours.newest.latency_ms.p50 == pytest.approx(100, rel=0.04)
    assert sum(ours.scores) == 2


@pytest.mark.parametrize("wrong_by_s", [-5.9, -2.1, -1.9, -1.0, -0.3, 0.0, 0.3, 1.0, 1.9, 2.1, 5.9])
def test_the_newest_bucket_has_those_of_the_others(wrong_by_s: float) -> None:
    """A dip at the end of a curve, mended a second later, would look like trouble each time, however clocks differ."""
    world, newest = World(wrong_by_s=wrong_by_s), set[int]()
    for tenth in range(400):
        world.one.note(Outcome.APPROVE, 0.01, 0.1)
        world.two.note(Outcome.APPROVE, 0.01, 0.1)
        world.time.now_s = EVEN_S + tenth / 10
        if tenth % 10 == 2:
            world.ledger.beat("one", world.one)
        if tenth % 10 == 7:
            world.ledger.beat("two", world.two)
        if tenth > 100:
            newest |= {world.one.report().buckets[-1].outcomes[0], world.two.report().buckets[-1].outcomes[0]}

    assert min(newest) >= 38  # of 40: a request on an edge between two buckets is in either


def test_a_slow_heartbeat_does_not_move_a_curve(world: World) -> None:
    """It looks as if that clock was behind; the next one says that it is not."""
    world.pass_s(4)
    world.one.receive([Beat("two", world.two.announce(), 0.1)])
    world.time.now_s += 0.5  # on its way
    world.two.note(Outcome.APPROVE, 0.01, 0.1)
    asked_at_s = world.time.now_s
    slow = world.two.announce()
    world.time.now_s += 0.5
    world.one.receive([Beat("two", slow, 0.0)])
    world.pass_s(6)

    (shown_s,) = [bucket.at.timestamp() for bucket in world.one.report().buckets if any(bucket.outcomes)]

    assert shown_s <= asked_at_s < shown_s + 2


def test_who_starts_later_soon_shows_the_whole_four_minutes() -> None:
    """Older buckets are told in turn, a few with each heartbeat."""
    world = World()
    for _ in range(220):
        world.one.note(Outcome.APPROVE, 0.01, 0.1)
        world.time.now_s += 1
        world.ledger.beat("one", world.one)

    world.pass_s(30)

    first_shown_s = 220 + 30 - 2 - 240
    assert requests(world.two.report()) == 220 - first_shown_s
    assert world.two.report() == world.one.report()


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["one", "two", "beat one", "beat two", "second"]), max_size=200))
def test_nothing_is_counted_twice_or_lost_however_the_beats_fall(steps: list[str]) -> None:
    """Beats may be missed for a while, or come twice; once they come again both show the same."""
    world, asked = World(), 0
    for step in steps:
        if step == "second":
            world.time.now_s += 1
        elif step.startswith("beat"):
            name = step.removeprefix("beat ")
            world.ledger.beat(name, getattr(world, name))
        else:
            getattr(world, step).note(Outcome.APPROVE, 0.01, 0.1)
            asked += 1
    world.pass_s(30)

    assert requests(world.one.report()) == requests(world.two.report()) == asked


def test_without_the_ledger_each_shows_its_own_and_says_so(world: World) -> None:
    """Nothing waits for it, and when it is back everything is there again."""
    world.ledger.is_up = False
    world.one.note(Outcome.APPROVE, 0.01, 0.1)
    world.two.note(Outcome.BLOCK, 0.01, 0.9)
    world.pass_s(8)

    alone = world.one.report()
    assert (alone.instances, alone.is_whole, alone.newest.outcomes) == (1, False, (1, 0, 0, 0, 0))

    world.ledger.is_up = True
    world.pass_s(30)
    together = world.one.report()
    assert (together.instances, together.is_whole, requests(together)) == (2, True, 2)
    assert together == world.two.report()


def test_a_gateway_that_is_alone_is_whole_without_the_ledger() -> None:
    """There is nobody whose figures could be missing."""
    alone = Traffic(clock_at(EVEN_S), clock_at(EVEN_S))
    alone.receive([])

    alone.cut_off()

    assert alone.report().is_whole


def test_who_has_never_heard_of_others_does_not_claim_to_be_whole() -> None:
    """A gateway that starts while the ledger is away cannot know whether there are any."""
    newcomer = Traffic(clock_at(EVEN_S), clock_at(EVEN_S))
    at_first = newcomer.report().is_whole

    newcomer.cut_off()

    assert (at_first, newcomer.report().is_whole) == (False, False)


def test_what_a_gateway_had_stays_when_it_is_gone(world: World) -> None:
    """For as long as it is among the last four minutes; it is no instance any more."""
    world.two.note(Outcome.APPROVE, 0.01, 0.1)
    world.pass_s(4)
    del world.ledger.beats["two"]
    for _ in range(10):
        world.time.now_s += 1
        world.one.receive([])

    report = world.one.report()

    assert (requests(report), report.instances, report.is_whole) == (1, 1, True)


def test_a_gateway_that_starts_again_under_its_name_is_counted_anew(world: World) -> None:
    """A container's process is always number 1: a bucket of each of its lives is counted."""
    world.two.note(Outcome.APPROVE, 0.01, 0.1)
    world.pass_s(4)
    world.two = Traffic(world.time, world.time)
    world.two.note(Outcome.BLOCK, 0.01, 0.9)
    world.pass_s(6)

    assert world.one.report().newest.outcomes == (1, 0, 1, 0, 0)


def test_a_gateway_whose_clock_is_set_back_is_counted_anew(world: World) -> None:
    """It has buckets of the same time twice, and both are counted."""
    world.two.note(Outcome.APPROVE, 0.01, 0.1)
    world.pass_s(4)
    world.wrong_by_s = -20
    world.pass_s(16)
    world.two.note(Outcome.BLOCK, 0.01, 0.9)
    world.pass_s(6)

    assert requests(world.one.report()) == 2


@given(st.floats(-100_000, 100_000))
@settings(max_examples=50)
def test_a_wrong_clock_moves_a_curve_by_one_bucket_at_most(wrong_by_s: float) -> None:
    """Whatever it says: the ledger's clock tells how old a heartbeat is."""
    world = World(wrong_by_s=wrong_by_s)
    world.pass_s(2)
    world.two.note(Outcome.APPROVE, 0.01, 0.1)
    asked_at_s = world.time.now_s
    world.pass_s(8)

    (shown_s,) = [bucket.at.timestamp() for bucket in world.one.report().buckets if any(bucket.outcomes)]

    assert asked_at_s - 4 <= shown_s <= asked_at_s + 2


@pytest.mark.parametrize("traffic", [None, b"", b"\xff\xff", b"\x94\x02\xa1a\xcb" + bytes(8) + b"\x90", AT_NO_TIME])
def test_who_is_not_understood_is_known_to_be_missing(world: World, traffic: bytes | None) -> None:
    """Another version, in a rolling upgrade: its figures are not in ours, and the answer says that they are not."""
    world.one.receive([Beat("newer", traffic, 0.1)])

    assert not world.one.report().is_whole


def test_a_gateway_that_knows_nothing_of_history_is_understood_both_ways(world: World) -> None:
    """A rolling upgrade: what an older one tells counts here, and what we tell counts there."""
    ours = Traffic(world.time, world.time)
    ours.note(Outcome.APPROVE, 0.01, 0.1, is_degraded=True)
    world.time.now_s += 2
    form, run, clock_s, (bucket,) = msgpack.decode(ours.announce())
    slot, (outcomes, latencies, scores, degraded) = bucket
    theirs = msgpack.encode([form, run, clock_s, [(slot, [outcomes, latencies, scores])]])

    world.one.receive([Beat("older", theirs, 0.0)])
    world.pass_s(2)

    assert msgpack.decode(msgpack.encode(bucket[1]), type=OlderBucket).outcomes == [1, 0, 0, 0, 0]
    assert degraded == 1
    assert (requests(world.one.report()), world.one.report().newest.degraded) == (1, 0)


def test_what_lacked_history_is_added_up_over_gateways(world: World) -> None:
    """As outcomes are."""
    world.one.note(Outcome.APPROVE, 0.01, 0.1, is_degraded=True)
    world.two.note(Outcome.REVIEW, 0.01, 0.7, is_degraded=True)
    world.pass_s(4)

    assert [sum(bucket.degraded for bucket in each.report().buckets) for each in (world.one, world.two)] == [2, 2]


def test_a_heartbeat_stays_small_whatever_was_asked() -> None:
    """Two hundred gateways read two hundred of them each second."""
    clock = clock_at(EVEN_S)
    traffic = Traffic(clock, clock)
    for _ in range(BUCKETS):
        for n in range(2000):
            traffic.note(Outcome(n % 5), 0.0001 * 1.0064**n, n / 2000)
        clock.now_s += 2

    assert max(len(traffic.announce()) for _ in range(30)) < 10_000


def test_strangers_do_not_fill_the_memory(world: World) -> None:
    """A fleet has 200 gateways; names that come and go are refused past twice that, and are then missing."""
    beats = [Beat(f"gateway-{n}", Traffic(world.time, world.time).announce(), 0.1) for n in range(500)]

    world.one.receive(beats)

    report: Report = world.one.report()
    assert report.instances == 1 + 400
    assert not report.is_whole
