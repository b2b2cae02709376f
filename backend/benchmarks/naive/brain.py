"""The naive brain: `python -m benchmarks.naive.brain`, with MONGODB_URL and BRAIN_SERVICE_PORT. One payment a call."""

import asyncio
import os
from pathlib import Path
from typing import Any

import grpc
import lightgbm
import uvloop

from benchmarks.naive import ledger
from benchmarks.naive.features import FEATURE_NAMES, MERCHANT, USER, Side, compute
from benchmarks.naive.reasons import write_reasons
from local.ports import LOOPBACK
from protos import fraud_pb2

SERVICE = "sentinel.fraud.v1.FraudDetection"
MODEL_FILE = Path(__file__).parent / "model.txt"
# the lowest probability of each level
LEVELS = (
    (0.4378, fraud_pb2.RISK_LEVEL_CRITICAL),
    (0.0898, fraud_pb2.RISK_LEVEL_HIGH),
    (0.0224, fraud_pb2.RISK_LEVEL_MEDIUM),
)


class NaiveBrain:
    """Scores one payment a call."""

    def __init__(self, collection: ledger.Collection) -> None:
        self._collection = collection
        self._model = lightgbm.Booster(model_file=str(MODEL_FILE))

    async def score(self, request: fraud_pb2.ScoreRequest, _context: object) -> fraud_pb2.ScoreReply:
        """Read both histories, compute the features, ask the model."""
        payment = request.transaction
        of_user, of_merchant = await asyncio.gather(
            self._history(USER, payment.user_id, "merchant_id", payment.event_time_ms),
            self._history(MERCHANT, payment.merchant_id, "user_id", payment.event_time_ms),
        )
        row = compute(payment, of_user, of_merchant)
        risk_score = float(self._model.predict(row, num_threads=1)[0])
        level = next((level for lowest, level in LEVELS if risk_score >= lowest), fraud_pb2.RISK_LEVEL_LOW)
        reply = fraud_pb2.ScoreReply(
            transaction_id=payment.transaction_id,
            risk_score=risk_score,
            risk_level=level,
            model_name="naive",
            model_version="2.0.0",
        )
        write_reasons(dict(zip(FEATURE_NAMES, row[0].tolist(), strict=True)), reply)
        return reply

    async def _history(self, side: Side, key: str, counterparty: str, now_ms: int) -> list[dict[str, Any]]:
        """Find the newest payments of a user or merchant before now; none of a merchant that is not named."""
        if not key:
            return []
        since_ms = now_ms - side.window_ms
        cursor = self._collection.find(
            {side.field: key, "time_ms": {"$gte": since_ms, "$lt": now_ms}},
            {"_id": False, "time_ms": True, "amount_minor": True, counterparty: True},
        )
        return await cursor.sort("time_ms", -1).limit(side.events_max).to_list(None)


async def main() -> None:
    """Serve until the process is ended."""
    score = grpc.unary_unary_rpc_method_handler(
        NaiveBrain(ledger.connect()).score,
        request_deserializer=fraud_pb2.ScoreRequest.FromString,
        response_serializer=fraud_pb2.ScoreReply.SerializeToString,
    )
    server = grpc.aio.server()
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, {"Score": score})])
    server.add_insecure_port(f"{LOOPBACK}:{os.environ['BRAIN_SERVICE_PORT']}")
    await server.start()
    await server.wait_for_termination()


if __name__ == "__main__":
    uvloop.run(main())
