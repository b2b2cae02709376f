"""
Which models there are, and which of them serve: collections `models` and `model_roles`.

An artifact is kept whole, under the hash of all of it, and never changed. One document says which one decides (live)
and which one runs along (shadow), and how it came to that; every brain follows it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from records.account import ACCOUNT

MODELS, ROLES = "models", "model_roles"
ARTIFACT_BYTES_MAX = 8 * 1024 * 1024  # half of what a document of MongoDB may hold
CHANGES_MAX = 200  # the newest; with EARLIER_MAX the document stays below 200 kB
EARLIER_MAX = 20
WHY_LENGTH_MAX = 500
_FIGURES = frozenset({"backtest", "compared"})  # the second is of artifacts from before it became part of the first

Action = Literal["shadow", "promote", "rollback"]


@dataclass(frozen=True, slots=True)
class Artifact:
    """
    A trained model as training writes it.

    Attributes:
        model, metadata: The contents of its two files.
    """

    model: bytes
    metadata: bytes

    @property
    def id(self) -> str:
        """
        The hash of both files, hexadecimal: other thresholds are another artifact.

        Figures of a test are left out: judging a model once more makes no other one of it.
        """
        served = hashlib.sha256(_served(self.metadata)).digest()
        return hashlib.sha256(hashlib.sha256(self.model).digest() + served).hexdigest()

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.model) + len(self.metadata)


@dataclass(frozen=True, slots=True)
class Change:
    """
    One change of roles.

    Attributes:
        by, why: Who made it, and the reason that they gave.
        live, shadow: Artifacts after it; None: the one that brains ship with, and none.
        facts: What it was decided on, such as figures of a comparison.
    """

    at: datetime
    action: Action
    by: str
    why: str
    live: str | None
    shadow: str | None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Change":
        """Read what `document` wrote; what a later version says besides is left out. Raises TypeError: it lacks one."""
        return cls(**{name: document[name] for name in cls.__slots__ if name in document})

    def document(self) -> dict[str, Any]:
        """Return its fields by name."""
        return {name: getattr(self, name) for name in Change.__slots__}

    def said(self) -> dict[str, Any]:
        """Return its fields as JSON takes them."""
        return self.document() | {"at": self.at.isoformat(), "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Roles:
    """
    Which artifacts serve.

    Attributes:
        live: What decides; None: the one that brains ship with.
        shadow: What scores along and is recorded; None: what the settings of a brain name, if anything.
        revision: Counts the changes.
        live_since, shadow_since: None where it is None, or was never changed.
        earlier: What was live before, newest last: the way back.
        changes: Newest last.
    """

    live: str | None = None
    shadow: str | None = None
    revision: int = 0
    live_since: datetime | None = None
    shadow_since: datetime | None = None
    earlier: tuple[str | None, ...] = ()
    changes: tuple[Change, ...] = ()

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> "Roles":
        """
        Read the document of roles; without one nothing was ever promoted.

        Raises:
            KeyError, TypeError, ValueError: it is none of ours.
        """
        if document is None:
            return cls()
        return cls(
            live=document["live"],
            shadow=document["shadow"],
            revision=int(document["revision"]),
            live_since=document["live_since"],
            shadow_since=document["shadow_since"],
            earlier=tuple(document["earlier"]),
            changes=tuple(Change.of(change) for change in document["changes"]),
        )

    def document(self) -> dict[str, Any]:
        """Write what `of` reads."""
        changes = [change.document() for change in self.changes]
        return {
            "_id": ACCOUNT,
            "live": self.live,
            "shadow": self.shadow,
            "revision": self.revision,
            "live_since": self.live_since,
            "shadow_since": self.shadow_since,
            "earlier": list(self.earlier),
            "changes": changes,
        }

    def with_shadow(self, artifact: str, change: "ChangeNote") -> "Roles":
        """Let this one run along."""
        return self._changed("shadow", change, shadow=artifact, shadow_since=change.at)

    def with_live(self, artifact: str, change: "ChangeNote") -> "Roles":
        """Let this one decide, and keep the way back. What ran along ends."""
        earlier = (*self.earlier, self.live)[-EARLIER_MAX:]
        return self._changed(
            "promote", change, live=artifact, live_since=change.at, shadow=None, shadow_since=None, earlier=earlier
        )

    def rolled_back(self, change: "ChangeNote") -> "Roles":
        """Let the one before decide again. What runs along stays."""
        *earlier, live = self.earlier
        return self._changed("rollback", change, live=live, live_since=change.at, earlier=tuple(earlier))

    def _changed(self, action: Action, note: "ChangeNote", **roles: Any) -> "Roles":
        after = replace(self, revision=self.revision + 1, **roles)
        change = Change(note.at, action, note.by, note.why, after.live, after.shadow, note.facts)
        return replace(after, changes=(*self.changes, change)[-CHANGES_MAX:])


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """What is noted of a change: see `Change`."""

    at: datetime
    by: str
    why: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def _served(metadata: bytes) -> bytes:
    """Return the metadata without what nobody serves by; as they are where they cannot be read."""
    try:
        facts = json.loads(metadata)
        return json.dumps({name: facts[name] for name in sorted(facts) if name not in _FIGURES}).encode()
    except (ValueError, TypeError, RecursionError):
        return metadata


def to_artifact(document: Mapping[str, Any]) -> Artifact:
    """
    Read an artifact from `models`.

    Raises:
        KeyError, TypeError: it is none of ours.
        ValueError: its content is not what its id says.
    """
    artifact = Artifact(bytes(document["model"]), bytes(document["metadata"]))
    if artifact.id != document["_id"]:
        raise ValueError(f"the hash of its content is {artifact.id}")
    return artifact
