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


def erase_person(ledger: Database[Any], user_id: str) -> Erasure:
    """
    Erase a person's data in the ledger and in the memory of gateways. To repeat it is safe.

    Brains hear of it by the same announcement, and forget within seconds; they keep nothing on a disk.

    Raises:
        CannotErase: a record of that person is not what was committed; nothing was erased.
        PyMongoError: some may be erased, the rest is not.
    """
    user_id = composed(user_id)
    announced = announce(ledger, transactions_of(ledger, user_id))
    records = erase(ledger, user_id)
    traces = erase_traces(ledger, user_id)
    announce_again(ledger, announced)
    return Erasure(records, traces, wait_for_gateways(ledger, announced))
