"""GET /transactions and GET /transactions/{id}: what is on record."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from gateway.access.declared import needs
from gateway.access.scopes import Scope
from gateway.api.methods import TRANSACTION_ID
from gateway.api.polled import PolledRoute
from gateway.api.reply import json_reply, problems, to_json_response
from gateway.api.services import service
from gateway.domain import Decision
from gateway.errors import TransactionNotFound
from gateway.features.labels.store import Labels
from gateway.features.transactions.csv_export import to_csv
from gateway.features.transactions.store import Filters, search
from gateway.ledger.service import Ledger
from gateway.review import ReviewState
from gateway.values.characters import composed
from gateway.values.fields import AMOUNT_MAX, ID_CHARS_MAX, IdStart
from gateway.verdict.rendering import to_record

router = APIRouter(tags=["transactions"], route_class=PolledRoute)
LabelsDep = Annotated[Labels, service(Labels)]
LedgerDep = Annotated[Ledger, service(Ledger)]
Amount = Annotated[Decimal | None, Field(ge=0, le=AMOUNT_MAX, max_digits=20, decimal_places=4)]
Time = Annotated[AwareDatetime | None, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))]
Id = Annotated[str, Field(max_length=ID_CHARS_MAX), AfterValidator(composed)]


class Search(BaseModel):
    """What to look for; ranges include their ends. A misspelt filter is refused: it would find everybody's records."""

    model_config = ConfigDict(extra="forbid")

    user_id: Id | None = None
    merchant_id: Id | None = None
    decision: Decision | None = None
    scored: bool | None = None
    amount_min: Amount = None
    amount_max: Amount = None
    created_from: Time = None
    created_to: Time = None
    review: ReviewState | None = None
    flipped: Annotated[bool | None, Field(description="Whether the newest later score would decide otherwise")] = None
    text: Annotated[IdStart | None, Field(description="How a transaction_id, user_id or merchant_id begins")] = None
    cursor: Annotated[str | None, Field(max_length=64)] = None
    limit: int = Field(50, ge=1, le=500)


@router.get("/transactions", response_class=Response, responses=json_reply("PageOut") | problems(422, 503))
@needs(Scope.RECORDS_READ)
async def search_transactions(
    request: Request, labels: LabelsDep, ledger: LedgerDep, wanted: Annotated[Search, Query()]
) -> Response:
    """
    Search the record, newest first.

    Pass `next_cursor` back as `cursor` for the next page. `Accept: text/csv` gives the page as CSV, with the cursor
    in the header `X-Next-Cursor`. Amounts compare as numbers whatever their currency. `text` finds ids (transaction,
    user, merchant) that begin with it, upper and lower case apart. What fills no page within 1.5 s is given up: 503
    SEARCH_TOO_SLOW, and one that found no turn beside others SEARCHES_BUSY.
    """
    filters = Filters(**wanted.model_dump(exclude={"cursor", "limit"}))
    page = await search(ledger.database, filters, cursor=wanted.cursor, limit=wanted.limit)
    known = await labels.find([document["transaction_id"] for document in page.documents])
    records = [to_record(document, known.get(document["transaction_id"])) for document in page.documents]
    if "text/csv" in request.headers.get("accept", ""):
        headers = {"X-Next-Cursor": page.next_cursor} if page.next_cursor else {}
        return Response(to_csv(records), media_type="text/csv", headers=headers)
    body = {"transactions": records, "next_cursor": page.next_cursor}
    return to_json_response(body)


@router.get(
    f"/transactions/{TRANSACTION_ID}",
    response_class=Response,
    responses=json_reply("RecordOut") | problems(404, 503),
)
@needs(Scope.RECORDS_READ, in_demo=True)
async def read_transaction(transaction_id: str, labels: LabelsDep, ledger: LedgerDep) -> Response:
    """
    The record of one transaction: its request, the verdict that stands, and what was found out later.

    While the ledger is away, this gateway's own copy of it, without what was found out later.
    """
    found = await ledger.find_document(transaction_id)
    if found is None:
        raise TransactionNotFound("No verdict stands for this transaction_id.")
    label = await labels.find_one(transaction_id) if found.is_whole else None
    record = to_record(found.document, label, found.status)
    return to_json_response(record)
