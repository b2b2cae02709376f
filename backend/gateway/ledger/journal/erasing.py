"""Takes verdicts out of the files beside the journal, and what they said off the disk."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from gateway.kit.sqlite import BUSY_S, remove
from gateway.ledger.journal.memory import FILE as MEMORY
from gateway.ledger.journal.salvage import journals

# What waits for the ledger stays: it was acknowledged, and its record does not exist yet. Of the memory nothing waits.
_FROM_JOURNAL = "DELETE FROM verdicts WHERE id = ? AND sent_ms IS NOT NULL"
_FROM_MEMORY = "DELETE FROM verdicts WHERE id = ?"


def forget_verdicts(directory: Path, transaction_ids: Sequence[str]) -> None:
    """
    Drop what is remembered of these. Safe to repeat, and beside a gateway that uses the files.

    Damaged journals go as a whole: nobody can say what is in them, and what could be read was taken over.

    Raises:
        OSError, sqlite3.Error: some may be dropped, the rest is not.
    """
    found = journals(directory)
    for file in found[1:]:
        remove(file)
    for file, deletion in (*((newest, _FROM_JOURNAL) for newest in found[:1]), (directory / MEMORY, _FROM_MEMORY)):
        if not file.exists():
            continue
        with closing(sqlite3.connect(file, timeout=BUSY_S, isolation_level=None)) as database:
            database.execute("PRAGMA secure_delete = ON")  # zeros, or the pages would keep what the rows said
            database.execute("BEGIN IMMEDIATE")
            database.executemany(deletion, [(transaction_id,) for transaction_id in transaction_ids])
            database.execute("COMMIT")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # and so would the log
