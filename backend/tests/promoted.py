"""Small artifacts of several versions, and their promotion in a ledger, as commands would do it."""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pymongo
from pymongo.database import Database

from brain.model.artifact import METADATA_FILE, MODEL_FILE
from records.model_store import change_roles, keep_artifact, read_roles
from records.models import Artifact, ChangeNote
from tests.amount_model import write_amount_model


def an_artifact(version: str, *, is_calibrated: bool = False, **changes: Any) -> Artifact:
    """
    The amount model as another version of itself.

    Args:
        is_calibrated: Whether its scores differ from those of the amount model: by one in log-odds.
        changes: Of its metadata.
    """
    with tempfile.TemporaryDirectory() as directory:
        write_amount_model(Path(directory))
        text = (Path(directory) / MODEL_FILE).read_text()
        metadata = json.loads((Path(directory) / METADATA_FILE).read_text())
    if is_calibrated:
        metadata["calibration"] = {"raw": [0.0], "calibrated": [-1.0]}
        metadata["canaries"][0] |= {"score_min": 0.002, "score_max": 0.003}
        metadata["canaries"][1] |= {"score_min": 0.95, "score_max": 0.96}
    metadata |= {"version": version, "sha256": hashlib.sha256(text.encode()).hexdigest(), **changes}
    return Artifact(text.encode(), json.dumps(metadata).encode())


def write(artifact: Artifact, directory: Path) -> Path:
    """Put its files there."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MODEL_FILE).write_bytes(artifact.model)
    (directory / METADATA_FILE).write_bytes(artifact.metadata)
    return directory


class Promotions:
    """The models of one ledger."""

    def __init__(self, ledger: Database[dict[str, Any]]) -> None:
        self.ledger = ledger

    def promote(self, artifact: Artifact) -> None:
        """Let it decide."""
        kept = keep_artifact(self.ledger, artifact, at=self._note().at, by="test")
        change_roles(self.ledger, lambda roles: roles.with_live(kept, self._note()), before=read_roles(self.ledger))

    def shadow(self, artifact: Artifact) -> None:
        """Let it run along."""
        kept = keep_artifact(self.ledger, artifact, at=self._note().at, by="test")
        change_roles(self.ledger, lambda roles: roles.with_shadow(kept, self._note()), before=read_roles(self.ledger))

    def roll_back(self) -> None:
        """Let the one before decide again."""
        change_roles(self.ledger, lambda roles: roles.rolled_back(self._note()), before=read_roles(self.ledger))

    @staticmethod
    def _note() -> ChangeNote:
        return ChangeNote(datetime.now(UTC), by="test", why="a test")


@contextmanager
def promotions(mongod_url: str, databases: dict[str, str]) -> Iterator[Promotions]:
    """Of the ledger that these settings name."""
    with pymongo.MongoClient[dict[str, Any]](mongod_url, tz_aware=True) as client:
        yield Promotions(client[databases["BRAIN_LEDGER_DATABASE"]])
