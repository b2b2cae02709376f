"""The journal's file together with what is known of it outside: nothing in it goes without being missed."""

import time
from collections.abc import Sequence

from gateway.errors import JournalFailure, JournalUnavailable, JournalUnconfirmed
from gateway.kit.sqlite import Damaged
from gateway.kit.sqlite_writer import Refusal
from gateway.ledger.journal.rows import Counts, Row, Verdict
from gateway.ledger.journal.store import Store
from gateway.ledger.journal.tally import Losses, Pair, Tally

_CLEAR_MIN_BYTES = 4096  # of the tally: a journal that is used now and then does not begin it anew each second
UNCONFIRMED = (
    "The disk of the local journal has not confirmed the record. Send the same transaction again: "
    "if the first record was kept after all, its verdict is replayed."
)
UNREADABLE = (
    "This transaction may have a verdict on this machine's disk, which cannot be read now. Nothing was recorded; send "
    "the transaction again."
)
_AGAIN = "Nothing was recorded; send the transaction again."


class JournalFile:
    """
    For one thread at a time; see WriterThread. Everything may raise sqlite3.Error.

    Attributes:
        number: Which of the journal's files: each damaged one is followed by another, which the salvage made.
    """

    def __init__(self, store: Store, number: int, tally: Tally, losses: Losses) -> None:
        self.store = store
        self.number = number
        self.tally = tally
        self.losses = losses
        self._added: list[Pair] = []
        self._settled: list[Pair] = []
        self._said: set[Pair] = set()  # settled in the tally; the commit failed, and is tried again

    def close(self) -> None:
        """Also folds the write-ahead log into the file, when it is the last connection."""
        self.store.close()
        self.tally.close()

    def begin(self) -> None:
        """Start a transaction that writes."""
        self.store.begin()

    def commit(self) -> None:
        """Durable when it returns. In this order: see tally.py."""
        self.tally.settle(self._unsaid)
        self._said.update(self._settled)
        self.store.commit()
        self._said.difference_update(self._settled)
        self.tally.acknowledge(self._added)
        self._added, self._settled = [], []

    @property
    def _unsaid(self) -> list[Pair]:
        return [pair for pair in self._settled if pair not in self._said]

    def rollback(self) -> None:
        """Forget what the transaction did, if one is open."""
        self._added, self._settled = [], []
        self.store.rollback()

    def put_all(self, verdicts: Sequence[Verdict]) -> list[Row]:
        """Keep each unless there is one of its id; the rows that stand."""
        rows = self.store.put_all(verdicts)
        self._added += [row.pair for row in rows if row.is_new]
        return rows

    def pending(self, limit: int) -> list[Row]:
        """What the ledger does not have yet, oldest first."""
        return self.store.pending(limit)

    def mark_sent(self, rows: Sequence[Row]) -> None:
        """The ledger has these."""
        self._settled += [row.pair for row in self.store.mark_sent(rows)]

    def set_aside(self, row: Row, why: str) -> None:
        """The ledger will never take this one; it stays here for people, and is still owed."""
        self.store.set_aside(row.seq, why)

    def poison(self, limit: int) -> list[tuple[str, str]]:
        """Ids that were set aside, and why."""
        return self.store.poison(limit)

    def keep_house(
        self, *, memory_s: float, remembered_max: int, bytes_max: int, limit: int
    ) -> tuple[Counts, list[str]]:
        """
        Forget what need not be known any more, and count; the ids that were forgotten.

        Raises:
            Damaged: something is missing: whoever opens the file again finds out what.
        """
        counts = self.store.counts()
        owed = counts.pending + counts.poison
        # what others did in this transaction is in the rows, and in the tally once it is committed
        acknowledged = self.tally.count + len(self._added) - len(self._unsaid)
        if not self.store.is_in_place or acknowledged > owed:
            raise Damaged("fewer verdicts are here than were acknowledged, or the file has lost its name")
        if owed == 0 and not self._settled and self.tally.size_bytes >= _CLEAR_MIN_BYTES:
            self.tally.clear()
        self.tally.tidy(force=not self.tally.is_there)
        self.tally.sync()  # before anything is forgotten: what is missing must not look lost after a power cut
        forgotten = self.store.forget(
            sent_before_ms=round((time.time() - memory_s) * 1000),
            remembered_max=remembered_max,
            bytes_max=bytes_max,
            limit=limit,
        )
        return (self.store.counts() if forgotten else counts), forgotten


def journal_failure(refusal: Refusal) -> JournalFailure:
    """The error for a refusal."""
    match refusal:
        case Refusal.CROWDED:
            return JournalUnavailable("too much waits for the journal")
        case Refusal.FULL:
            return JournalUnavailable(f"The disk is full. {_AGAIN}")
        case Refusal.FAILED:
            return JournalUnavailable(f"The disk does not take it. {_AGAIN}")
        case Refusal.UNCONFIRMED:
            return JournalUnconfirmed(UNCONFIRMED)
