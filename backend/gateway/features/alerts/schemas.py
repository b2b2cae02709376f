"""What GET /alerts and its neighbours answer, for the document only: rendering.py builds it."""

from typing import Any

from pydantic import AwareDatetime

from gateway.alerting import AlertKind
from gateway.api.reply import Reply
from gateway.features.alerts.alert import AlertState


class AlertOut(Reply):
    """Something that happened, and how far its webhook is; `next_at` is null once that has ended."""

    webhook_id: str
    kind: AlertKind
    key: str
    data: dict[str, Any]
    at: AwareDatetime
    state: AlertState
    attempts: int
    next_at: AwareDatetime | None
    last_error: str | None
    ended_at: AwareDatetime | None


class ListedAlertOut(AlertOut):
    """With `folded`: how many of its kind lie under it; 0 where nothing was folded."""

    folded: int


class AlertsOut(Reply):
    """Newest first; next_cursor is null on the last page."""

    alerts: list[ListedAlertOut]
    next_cursor: str | None


DOCUMENTED = (AlertOut, AlertsOut)
