"""What callers are told when the disk of the journal does not take something."""

from gateway.errors import JournalFailure, JournalUnavailable, JournalUnconfirmed
from gateway.kit.sqlite_writer import Refusal

UNCONFIRMED = (
    "The disk of the local journal has not confirmed the record. Send the same transaction again: "
    "if the first record was kept after all, its verdict is replayed."
)
_AGAIN = "Nothing was recorded; send the transaction again."


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
