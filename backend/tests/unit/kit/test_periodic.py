"""What repeats beside the requests goes on whatever becomes of a step, and ends when it is closed."""

import asyncio

import structlog

from gateway.errors import LedgerUnavailable
from gateway.kit.periodic import Periodic
from tests.waiting import eventually


async def test_a_step_that_crashes_is_logged_once_by_name_and_repeated() -> None:
    """Its neighbours in time are not told of it sixty times a minute."""
    steps = 0

    async def step() -> None:
        nonlocal steps
        steps += 1
        raise ValueError("no matter")

    loop = Periodic("thing", step, every_s=0.001)
    with structlog.testing.capture_logs() as logs:
        await loop.start()
        await eventually(lambda: steps >= 3)
        await loop.close()

    assert [log["event"] for log in logs] == ["thing.crashed"]


async def test_a_cancellation_that_nobody_asked_for_ends_nothing() -> None:
    """A channel that closes cancels the call that a step waits for: the loop goes on, and `close` still ends it."""
    steps = 0

    async def step() -> None:
        nonlocal steps
        steps += 1
        call = asyncio.get_running_loop().create_future()
        call.cancel()
        await call

    loop = Periodic("thing", step, every_s=0.001)
    with structlog.testing.capture_logs() as logs:
        await loop.start()
        await eventually(lambda: steps >= 3)
        was_running = loop.is_running
        await loop.close()

    assert [log["event"] for log in logs] == ["thing.crashed"]
    assert (was_running, loop.is_running) == (True, False)


async def test_an_interval_that_crashes_ends_nothing() -> None:
    """It is logged like a step, and the loop waits for a while or for a wake."""
    steps = 0

    async def step() -> None:
        nonlocal steps
        steps += 1

    def every_s() -> float:
        raise ValueError("no matter")

    loop = Periodic("thing", step, every_s=every_s)
    with structlog.testing.capture_logs() as logs:
        await loop.start()
        await eventually(lambda: logs != [])
        loop.wake()
        await eventually(lambda: steps == 2)
        await loop.close()

    assert [log["event"] for log in logs] == ["thing.crashed"]


async def test_an_expected_failure_is_not_logged() -> None:
    """Whoever raised it has said so."""
    steps = 0

    async def step() -> None:
        nonlocal steps
        steps += 1
        raise LedgerUnavailable("away")

    loop = Periodic("thing", step, every_s=0.001, expected=(LedgerUnavailable,))
    with structlog.testing.capture_logs() as logs:
        await loop.start()
        await eventually(lambda: steps >= 3)
        await loop.close()

    assert logs == []


async def test_more_to_do_is_done_without_a_wait_and_without_holding_up_others() -> None:
    """A step that never waits gives the event loop its turn all the same."""
    left = 100

    async def step() -> bool:
        nonlocal left
        left -= 1
        return left > 0

    loop = Periodic("thing", step, every_s=None)
    await loop.start()
    await asyncio.sleep(0)
    in_between = left
    await eventually(lambda: left == 0)
    await loop.close()

    assert 0 < in_between < 100


async def test_a_wake_during_a_step_brings_another_one() -> None:
    """It is not lost because the loop was not waiting."""
    steps, go_on = 0, asyncio.Event()

    async def step() -> None:
        nonlocal steps
        steps += 1
        await go_on.wait()

    loop = Periodic("thing", step, every_s=None)
    await loop.start()
    await eventually(lambda: steps == 1)
    loop.wake()
    go_on.set()
    await eventually(lambda: steps == 2)
    await loop.close()


async def test_a_pause_after_a_failure_is_not_shortened_by_a_wake() -> None:
    """Steady traffic must not turn a receiver that is away into a busy loop."""
    steps = 0

    async def step() -> None:
        nonlocal steps
        steps += 1
        loop.wake()
        raise LedgerUnavailable("away")

    loop = Periodic("thing", step, every_s=0.0, pause_s=3600.0, expected=(LedgerUnavailable,))
    await loop.start()
    await eventually(lambda: steps == 1)
    for _ in range(50):
        await asyncio.sleep(0)
    await loop.close()

    assert steps == 1


async def test_finish_lets_the_step_under_way_end() -> None:
    """And no other follows."""
    ended = 0
    under_way, go_on = asyncio.Event(), asyncio.Event()

    async def step() -> bool:
        nonlocal ended
        under_way.set()
        await go_on.wait()
        ended += 1
        return True

    loop = Periodic("thing", step, every_s=None)
    await loop.start()
    await under_way.wait()
    asyncio.get_running_loop().call_soon(go_on.set)
    await loop.finish(within_s=60.0)

    assert (ended, loop.is_running) == (1, False)
