"""What gateways wrote and said, read behind their back."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pymongo

from tests.processes import ServiceProcess


class LedgerRecords:
    """The ledger, read behind the gateways' back."""

    def __init__(self, url: str, databases: Mapping[str, str]) -> None:
        self._client = pymongo.MongoClient[dict[str, Any]](url)
        self._database = self._client[databases["GATEWAY_LEDGER_DATABASE"]]

    def records(self) -> dict[str, dict[str, Any]]:
        """By id."""
        return {record["transaction_id"]: record for record in self._database["transactions"].find()}

    def backlog(self) -> int:
        """Still to be scored."""
        return self._database["transactions"].count_documents({"needs_rescore": True})

    def change(self, transaction_id: str, **values: Any) -> None:
        """Write by hand what no gateway would."""
        self._database["transactions"].update_one({"transaction_id": transaction_id}, {"$set": values})

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def alerts(*processes: ServiceProcess) -> list[dict[str, Any]]:
    """All that these raised, in order for each."""
    lines = [line for process in processes for line in process.log().splitlines() if '"alert.raised"' in line]
    return [json.loads(line) for line in lines]


def keys_of(kind: str, *processes: ServiceProcess) -> Counter[str]:
    """How often each alert of a kind was raised; of amendments, by transaction."""
    return Counter(alert["key"].partition("/")[0] for alert in alerts(*processes) if alert["kind"] == kind)
