"""The naive gateway: `uvicorn benchmarks.naive.gateway:app`, with MONGODB_URL and BRAIN_SERVICE_PORT."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import grpc.aio
import pybreaker
from fastapi import FastAPI, HTTPException
from pymongo.errors import DuplicateKeyError

from benchmarks.naive import ledger
from gateway.features.transactions.schemas import VerdictOut
from gateway.verdict.intake.schemas import TransactionIn
from local.ports import LOOPBACK
from money.amounts import Money
from protos import fraud_pb2
from protos.fraud_pb2_grpc import FraudDetectionStub

BUDGET_S = 2.0  # above what 200 clients wait for: it is compared while it scores, not while its circuit is open
DECISIONS = {"low": "approve", "medium": "approve", "high": "review", "critical": "block"}

breaker = pybreaker.CircuitBreaker(fail_max=3, reset_timeout=30)
collection = ledger.connect()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Hold the channel to the brain while it lasts."""
    await ledger.prepare(collection)
    async with grpc.aio.insecure_channel(f"{LOOPBACK}:{os.environ['BRAIN_SERVICE_PORT']}") as channel:
        app.state.brain = FraudDetectionStub(channel)
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/health/ready")
async def ready() -> dict[str, str]:
    """Say that it serves."""
    return {"status": "ok"}


@app.post("/transaction", response_model=VerdictOut)
async def decide(body: TransactionIn) -> dict[str, Any]:
    """Score, decide, keep, answer."""
    since_s, now = perf_counter(), datetime.now(UTC)
    money = Money.from_amount(body.amount, body.currency)
    event_time = body.timestamp or now
    transaction = fraud_pb2.Transaction(
        transaction_id=body.transaction_id,
        amount=fraud_pb2.Money(minor_units=money.minor_units, currency=money.currency),
        user_id=body.user_id,
        merchant_id=body.merchant_id,
        event_time_ms=int(event_time.timestamp() * 1000),
    )
    verdict = _verdict(body.transaction_id, await _score(transaction), since_s=since_s, now=now)
    document = {
        "_id": body.transaction_id,
        "user_id": body.user_id,
        "merchant_id": body.merchant_id,
        "time_ms": transaction.event_time_ms,
        "amount_minor": money.minor_units,
        "currency": money.currency,
        "request": body.model_dump(mode="json", exclude_none=True),
        "verdict": verdict,
    }
    try:
        await collection.insert_one(document)
    except DuplicateKeyError:
        stored = await collection.find_one({"_id": body.transaction_id})
        if stored is None or stored["request"] != document["request"]:
            raise HTTPException(409, "the same transaction_id came with another body") from None
        return dict(stored["verdict"]) | {"replayed": True}
    return verdict


async def _score(transaction: fraud_pb2.Transaction) -> fraud_pb2.ScoreReply | None:
    """Ask the brain, unless the circuit is open. Returns None without a score."""
    if breaker.current_state == pybreaker.STATE_OPEN:
        return None
    try:
        reply: fraud_pb2.ScoreReply = await app.state.brain.Score(
            fraud_pb2.ScoreRequest(transaction=transaction), timeout=BUDGET_S
        )
    except grpc.aio.AioRpcError as error:
        with suppress(Exception):
            breaker.call(_fail, error)
        return None
    with suppress(pybreaker.CircuitBreakerError):  # others have opened it meanwhile
        breaker.call(lambda: None)
    return reply


def _fail(error: Exception) -> None:
    raise error


def _verdict(
    transaction_id: str, score: fraud_pb2.ScoreReply | None, *, since_s: float, now: datetime
) -> dict[str, Any]:
    level = "unknown" if score is None else fraud_pb2.RiskLevel.Name(score.risk_level)[len("RISK_LEVEL_") :].lower()
    decision = DECISIONS.get(level, "review")
    return {
        "transaction_id": transaction_id,
        "decision": decision,
        "is_fraud": decision == "block",
        "scored": score is not None,
        "risk_score": None if score is None else score.risk_score,
        "risk_level": level,
        "reasons": [
            {"code": reason.code, "message": reason.message, "contribution": reason.contribution}
            for reason in (score.reasons if score else ())
        ],
        "decision_source": "fallback" if score is None else "model",
        "fallback": {"reason_code": "SCORER_UNAVAILABLE", "policy": "review"} if score is None else None,
        "budget": None,
        "circuit_state": breaker.current_state,
        "model": None if score is None else {"name": score.model_name, "version": score.model_version},
        "degraded": [],
        "ledger_status": "committed",
        "amendments": [],
        "latency_ms": round((perf_counter() - since_s) * 1000, 3),
        "created_at": now,
        "trace_id": secrets.token_hex(16),
        "replayed": False,
    }
