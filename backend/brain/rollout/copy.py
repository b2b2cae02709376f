"""
Keeps a copy of the live model on disk, for a start while the ledger is away.

One file, replaced as a whole: what it holds is a model and the fact that it was live, or that none was promoted.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import bson
from bson.errors import BSONError

from records.models import Artifact, to_artifact

_FILE = "live-model.bson"


@dataclass(frozen=True, slots=True)
class LastLive:
    """What was live last; None: none was promoted."""

    artifact: Artifact | None


class ModelCopy:
    """The copy in a directory, which belongs to one brain."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / _FILE

    def write(self, last: LastLive) -> None:
        """Replace the copy, for good even if the power fails. Raises OSError."""
        content = bson.encode(
            {"live": None}
            if last.artifact is None
            else {"live": {"_id": last.artifact.id, "model": last.artifact.model, "metadata": last.artifact.metadata}}
        )
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")  # one name: what a kill leaves is written over, and fills no disk
        try:
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
            _sync(self._path.parent)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def read(self) -> LastLive | None:
        """
        Read the copy; None where there is none.

        Raises:
            OSError, ValueError: it cannot be read, or is damaged.
        """
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            live = bson.decode(content)["live"]
            return LastLive(None if live is None else to_artifact(live))
        except (BSONError, KeyError, TypeError) as error:
            raise ValueError(f"damaged: {error!r}") from error


def _sync(directory: Path) -> None:
    """Have the new name of a file on the disk too."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
