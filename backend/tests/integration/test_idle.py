"""What a gateway and a brain ask of MongoDB while nobody asks anything of them."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from tests.processes import BrainProcess, GatewayProcess, MongodProcess

WATCHED_S = 15.0
SETTLED_S = 16.0  # after a start the backlog waits for history, for so long
ASKED_PER_S_MAX = {"sentinel-gateway": 6.0, "sentinel-brain": 5.0}


@pytest.fixture
def ledger(own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]) -> Iterator[Database[Any]]:
    """Of a gateway that is up, with a brain, and idle."""
    with (
        BrainProcess(tmp_path, mongodb_url=own_mongod.url, environment=fresh_databases) as brain,
        GatewayProcess(tmp_path, mongodb_url=own_mongod.url, brain_port=brain.port, environment=fresh_databases),
        MongoClient[Any](own_mongod.url) as client,
    ):
        time.sleep(SETTLED_S)
        yield client[fresh_databases["GATEWAY_LEDGER_DATABASE"]]


def test_idle_services_ask_little(ledger: Database[Any]) -> None:
    """
    Two a second are a gateway's heartbeat, written and read. A brain looks for news of history, of labels and of the
    promoted model.
    """
    ledger.command("profile", 2)
    time.sleep(WATCHED_S)
    ledger.command("profile", 0)

    for service, per_s_max in ASKED_PER_S_MAX.items():
        entries = ledger["system.profile"].find({"appName": service})
        asked = Counter(f"{entry['op']} {entry['ns'].partition('.')[2]}" for entry in entries)
        assert 0 < asked.total() <= per_s_max * WATCHED_S, asked
