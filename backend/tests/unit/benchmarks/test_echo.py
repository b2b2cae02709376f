"""The echoes answer what the gateway would answer, and do nothing else."""

from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from benchmarks import echo
from gateway.features.transactions.schemas import VerdictOut

PAYMENT = {"transaction_id": "txn_1", "amount": "12.50", "currency": "USD", "user_id": "user_1"}


async def post(app: ASGIApp, **body: Any) -> httpx.Response:
    """What this echo answers."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://echo") as client:
        return await client.post("/transaction", **body)


async def test_fastapi_echo_answers_with_a_verdict() -> None:
    """Of the models that the gateway has: what it costs to validate them is in it."""
    reply = await post(echo.app, json=PAYMENT)

    assert VerdictOut.model_validate(reply.json()).transaction_id == "txn_1"


async def test_fastapi_echo_validates() -> None:
    """Or it would compare with nothing."""
    assert (await post(echo.app, json=PAYMENT | {"amount": "-1"})).status_code == 422


@pytest.mark.parametrize("body", [b"", b"some bytes"])
async def test_raw_echo_answers_with_the_bytes_that_came(body: bytes) -> None:
    """And their length, so that a connection can be used again."""
    reply = await post(echo.raw, content=body)

    assert (reply.content, reply.headers["content-length"]) == (body, str(len(body)))
