"""Whether every verdict is in MongoDB, by what the gateways last said of their journals."""

from collections.abc import Sequence

from pymongo import DESCENDING

from gateway.features.fleet.store import ALIVE, INSTANCES_MAX, WORKER, Document
from gateway.kit.lease import is_older
from gateway.ledger.client import Database, reading

_READ = {"journal": 1, "journal_pending": 1, "is_alive": {"$not": [is_older("seen_at", ALIVE)]}}


async def journals_are_empty(database: Database) -> bool:
    """
    Ask for the gateways of the last hour; older heartbeats are forgotten.

    Raises:
        LedgerUnreadable: nobody can know.
    """
    async with reading():
        gateways = database["instances"].find({"role": {"$ne": WORKER}}, _READ)
        return nothing_waits(await gateways.sort("seen_at", DESCENDING).to_list(INSTANCES_MAX))


def nothing_waits(beats: Sequence[Document]) -> bool:
    """
    Whether a gateway lives and no journal holds verdicts that MongoDB lacks.

    A gateway that died counts until its journal is taken up by another: its next start brings what waits there.

    Args:
        beats: Heartbeats of gateways, newest first, with `is_alive`. Older versions name no journal.
    """
    newest = {beat.get("journal") or beat["_id"]: beat for beat in reversed(beats)}
    return any(beat["is_alive"] for beat in beats) and not any(beat.get("journal_pending") for beat in newest.values())
