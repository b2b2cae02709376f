"""The ledger is asked once in a while, once for all who want to know, and never from a caller's own time for long."""

import asyncio

import pytest
from structlog.testing import capture_logs

from gateway.errors import LedgerFailure, LedgerUnreadable
from gateway.kit.cached import Cached
from tests.clock import Clock

FRESH_S = 5.0


class SlowLedger:
    """Answers the number of questions so far, when it is told to; refuses or crashes with `failure`."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.failure: Exception | None = None

    async def load(self) -> int:
        """One question."""
        self.asked += 1
        await self.may_answer.wait()
        if self.failure is not None:
            raise self.failure
        return self.asked


@pytest.fixture
async def ledger() -> SlowLedger:
    """A ledger that answers at once."""
    return SlowLedger()


@pytest.fixture
def clock() -> Clock:
    """A clock of this test."""
    return Clock()


@pytest.fixture
def answer(ledger: SlowLedger, clock: Clock) -> Cached[int]:
    """Not asked yet."""
    return Cached(ledger.load, failures=(LedgerFailure,), fresh_s=FRESH_S, now_s=clock)


async def test_an_answer_is_kept_as_long_as_it_is_fresh(answer: Cached[int], ledger: SlowLedger, clock: Clock) -> None:
    """Then it is asked for again."""
    first = await answer.get()
    clock.now_s += FRESH_S - 0.1
    again = await answer.get()
    clock.now_s += 0.2
    later = await answer.get()

    assert first is again
    assert later is not None
    assert (later.value, ledger.asked) == (2, 2)


async def test_a_hundred_callers_ask_once(answer: Cached[int], ledger: SlowLedger) -> None:
    """And all get the answer."""
    ledger.may_answer.clear()
    callers = [asyncio.create_task(answer.get()) for _ in range(100)]
    await asyncio.sleep(0)
    ledger.may_answer.set()

    answers = await asyncio.gather(*callers)

    assert ledger.asked == 1
    assert {known.value for known in answers if known is not None} == {1}
    assert None not in answers


async def test_a_caller_who_hangs_up_takes_the_answer_from_nobody(answer: Cached[int], ledger: SlowLedger) -> None:
    """The question goes on for the others."""
    ledger.may_answer.clear()
    gone, patient = asyncio.create_task(answer.get()), asyncio.create_task(answer.get())
    await asyncio.sleep(0)

    gone.cancel()
    await asyncio.sleep(0)
    ledger.may_answer.set()

    known = await patient
    assert known is not None
    assert (known.value, gone.cancelled()) == (1, True)


async def test_a_ledger_that_is_away_is_not_asked_again_at_once(
    answer: Cached[int], ledger: SlowLedger, clock: Clock
) -> None:
    """None, and no older figure in its place; found again when it is back."""
    await answer.get()
    clock.now_s += FRESH_S
    ledger.failure = LedgerUnreadable("away")

    away = [await answer.get() for _ in range(10)]

    assert away == [None] * 10
    assert ledger.asked == 2
    ledger.failure = None
    clock.now_s += FRESH_S
    await answer.get()  # asks again, and does not wait for it
    await asyncio.sleep(0)
    assert await answer.get() is not None


async def test_a_bug_is_logged_and_is_no_answer(answer: Cached[int], ledger: SlowLedger) -> None:
    """Rather than a task that died unseen."""
    ledger.failure = ZeroDivisionError()

    with capture_logs() as logs:
        known = await answer.get()

    assert known is None
    assert [log["event"] for log in logs] == ["cached.crashed"]


async def test_who_must_not_wait_gets_what_is_known_and_not_too_old(answer: Cached[int], clock: Clock) -> None:
    """A scrape asks for the next one, and a figure of an hour ago is none."""
    at_first = answer.get_stale()
    answer.refresh()
    await answer.get()
    soon = answer.get_stale()
    clock.now_s += 3600

    assert (at_first, soon is not None, answer.get_stale()) == (None, True, None)


async def test_a_caller_in_a_hurry_waits_for_a_ledger_that_is_well(answer: Cached[int], clock: Clock) -> None:
    """And gets what it says now, not what it said when last asked."""
    first = await answer.get()
    clock.now_s += FRESH_S

    again = await answer.get()

    assert first is not None
    assert again is not None
    assert (first.value, again.value) == (1, 2)


async def test_a_caller_in_a_hurry_gets_an_older_answer_of_a_slow_ledger(
    answer: Cached[int], ledger: SlowLedger, clock: Clock
) -> None:
    """The question goes on, and its answer is there for the next one."""
    await answer.get()
    clock.now_s += FRESH_S
    ledger.may_answer.clear()

    older = await answer.get()
    ledger.may_answer.set()
    newer = await answer.get()

    assert older is not None
    assert newer is not None
    assert (older.value, newer.value) == (1, 2)


async def test_a_caller_in_a_hurry_does_not_wait_for_a_ledger_that_was_away(
    answer: Cached[int], ledger: SlowLedger, clock: Clock
) -> None:
    """It is asked in the background, and found again when it is back."""
    ledger.failure = LedgerUnreadable("away")
    await answer.get()
    clock.now_s += FRESH_S
    ledger.failure = None

    at_once = await answer.get()
    await asyncio.sleep(0)

    assert at_once is None
    assert await answer.get() is not None


async def test_who_adds_it_to_what_is_now_gets_no_older_answer(
    answer: Cached[int], ledger: SlowLedger, clock: Clock
) -> None:
    """Half a minute old it would look like a loss of all that came since; two seconds are told."""
    await answer.get(age_max_s=2.0, is_patient=True)
    ledger.may_answer.clear()
    clock.now_s += 2.0
    recent = await answer.get(age_max_s=2.0, is_patient=True)
    clock.now_s += 28.0

    older = await answer.get(age_max_s=2.0, is_patient=True)

    assert recent is not None
    assert (recent.value, older) == (1, None)


async def test_who_adds_it_to_what_is_now_waits_as_long_as_answers_take(
    answer: Cached[int], ledger: SlowLedger, clock: Clock
) -> None:
    """A ledger so large that each answer takes a second is not unknown for good."""
    await answer_in_a_second(answer, ledger, clock)
    clock.now_s += FRESH_S
    ledger.may_answer.clear()
    asyncio.get_running_loop().call_later(0.5, ledger.may_answer.set)  # later than who is in a hurry waits

    known = await answer.get(age_max_s=2.0, is_patient=True)

    assert known is not None
    assert known.value == 2


async def answer_in_a_second(answer: Cached[int], ledger: SlowLedger, clock: Clock) -> None:
    """By the test's clock."""
    ledger.may_answer.clear()
    answer.refresh()
    await asyncio.sleep(0)
    clock.now_s += 1.0
    ledger.may_answer.set()
    await answer.get()


async def test_closing_stops_the_question(answer: Cached[int], ledger: SlowLedger) -> None:
    """The ledger may be closed right after."""
    ledger.may_answer.clear()
    answer.refresh()
    await asyncio.sleep(0)

    await answer.close()

    assert len(asyncio.all_tasks()) == 1
