"""A mongod that takes its time over some batches of records, while everything else goes on as usual."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pymongo

from records.payments import TRANSACTIONS
from tests.processes import MongodProcess


class SlowMongod(MongodProcess):
    """With MongoDB's own fail points, which block one command before it is carried out."""

    def __init__(self, binary: Path, directory: Path) -> None:
        super().__init__(binary, directory, options=("--setParameter", "enableTestCommands=1"))

    @contextmanager
    def slow_inserts(self, databases: dict[str, str], *, share: float, for_ms: int) -> Iterator[None]:
        """
        Hold some inserts of records up, inside the block.

        Args:
            share: Of the inserts, 0 to 1.
            for_ms: How long each is held up; it is carried out afterwards.
        """
        held_up = {
            "failCommands": ["insert"],
            "namespace": f"{databases['GATEWAY_LEDGER_DATABASE']}.{TRANSACTIONS}",
            "blockConnection": True,
            "blockTimeMS": for_ms,
        }
        with pymongo.MongoClient[dict[str, Any]](self.url) as client:
            switch = partial(client.admin.command, "configureFailPoint", "failCommand")
            switch(mode={"activationProbability": share}, data=held_up)
            yield
            switch(mode="off")
