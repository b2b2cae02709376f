"""What stands in the journal: a row a verdict, with a seal over what was promised."""

import hashlib
from dataclasses import dataclass
from typing import Any, NamedTuple

from gateway.ledger.journal.tally import Pair

SEAL_BYTES = 8
SELECT = "SELECT seq, id, digest, document, seal, sent_ms, written_ms FROM verdicts"
SELECT_ALL = "SELECT seq, id, digest, document, seal, written_ms, sent_ms, poison FROM verdicts NOT INDEXED"

Verdict = tuple[str, bytes, bytes]  # transaction id, digest of the request, document


class Row(NamedTuple):
    """
    One verdict in the journal.

    Attributes:
        document: BSON, as it will stand in the ledger.
        is_sent: Whether the ledger has it.
        is_whole: Whether it is what was written.
        written_ms: When, since the epoch.
        is_new: Whether this very call wrote it.
    """

    seq: int
    transaction_id: str
    digest: bytes
    document: bytes
    is_sent: bool
    is_whole: bool
    written_ms: int
    is_new: bool = False

    @property
    def verdict(self) -> Verdict:
        """What was put."""
        return self.transaction_id, self.digest, self.document

    @property
    def pair(self) -> Pair:
        """What names it in the tally."""
        return self.transaction_id, self.written_ms


@dataclass(frozen=True, slots=True)
class Counts:
    """
    How much is in the journal.

    Attributes:
        poison: Rows that the ledger will never take.
        oldest_pending_ms: Since the epoch; None when nothing waits.
        used_bytes: Of the file, by what is in it.
    """

    pending: int
    poison: int
    remembered: int
    oldest_pending_ms: int | None
    used_bytes: int = 0


def to_row(record: tuple[int, str, bytes, bytes, bytes, int | None, int] | None) -> Row | None:
    """From what SELECT gives."""
    if record is None:
        return None
    seq, transaction_id, digest, document, seal, sent_ms, written_ms = record
    is_whole = is_sealed(transaction_id, digest, document, seal)
    return Row(seq, transaction_id, digest, document, sent_ms is not None, is_whole, written_ms)


def stored(verdict: Verdict, written_ms: int) -> tuple[Any, ...]:
    """Lay out a verdict that waits, as it stands in the file behind its number."""
    return *verdict, seal_of(*verdict), written_ms, None, None


def is_sealed(transaction_id: str, digest: bytes, document: bytes, seal: bytes) -> bool:
    """Whether these are what was promised. Of a damaged file they may be anything, also of other types."""
    try:
        return seal == seal_of(transaction_id, digest, document)
    except (AttributeError, TypeError):
        return False


def seal_of(transaction_id: str, digest: bytes, document: bytes) -> bytes:
    """Over what was promised, so that a row that the disk has changed is noticed."""
    return hashlib.sha256(b"\x00".join((transaction_id.encode(), digest, document))).digest()[:SEAL_BYTES]
