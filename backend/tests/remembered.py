"""What a running brain remembers of payments, asked over the wire."""

from collections.abc import Iterable

import grpc

from local.ports import LOOPBACK
from protos import fraud_pb2
from protos.fraud_pb2_grpc import FraudDetectionStub
from tests.processes import BrainProcess


def remembered(brain: BrainProcess, transaction_ids: Iterable[str]) -> dict[str, fraud_pb2.RememberedPayment]:
    """Those of the payments that it knows, by id."""
    keys = [fraud_pb2.PaymentKeys(transaction_id=name) for name in transaction_ids]
    with grpc.insecure_channel(f"{LOOPBACK}:{brain.port}") as channel:
        reply = FraudDetectionStub(channel).FindPayments(fraud_pb2.FindPaymentsRequest(payments=keys))
    return {key.transaction_id: found for key, found in zip(keys, reply.payments, strict=True) if found.is_known}


def labels_of(brain: BrainProcess, transaction_ids: Iterable[str]) -> dict[str, bool]:
    """Labels that it knows, by transaction."""
    found = remembered(brain, transaction_ids)
    return {name: payment.is_fraud for name, payment in found.items() if payment.HasField("is_fraud")}
