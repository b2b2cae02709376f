"""Erases a person everywhere, in the order in which a crash leaves nothing behind."""

from dataclasses import dataclass
from typing import Any

from pymongo.database import Database

from audit.announcement import Gateways, announce, announce_again, wait_for_gateways
from audit.erasure import Erased, erase, transactions_of
from audit.traces import Traces, erase_traces
from gateway.values.characters import composed


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased: in records and conflicts, in other collections, and in running gateways."""

    records: Erased
    traces: Traces
    gateways: Gateways


def erase_person(ledger: Database[Any], user_id: str, *, profiles_database: str) -> Erasure:
    """
    Erase a person's data in the ledger, in the brain's history, and in the memory of gateways. To repeat it is safe.

    Args:
        profiles_database: Name of the brain's database, on the same MongoDB.

    Raises:
        CannotErase: a record of that person is not what was committed; nothing was erased.
        PyMongoError: some may be erased, the rest is not.
    """
    user_id = composed(user_id)
    profiles = ledger.client.get_database(profiles_database, write_concern=ledger.write_concern)
    announced = announce(ledger, transactions_of(ledger, user_id))
    records = erase(ledger, user_id)
    traces = erase_traces(ledger, profiles, user_id)
    announce_again(ledger, announced)
    return Erasure(records, traces, wait_for_gateways(ledger, announced))
