"""GET /alerts, GET /alerts/{webhook_id} and POST to its /retry: what happened, and whether anybody was told."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from gateway.access.declared import needs
from gateway.access.scopes import Scope
from gateway.alerting import AlertKind
from gateway.api.polled import PolledRoute
from gateway.api.reply import Reply, json_reply, problems, to_json_response
from gateway.api.services import service
from gateway.features.alerts.alert import AlertNotFound, AlertNotRetryable, AlertState
from gateway.features.alerts.service import Alerts
from gateway.verdict.rendering import to_alert_out

router = APIRouter(tags=["operations"], route_class=PolledRoute)
AlertsDep = Annotated[Alerts, service(Alerts)]


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


class AlertSearch(BaseModel):
    """Which alerts."""

    model_config = ConfigDict(extra="forbid")

    kind: AlertKind | None = None
    key: Annotated[str | None, Field(max_length=256)] = None
    state: AlertState | None = None
    cursor: Annotated[str | None, Field(max_length=128)] = None
    limit: int = Field(50, ge=1, le=200)
    fold: bool = Field(False, description="The newest, for people: runs of alerts of single transactions are one each")

    @model_validator(mode="after")
    def _folds_all_or_nothing(self) -> Self:
        if self.fold and any((self.kind, self.key, self.state, self.cursor)):
            raise ValueError("fold goes with limit only")
        return self


@router.get("/alerts", response_class=Response, responses=json_reply("AlertsOut") | problems(422, 503))
@needs(Scope.ALERTS_READ)
async def list_alerts(alerts: AlertsDep, wanted: Annotated[AlertSearch, Query()]) -> Response:
    """
    Alerts, newest first. Ended ones are kept for 30 days.

    `pending`: its webhook is on its way. `dead`: given up after a day, or refused for good. `unsent`: no receiver was
    set. `key`: what it is about, such as the id of an outage. Flips that queue leave in one webhook, and are one alert
    each here. Pass `next_cursor` back as `cursor` for the next page. `fold=true`: of single transactions (flips,
    conflicts, refused records) all of a kind between two other alerts are one, the newest, with the number `folded`
    under it; the newest 10,000 are counted.
    """
    if wanted.fold:
        folded, next_cursor = await alerts.documents.find_folded(limit=wanted.limit), None
    else:
        found, next_cursor = await alerts.documents.search(**wanted.model_dump(exclude={"fold"}))
        folded = [(document, 0) for document in found]
    shown = [to_alert_out(document) | {"folded": under} for document, under in folded]
    return to_json_response({"alerts": shown, "next_cursor": next_cursor})


@router.get("/alerts/{webhook_id}", response_class=Response, responses=json_reply("AlertOut") | problems(404, 503))
@needs(Scope.ALERTS_READ)
async def read_alert(webhook_id: str, alerts: AlertsDep) -> Response:
    """One alert by the id of its webhook."""
    found = await alerts.documents.find(webhook_id)
    if found is None:
        raise AlertNotFound("No alert has this id, or it ended more than 30 days ago.")
    return to_json_response(to_alert_out(found))


@router.post(
    "/alerts/{webhook_id}/retry",
    response_class=Response,
    responses=json_reply("AlertOut") | problems(403, 404, 409, 503),
)
@needs(Scope.ALERTS_RETRY)
async def retry_alert(webhook_id: str, alerts: AlertsDep) -> Response:
    """
    Send it again now, with the same id and a day of retries of its own: one that is dead, pending or was never sent.

    409 when it was delivered, or when no receiver is set.
    """
    if not alerts.has_receiver:
        raise AlertNotRetryable("No receiver is set: see GATEWAY_WEBHOOK_URL.")
    found = await alerts.documents.retry(webhook_id)
    if found is None:
        raise AlertNotFound("No alert has this id, or it ended more than 30 days ago.")
    if found["state"] == AlertState.DELIVERED:
        raise AlertNotRetryable("The receiver has it already.")
    return to_json_response(to_alert_out(found))
