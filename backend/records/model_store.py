"""Reads and changes which models serve, for commands: brains read the same for themselves."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bson.binary import Binary
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from records.account import ACCOUNT
from records.models import ARTIFACT_BYTES_MAX, MODELS, ROLES, Artifact, Roles, to_artifact

Ledger = Database[dict[str, Any]]


class Conflict(RuntimeError):
    """Somebody else changed it meanwhile, or it is there with another content. The message says what to do."""


def read_roles(ledger: Ledger) -> Roles:
    """Read which artifacts serve. Raises PyMongoError."""
    return Roles.of(ledger[ROLES].find_one({"_id": ACCOUNT}))


def change_roles(ledger: Ledger, change: Callable[[Roles], Roles], *, before: Roles) -> Roles:
    """
    Change which artifacts serve, if nobody else has since `before` was read.

    Raises:
        Conflict: somebody has.
        PyMongoError: it is not known whether it was changed.
    """
    after = change(before)
    try:
        if before.revision == 0:
            ledger[ROLES].insert_one(after.document())
            return after
        replaced = ledger[ROLES].replace_one({"_id": ACCOUNT, "revision": before.revision}, after.document())
        is_done = replaced.matched_count == 1
    except DuplicateKeyError:
        is_done = False
    if not is_done:
        raise Conflict("somebody else changed the models meanwhile: look at `sentinel model list` and try again")
    return after


def keep_artifact(ledger: Ledger, artifact: Artifact, *, at: datetime, by: str) -> str:
    """
    Keep an artifact, and return its id. Safe to repeat; newer figures of its tests replace older ones.

    Raises:
        Conflict: it is too large, or another artifact has its name and version: verdicts name a model by these.
        PyMongoError: it is not known whether it is kept.
    """
    if artifact.size > ARTIFACT_BYTES_MAX:
        raise Conflict(f"an artifact may have {ARTIFACT_BYTES_MAX:,} bytes, this one has {artifact.size:,}")
    metadata = json.loads(artifact.metadata)
    named = {"account": ACCOUNT, "name": metadata["name"], "version": metadata["version"]}
    twin = ledger[MODELS].find_one(named, {"_id": 1})
    if twin is not None and twin["_id"] != artifact.id:
        raise Conflict(
            f"{named['name']} {named['version']} is there with another content ({twin['_id'][:12]}): "
            "train it under a version of its own"
        )
    document = {
        "_id": artifact.id,
        **named,
        "trained_on": str(metadata["trained_on"]),
        "model": Binary(artifact.model),
        "metadata": Binary(artifact.metadata),
        "created_at": at,
        "by": by,
    }
    if twin is None:
        try:
            ledger[MODELS].insert_one(document)
        except DuplicateKeyError:
            return keep_artifact(ledger, artifact, at=at, by=by)
    else:
        ledger[MODELS].update_one({"_id": artifact.id}, {"$set": {"metadata": document["metadata"]}})
    return artifact.id


def read_artifact(ledger: Ledger, artifact_id: str) -> Artifact | None:
    """Read an artifact; None where it is not there. Raises PyMongoError; ValueError: its content is damaged."""
    found = ledger[MODELS].find_one({"_id": artifact_id})
    return None if found is None else to_artifact(found)


def list_artifacts(ledger: Ledger, *, limit: int) -> list[dict[str, Any]]:
    """List what is kept, newest first, without content. Raises PyMongoError."""
    fields = {"name": 1, "version": 1, "trained_on": 1, "created_at": 1, "by": 1}
    return list(ledger[MODELS].find({"account": ACCOUNT}, fields).sort("created_at", -1).limit(limit))
