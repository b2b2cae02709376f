"""One attempt to tell the receiver, and what is told first: the same whoever delivers, a gateway or a worker."""

import random
from collections.abc import Awaitable, Callable, Sequence

import structlog

from gateway.alerting import BY_URGENCY, AlertKind
from gateway.features.alerts.alert import FOLDED_MAX, AlertState, Entry, advance, to_message
from gateway.features.alerts.delivery import Receiver
from gateway.kit import clock

_log = structlog.get_logger()
AT_ONCE = 5  # webhooks beside those of flips, at most as many again; a receiver that hangs takes 5 s for each
LOOK_S = 1.0  # for what became due


async def attempt(receiver: Receiver, entries: Sequence[Entry]) -> list[Entry]:
    """Send one webhook for all of these; how far each is afterwards."""
    message = to_message([alert for alert, _ in entries])
    outcome = await receiver.deliver(message)
    now, chance = clock.now(), random.random()  # noqa: S311 (what failed together is due together)
    tried = [(alert, advance(progress, outcome, now, chance=chance)) for alert, progress in entries]
    states = {after.state for _, after in tried}
    say = _log.error if AlertState.DEAD in states else _log.info
    say(
        f"alert.{'tried' if AlertState.PENDING in states else states.pop()}",
        webhook_id=message.webhook_id,
        kind=message.kind,
        alerts=len(tried),
        attempts=max(after.attempts for _, after in tried),
        error=outcome.error,
    )
    return tried


async def most_urgent(find: Callable[[Sequence[AlertKind], int], Awaitable[list[Entry]]]) -> list[Entry]:
    """What leaves now: a few alerts of the most urgent kinds, and flips, which leave together."""
    found: list[Entry] = []
    for kinds in BY_URGENCY:
        are_flips = AlertKind.VERDICT_AMENDED in kinds
        if limit := FOLDED_MAX if are_flips else AT_ONCE - len(found):
            found += await find(kinds, limit)
    return found
