"""The models that serve, and what is said of those that cannot."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from brain.errors import ArtifactError
from brain.model.artifact import Model
from brain.model.drift import Drift

Role = Literal["live", "shadow"]
ROLES: tuple[Role, ...] = ("live", "shadow")
REASON_CHARS_MAX = 500


@dataclass(frozen=True, slots=True)
class Refused:
    """An artifact that has a role and is not served, and why."""

    artifact: str
    reason: str

    @classmethod
    def of(cls, artifact: str, error: ArtifactError) -> Self:
        """With a reason that fits into a reply."""
        return cls(artifact, str(error)[:REASON_CHARS_MAX])


@dataclass(frozen=True, slots=True)
class Serving:
    """
    What serves, changed as one.

    Attributes:
        model: Decides.
        shadow: Scores along, if there is one.
        drift: Counts what `model` scored.
        artifacts: The ids of those that were promoted; a role that is not in there has what the settings name.
        refused: What should serve and cannot; the last that could serves on.
        is_unsure: Whether it is not known what was promoted: the ledger has not answered since the start.
    """

    model: Model
    shadow: Model | None
    drift: Drift
    artifacts: Mapping[Role, str] = field(default_factory=dict)
    refused: Mapping[Role, Refused] = field(default_factory=dict)
    is_unsure: bool = False

    @classmethod
    def of_settings(cls, model: Model, shadow: Model | None) -> Self:
        """Serve what the settings name."""
        return cls(model, shadow, Drift(model.references), is_unsure=True)

    def with_role(self, role: Role, model: Model | None, artifact: str | None) -> "Serving":
        """Serve this model in this role; None only as a shadow. `artifact` is None where the settings name it."""
        artifacts = {other: held for other, held in self.artifacts.items() if other != role}
        if artifact is not None:
            artifacts[role] = artifact
        after = replace(self, artifacts=artifacts).without_refusal(role)
        if role == "shadow":
            return replace(after, shadow=model)
        if model is None:
            raise ValueError("something has to decide")
        return replace(after, model=model, drift=Drift(model.references))

    def known(self) -> "Serving":
        """Say that the ledger has answered."""
        return replace(self, is_unsure=False)

    def with_refusal(self, role: Role, refused: Refused) -> "Serving":
        """Say that this role goes on as it was, and why."""
        return replace(self, refused={**self.refused, role: refused})

    def without_refusal(self, role: Role) -> "Serving":
        """Say that nothing is wrong with this role."""
        return replace(self, refused={other: held for other, held in self.refused.items() if other != role})
