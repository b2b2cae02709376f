"""
The two echoes: what the web framework costs when it does nothing else.

`uvicorn benchmarks.echo:raw` answers with the bytes that came; `uvicorn benchmarks.echo:app` is FastAPI with the same
models of pydantic as the gateway's, in and out.
"""

from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from gateway.features.transactions.schemas import VerdictOut
from gateway.verdict.intake.schemas import TransactionIn

_VERDICT: dict[str, Any] = {
    "decision": "approve",
    "is_fraud": False,
    "scored": True,
    "risk_score": 0.0085,
    "risk_level": "low",
    "reasons": [
        {"code": code, "message": f"A sentence for a fraud analyst about {code}.", "contribution": -0.25}
        for code in ("AMOUNT", "USER_ACTIVITY", "MERCHANT_RISK")
    ],
    "decision_source": "model",
    "fallback": None,
    "budget": None,
    "circuit_state": "closed",
    "model": {"name": "echo", "version": "1"},
    "degraded": [],
    "ledger_status": "committed",
    "amendments": [],
    "latency_ms": 0.1,
    "created_at": datetime(2026, 11, 30, tzinfo=UTC),
    "trace_id": "0" * 32,
    "replayed": False,
}

app = FastAPI()


@app.get("/health/ready")
async def ready() -> dict[str, str]:
    """Say that it serves."""
    return {"status": "ok"}


@app.post("/transaction", response_model=VerdictOut)
async def echo(body: TransactionIn) -> dict[str, Any]:
    """Answer every payment with the same verdict."""
    return _VERDICT | {"transaction_id": body.transaction_id}


async def raw(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body of the request."""
    if scope["type"] != "http":
        return
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
