"""GET /reviews and what people do there: claim, release, decide, undo."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway.access.declared import needs
from gateway.access.scopes import Scope
from gateway.api.acting import actor_of
from gateway.api.methods import TRANSACTION_ID
from gateway.api.polled import PolledRoute
from gateway.api.reply import json_reply, problems, to_json_response
from gateway.api.requests import read_as
from gateway.api.services import service
from gateway.domain import Decision
from gateway.features.labels.store import Labels
from gateway.features.reviews.schemas import CLAIM_REQUEST, DECISION_REQUEST
from gateway.features.reviews.service import DecisionLabels
from gateway.features.reviews.store import Document, Reviews
from gateway.review import ReviewState
from gateway.verdict.intake.schemas import ClaimIn, DecisionIn
from gateway.verdict.rendering import to_record, to_review_out

router = APIRouter(tags=["reviews"], route_class=PolledRoute)
DecisionsDep = Annotated[DecisionLabels, service(DecisionLabels)]
LabelsDep = Annotated[Labels, service(Labels)]
ReviewsDep = Annotated[Reviews, service(Reviews)]
_BODY_BYTES_MAX = 8 * 1024
_STEP_REPLIES = json_reply("ReviewOut") | problems(400, 403, 404, 409, 413, 415, 422, 503)


class ReviewSearch(BaseModel):
    """Which part of the queue."""

    model_config = ConfigDict(extra="forbid")

    state: ReviewState = ReviewState.OPEN
    cursor: Annotated[str | None, Field(max_length=128)] = None
    limit: int = Field(50, ge=1, le=100)


@router.get("/reviews", response_class=Response, responses=json_reply("ReviewsOut") | problems(422, 503))
@needs(Scope.RECORDS_READ)
async def list_reviews(labels: LabelsDep, reviews: ReviewsDep, wanted: Annotated[ReviewSearch, Query()]) -> Response:
    """
    Records that wait for a person, the largest amount first, then what waits longest.

    A claim that has run out counts as open. Pass `next_cursor` back as `cursor` for the next page.
    """
    found, next_cursor = await reviews.page(wanted.state, cursor=wanted.cursor, limit=wanted.limit)
    known = await labels.find([document["transaction_id"] for document in found])
    records = [to_record(document, known.get(document["transaction_id"])) for document in found]
    return to_json_response({"reviews": records, "next_cursor": next_cursor})


@router.get(
    f"/reviews/{TRANSACTION_ID}", response_class=Response, responses=json_reply("RecordOut") | problems(404, 503)
)
@needs(Scope.RECORDS_READ)
async def read_review(transaction_id: str, labels: LabelsDep, reviews: ReviewsDep) -> Response:
    """One of them, with what people did with it."""
    found = await reviews.find(transaction_id)
    return to_json_response(to_record(found, await labels.find_one(transaction_id)))


@router.post(
    f"/reviews/{TRANSACTION_ID}/claim",
    response_class=Response,
    responses=_STEP_REPLIES,
    openapi_extra=CLAIM_REQUEST,
)
@needs(Scope.REVIEWS_WRITE)
async def claim_review(transaction_id: str, request: Request, reviews: ReviewsDep) -> Response:
    """Hold it for 15 minutes, so that two people do not do the same work. 409 names who has it; again extends it."""
    actor = actor_of(request, (await read_as(ClaimIn, request, bytes_max=_BODY_BYTES_MAX)).by)
    return to_json_response(_to_out(await reviews.claim(transaction_id, by=actor.by, via=actor.via)))


@router.post(
    f"/reviews/{TRANSACTION_ID}/release",
    response_class=Response,
    responses=_STEP_REPLIES,
    openapi_extra=CLAIM_REQUEST,
)
@needs(Scope.REVIEWS_WRITE)
async def release_review(transaction_id: str, request: Request, reviews: ReviewsDep) -> Response:
    """Give it back before the time is over."""
    actor = actor_of(request, (await read_as(ClaimIn, request, bytes_max=_BODY_BYTES_MAX)).by)
    return to_json_response(_to_out(await reviews.release(transaction_id, by=actor.by, via=actor.via)))


@router.post(
    f"/reviews/{TRANSACTION_ID}/decision",
    response_class=Response,
    responses=_STEP_REPLIES,
    openapi_extra=DECISION_REQUEST,
)
@needs(Scope.REVIEWS_WRITE)
async def decide_review(
    transaction_id: str, request: Request, decisions: DecisionsDep, reviews: ReviewsDep
) -> Response:
    """
    Approve or block it, while you hold it or nobody does.

    The verdict stays as it was given; the decision stands beside it, and is a label too, so that later payments are
    scored with it. The same again by the same person changes nothing; another decision gets 409. With `undo_s` the
    same person may undo it for so long, and the label comes some seconds after that.
    """
    said = await read_as(DecisionIn, request, bytes_max=_BODY_BYTES_MAX)
    actor = actor_of(request, said.by)
    found = await reviews.decide(
        transaction_id,
        by=actor.by,
        via=actor.via,
        decision=Decision(said.decision),
        note=said.note,
        undo_s=said.undo_s,
    )
    review = found["review"]
    if review.get("label_pending") and review.get("undo") is None:  # the sweep labels what could be undone
        await decisions.put_soon(found)
    return to_json_response(_to_out(found))


@router.post(
    "/reviews/{transaction_id}/undo", response_class=Response, responses=_STEP_REPLIES, openapi_extra=CLAIM_REQUEST
)
@needs(Scope.REVIEWS_WRITE)
async def undo_decision(transaction_id: str, request: Request, reviews: ReviewsDep) -> Response:
    """Take back what you decided, until its `undo_until`: it waits as it did before, claimed if you had claimed it."""
    actor = actor_of(request, (await read_as(ClaimIn, request, bytes_max=_BODY_BYTES_MAX)).by)
    return to_json_response(_to_out(await reviews.undo(transaction_id, by=actor.by, via=actor.via)))


def _to_out(document: Document) -> dict[str, object]:
    return {"transaction_id": document["transaction_id"], **to_review_out(document["review"])}
