"""PUT /transactions/{id}/label: what a transaction turned out to be."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime

from gateway.access.declared import needs
from gateway.access.scopes import Scope
from gateway.api.acting import recorder_of
from gateway.api.methods import TRANSACTION_ID
from gateway.api.polled import PolledRoute
from gateway.api.reply import Reply, json_body, json_reply, problems, to_json_response
from gateway.api.requests import read_as
from gateway.api.services import service
from gateway.errors import FieldError, InvalidRequest, TransactionNotFound
from gateway.features.labels.store import Labels
from gateway.kit import clock
from gateway.ledger.documents import to_transaction
from gateway.ledger.service import Ledger
from gateway.verdict.intake.schemas import LabelIn
from gateway.verdict.rendering import to_label_out

router = APIRouter(tags=["transactions"], route_class=PolledRoute)
LabelsDep = Annotated[Labels, service(Labels)]
LedgerDep = Annotated[Ledger, service(Ledger)]


class LabelOut(Reply):
    """What a transaction turned out to be; the highest revision stands. `by` is the person or key that recorded it."""

    transaction_id: str
    is_fraud: bool
    source: str
    known_at: AwareDatetime
    recorded_at: AwareDatetime
    revision: int
    by: str | None


LABEL_REQUEST = json_body({"$ref": "#/components/schemas/LabelIn"})
DOCUMENTED = (LabelIn, LabelOut)


@router.put(
    f"/transactions/{TRANSACTION_ID}/label",
    response_class=Response,
    responses=json_reply("LabelOut") | problems(400, 403, 404, 413, 415, 422, 503),
    openapi_extra=LABEL_REQUEST,
)
@needs(Scope.LABELS_WRITE)
async def put_label(transaction_id: str, request: Request, labels: LabelsDep, ledger: LedgerDep) -> Response:
    """
    Say what a transaction turned out to be: a chargeback, or genuine after all.

    It changes how later payments of the user and at the merchant are scored, from `known_at` on; what nobody labels
    counts as genuine after 7 days, unless it was blocked: that stays unknown. The same body again changes nothing;
    another body is a correction, and the highest `revision` stands. The verdict itself is never rewritten.
    """
    said = await read_as(LabelIn, request)
    found = await ledger.find_document(transaction_id)
    if found is None:
        raise TransactionNotFound("No verdict stands for this transaction_id, so there is nothing to label.")
    transaction = to_transaction(found.document)
    if said.known_at is not None and said.known_at < transaction.event_time:
        error = FieldError("/known_at", "must not be before the transaction's own time")
        raise InvalidRequest("Nobody can know of a fraud before it happens.", (error,))
    label = await labels.put(
        transaction_id,
        is_fraud=said.is_fraud,
        source=said.source,
        known_at=clock.whole_ms(said.known_at) if said.known_at is not None else None,
        default_known_at=max(clock.now(), transaction.event_time),
        by=recorder_of(request),
    )
    return to_json_response(to_label_out(label))
