"""Defines how an attempt ends: with a score, or with a failure that names its kind."""

from protos.fraud_pb2 import Failure, ScoreReply

Outcome = ScoreReply | Failure


def failure(code: "Failure.Code.ValueType", detail: str) -> Failure:
    """Make an outcome that is not a score. `detail` is for the people who run the caller."""
    return Failure(code=code, detail=detail)
