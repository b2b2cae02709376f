"""Flips that queue leave together: a slow receiver must not spend an hour on what it could be told at once."""

from collections.abc import Sequence
from datetime import UTC

from gateway.alerting import AlertKind
from gateway.features.alerts.alert import Alert, webhook_id
from gateway.features.alerts.schedule import Progress

Entry = tuple[Alert, Progress]
SINGLY_MAX = 5  # flips at once that still have a webhook each
FOLDED_MAX = 100  # in one webhook: about 40 kB


def fold(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Which of these travel in one webhook: flips, where there are more than a few; everything else alone."""
    flips = [entry for entry in entries if entry[0].kind is AlertKind.VERDICT_AMENDED]
    if len(flips) <= SINGLY_MAX:
        return [[entry] for entry in entries]
    alone = [[entry] for entry in entries if entry[0].kind is not AlertKind.VERDICT_AMENDED]
    return alone + [flips[start : start + FOLDED_MAX] for start in range(0, len(flips), FOLDED_MAX)]


def to_message(alerts: Sequence[Alert]) -> Alert:
    """
    What is sent of these: the alert itself, or one that carries them all.

    That one has an id made of theirs. Each keeps its own, so a receiver recognises it in whatever company it comes.
    """
    if len(alerts) == 1:
        return alerts[0]
    kind, key = alerts[0].kind, ",".join(sorted(alert.webhook_id for alert in alerts))
    flips = [{"webhook_id": alert.webhook_id, "at": alert.at.astimezone(UTC), **alert.data} for alert in alerts]
    at = max(alert.at for alert in alerts)
    return Alert(webhook_id(kind, key), kind, key, {"count": len(flips), "flips": flips}, at)
