"""POST /transaction and POST /transactions: the verdict path."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response

from gateway.access.declared import needs
from gateway.access.limits import Use
from gateway.access.principal import principal_of
from gateway.access.scopes import Scope
from gateway.access.service import AccessControl
from gateway.api.guard import GuardedRoute
from gateway.api.problems import to_crash, to_problem
from gateway.api.reply import to_json_response
from gateway.api.requests import read_body
from gateway.api.services import services_of
from gateway.domain import Score, Transaction
from gateway.errors import FieldError, GatewayError, InvalidRequest
from gateway.features.transactions.endpoint import BYTES_MAX, PATH, Submissions, trace_id_of
from gateway.features.transactions.schemas import BATCH_REPLIES, BATCH_REQUEST, VERDICT_REPLIES, VERDICT_REQUEST
from gateway.scoring.errors import GatewayOverloaded
from gateway.scoring.scorer import Scorer
from gateway.verdict.batch_turns import BatchTurns
from gateway.verdict.intake.decoding import decode_json, to_transaction
from gateway.verdict.service import ScoreOne

router = APIRouter(tags=["transactions"], route_class=GuardedRoute)
_BATCH_BYTES_MAX = 2 * 1024 * 1024
_BATCH_MAX = 500
_BATCH_AT_ONCE = 50  # of one batch: they wait for a turn, or are decided without a score
_BATCH_PATIENCE_S = 20.0  # for a score of its last item; callers and proxies commonly wait 30 or 60


@router.post(PATH, response_class=Response, responses=VERDICT_REPLIES, openapi_extra=VERDICT_REQUEST)
@needs(Scope.SCORE_WRITE, in_demo=True, use=Use.VERDICT)
async def submit_transaction(request: Request) -> Response:
    """
    Decide one transaction and record the verdict.

    Answers even while the scorer is down: then `scored` is false, `risk_score` is null and `fallback` says why.
    The same transaction_id with the same body gets the first verdict again, with `replayed` true; with another body
    it gets 409.
    """
    # not where endpoint.py stands in front, as it does in the gateway
    body = await read_body(request, bytes_max=BYTES_MAX)
    reply = await services_of(request)[Submissions].answer(body, request.scope["headers"])
    return Response(reply, media_type="application/json")


@router.post("/transactions", response_class=Response, responses=BATCH_REPLIES, openapi_extra=BATCH_REQUEST)
@needs(Scope.SCORE_WRITE, use=Use.BATCH)
async def submit_transactions(request: Request) -> Response:
    """
    Decide up to 500 transactions, each by itself.

    `results` has one entry for each, in order: `{status: 200, verdict}`, or the status and `problem` that the
    transaction would have got alone. Single transactions go first: under load a batch takes longer, and what finds no
    turn within 20 s is decided without a score, with the reason OVERLOADED.
    """
    items = _batch_items(decode_json(await read_body(request, bytes_max=_BATCH_BYTES_MAX)))
    services, trace_id = services_of(request), trace_id_of(request.scope["headers"])
    services[AccessControl].take(principal_of(request), len(items) - 1, Use.BATCH)  # one was taken at the door
    at_once = asyncio.Semaphore(_BATCH_AT_ONCE)
    until_s = asyncio.get_running_loop().time() + _BATCH_PATIENCE_S

    async def decide(index: int) -> dict[str, Any]:
        async with at_once, services[BatchTurns].turn(until_s=until_s) as has_turn:
            score = services[Scorer].score_in_batch if has_turn else _no_turn
            return await _answer_item(services[Submissions], items[index], f"/transactions/{index}", trace_id, score)

    results = await asyncio.gather(*(decide(index) for index in range(len(items))))
    return to_json_response({"results": results})


async def _no_turn(_transaction: Transaction) -> Score:
    raise GatewayOverloaded("too many transactions of batches wait for a score")


def _batch_items(decoded: Any) -> list[Any]:
    items = decoded.get("transactions") if isinstance(decoded, dict) and len(decoded) == 1 else None
    if not isinstance(items, list) or not 1 <= len(items) <= _BATCH_MAX:
        error = FieldError("/transactions", f"must be an array of 1 to {_BATCH_MAX} transactions, and the only field")
        raise InvalidRequest('The body must look like {"transactions": [...]}.', (error,))
    return items


async def _answer_item(
    submissions: Submissions, item: Any, pointer: str, trace_id: str | None, score: ScoreOne
) -> dict[str, Any]:
    try:
        verdict = await submissions.reply(lambda: to_transaction(item, at=pointer), trace_id, score=score)
    except GatewayError as error:
        return {"status": error.status, "problem": to_problem(error)}
    except Exception as error:  # its neighbours have nothing to do with it
        return {"status": 500, "problem": to_crash(error, path="/transactions")}
    return {"status": 200, "verdict": verdict}
