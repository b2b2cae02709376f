"""GET /outages and GET /outages/{id}: when verdicts had to be given on less than all facts, and what became of them."""

import asyncio
import contextlib
from time import monotonic
from typing import Annotated, Any

from bson.errors import InvalidId
from bson.objectid import ObjectId
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway.access.declared import needs
from gateway.access.scopes import Scope
from gateway.api.polled import PolledRoute
from gateway.api.reply import json_reply, problems, to_json_response
from gateway.api.services import service
from gateway.errors import GatewayError, LedgerUnreadable
from gateway.features.outages.schemas import to_outage_out
from gateway.features.outages.store import Figures, Outage, OutageStore
from gateway.kit.cursors import ObjectIdText, TimeMs, read_cursor, to_ms, to_time, write_cursor

router = APIRouter(tags=["operations"], route_class=PolledRoute)
OutagesDep = Annotated[OutageStore, service(OutageStore)]
_COUNTED_MAX = 5  # a page counts so many that are not settled: usually there is one
_SHOWING_S_MAX = 3.0  # finding and counting together: millions of records take minutes, and the dashboard waits 4 s


class OutageNotFound(GatewayError):
    """No outage has this id."""

    status = 404
    code = "OUTAGE_NOT_FOUND"
    title = "No such outage"


class OutagePage(BaseModel):
    """Which outages to list."""

    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[str | None, Field(max_length=64)] = None
    limit: int = Field(20, ge=1, le=100)


@router.get("/outages", response_class=Response, responses=json_reply("OutagesOut") | problems(422, 503))
@needs(Scope.OPS_READ)
async def list_outages(outages: OutagesDep, wanted: Annotated[OutagePage, Query()]) -> Response:
    """
    Outages, newest first: times in which the circuit of some gateway was not closed, or in which more than a few of its
    verdicts lacked a score, or history.

    Pass `next_cursor` back as `cursor` for the next page. Until an outage `is_settled`, its figures are counted from
    the transactions; null when that took too long. Amounts are in the reference currency.
    """
    before = None
    if wanted.cursor is not None:
        began_ms, last_id = read_cursor(wanted.cursor, tuple[TimeMs, ObjectIdText])
        before = to_time(began_ms), ObjectId(last_id)
    until_s = monotonic() + _SHOWING_S_MAX
    found = await outages.newest(before=before, limit=wanted.limit + 1)
    page, shown, counted = found[: wanted.limit], [], 0
    for outage in page:
        counted += outage.report is None
        left_s = until_s - monotonic() if counted <= _COUNTED_MAX else 0.0
        shown.append(await _show(outages, outage, within_s=left_s))
    is_last = len(found) <= wanted.limit
    next_cursor = None if is_last else write_cursor(to_ms(page[-1].began_at), str(page[-1].id))
    return to_json_response({"outages": shown, "next_cursor": next_cursor})


@router.get("/outages/{outage_id}", response_class=Response, responses=json_reply("OutageOut") | problems(404, 503))
@needs(Scope.OPS_READ)
async def read_outage(outage_id: str, outages: OutagesDep) -> Response:
    """One outage: why and how long, what was decided blind, and what a later score made of it."""
    until_s = monotonic() + _SHOWING_S_MAX
    try:
        outage = await outages.find(ObjectId(outage_id))
    except InvalidId:
        outage = None
    if outage is None:
        raise OutageNotFound("No outage has this id.")
    return to_json_response(await _show(outages, outage, within_s=until_s - monotonic()))


async def _show(outages: OutageStore, outage: Outage, *, within_s: float) -> dict[str, Any]:
    figures: Figures | None = outage.report
    if figures is None and within_s > 0:  # with nothing left, MongoDB would count for nobody
        with contextlib.suppress(LedgerUnreadable, TimeoutError):
            async with asyncio.timeout(within_s):
                figures = await outages.count(outage)
    return to_outage_out(outage, figures)
