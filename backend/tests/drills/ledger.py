"""The end of a drill: what stands in MongoDB, against the receipts."""

import os
import subprocess
import sys
from collections import defaultdict
from typing import Any

import pymongo

from local import commands
from tests.drills.receipts import Receipts, Reconciliation
from tests.processes import MongodProcess
from tests.webhooks import WebhookServer


def documents(mongod: MongodProcess, databases: dict[str, str]) -> list[dict[str, Any]]:
    """All transactions of the ledger."""
    with pymongo.MongoClient[dict[str, Any]](mongod.url) as client:
        return list(client[databases["GATEWAY_LEDGER_DATABASE"]]["transactions"].find())


def reconciled(mongod: MongodProcess, databases: dict[str, str], receipts: Receipts) -> Reconciliation:
    """Id by id."""
    return Reconciliation.of(receipts, documents(mongod, databases))


def flipped(mongod: MongodProcess, databases: dict[str, str]) -> set[str]:
    """Transactions that a later score would have sent to a person, or blocked."""
    return {
        document["transaction_id"]
        for document in documents(mongod, databases)
        for amendment in document["amendments"]
        if amendment["old"] != amendment["new"] != "approve"
    }


def ids_of(hooks: WebhookServer) -> dict[str, set[str]]:
    """Transactions that the receiver was told of, each with the ids of those flips: many at once share a webhook."""
    told: dict[str, set[str]] = defaultdict(set)
    for hook in hooks.of("verdict.amended"):
        assert hook.is_genuine
        data = hook.body["data"]
        for flip in data.get("flips", [data | {"webhook_id": hook.webhook_id}]):
            told[flip["transaction_id"]].add(flip["webhook_id"])
    return told


def told_of(hooks: WebhookServer) -> set[str]:
    """Transactions that the receiver was told of."""
    return set(ids_of(hooks))


def verified(mongod: MongodProcess, databases: dict[str, str]) -> int:
    """The exit status of `sentinel ledger verify`."""
    environment = {"PYTHONPATH": str(commands.BACKEND), "MONGODB_URL": mongod.url}
    done = subprocess.run(
        [sys.executable, "-m", "commands", "ledger", "verify"],
        env={**os.environ, **environment, "GATEWAY_LEDGER_DATABASE": databases["GATEWAY_LEDGER_DATABASE"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
    return done.returncode
