"""Describes a brain: the model that decides, the one in shadow, what was scored lately, and the memory."""

from brain.history.memory import Memory
from brain.model.artifact import Model
from brain.model.drift import Drift
from brain.model.levels import limits
from brain.rpc.remembered import memory_state
from protos import fraud_pb2


def describe(model: Model, *, shadow: Model | None, drift: Drift, memory: Memory) -> fraud_pb2.ModelDescription:
    """Make the reply to Describe."""
    description = _describe(model)
    description.memory.CopyFrom(memory_state(memory))
    description.live.extend(drift.live())
    if shadow is not None:
        description.shadow.CopyFrom(_describe(shadow))
    return description


def _describe(model: Model) -> fraud_pb2.ModelDescription:
    return fraud_pb2.ModelDescription(
        name=model.name,
        version=model.version,
        sha256=model.sha256,
        features=model.features,
        thresholds=model.thresholds,
        trained_on=model.trained_on,
        metrics=model.metrics,
        limits=limits(model),
        canaries=[canary.to_wire() for canary in model.canaries],
    )
