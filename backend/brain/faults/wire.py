"""Turns fault settings into their message on the wire and back."""

from dataclasses import asdict

from brain.faults.settings import LATENCY_S, FaultSettings
from protos import fraud_pb2


def read_fault_settings(sent: fraud_pb2.FaultSettings) -> FaultSettings:
    """
    Read a whole set of faults, as an operator sent it.

    Raises:
        InvalidFault: a value is out of bounds.
    """
    return FaultSettings(
        latency_rate=sent.latency_rate,
        latency_s=sent.latency_s if sent.HasField("latency_s") else LATENCY_S,
        error_rate=sent.error_rate,
        drop_rate=sent.drop_rate,
        nan_rate=sent.nan_rate,
        wrong_id_rate=sent.wrong_id_rate,
        constant_score=sent.constant_score if sent.HasField("constant_score") else None,
    )


def write_fault_settings(settings: FaultSettings) -> fraud_pb2.FaultSettings:
    """Write a whole set of faults for the reply."""
    return fraud_pb2.FaultSettings(**asdict(settings))  # None leaves a field unset
