"""Describes a brain: the model that decides, the one in shadow, what was scored lately, and the memory."""

from brain.history.memory import Memory
from brain.model.artifact import Model
from brain.model.levels import limits
from brain.rollout.models import Serving
from brain.rpc.remembered import memory_state
from protos import fraud_pb2


def describe(serving: Serving, memory: Memory) -> fraud_pb2.ModelDescription:
    """Make the reply to Describe."""
    description = _describe(serving.model)
    description.artifact = serving.artifacts.get("live", "")
    description.is_unsure = serving.is_unsure
    description.refused.extend(
        fraud_pb2.RefusedArtifact(role=role, artifact=refused.artifact, reason=refused.reason)
        for role, refused in serving.refused.items()
    )
    description.memory.CopyFrom(memory_state(memory))
    description.live.extend(serving.drift.live())
    if serving.shadow is not None:
        description.shadow.CopyFrom(_describe(serving.shadow))
        description.shadow.artifact = serving.artifacts.get("shadow", "")
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
