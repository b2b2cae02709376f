"""
Everything that the gateway answers to a caller on purpose.

    GatewayError                    an answer to the caller, as problem+json
    ├── MalformedJson               400
    ├── InvalidRequest              422
    ├── BodyTooLarge                413
    ├── NotDeclaredAsJson           415
    ├── ForeignOrigin               403
    ├── UnsafeHost                  403
    ├── BodyTooSlow                 408
    ├── TransactionNotFound         404
    ├── ConflictingTransaction      409
    ├── AlertNotFound, AlertNotRetryable    features/alerts/alert.py
    ├── OutageNotFound                      features/outages/api.py
    ├── ReviewNotFound              404
    ├── ReviewTaken, ReviewDecided, NothingToUndo  409
    ├── ListEntryNotFound           404
    ├── ListFull                    409
    ├── FaultsDisabled, FaultsUnconfirmed   scoring/faults.py
    ├── DashboardNotBuilt                   api/dashboard.py
    ├── KeyMissing, KeyInvalid, ScopeMissing, NetworkNotAllowed     access/errors.py
    ├── Stopping                    503: only by /health/ready; every other route still answers
    └── LedgerFailure               503
        ├── LedgerUnavailable       nothing was recorded
        ├── LedgerUnconfirmed       unknown: a retry with the same id finds out
        ├── LedgerOverloaded        nothing was recorded
        ├── LedgerRefused           nothing was recorded: the ledger will never take this document
        ├── JournalFailure          the ledger is away, and the local journal
        │   ├── JournalUnavailable  does not take it: nothing was recorded
        │   │   └── JournalFull
        │   └── JournalUnconfirmed  does not say: a retry with the same id finds out
        ├── LabelUnconfirmed        unknown: the same request again makes it sure
        ├── ReviewUnconfirmed       likewise
        ├── ListUnconfirmed         unknown: the same request again makes it sure
        ├── SearchTooSlow           nothing was found yet: the ledger is well
        ├── SearchesBusy            nothing was looked for: others are being answered
        └── LedgerUnreadable        nothing can be looked up

Why there is no score is a tree of its own: scoring/errors.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """Where in the request something is wrong, and what would be right."""

    pointer: str  # RFC 6901 in a body, "?name" in a query, "{name}" in the path
    detail: str


class GatewayError(Exception):
    """The message is the problem's detail: written for the caller, never a driver's words."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    retry_after_s: ClassVar[int | None] = None
    headers: Mapping[str, str] = MappingProxyType({})  # of the reply
    members: Mapping[str, str] = MappingProxyType({})  # further ones of the problem

    def __init__(self, detail: str, field_errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field_errors = field_errors


class MalformedJson(GatewayError):
    """The body is not JSON."""

    status = 400
    code = "MALFORMED_JSON"
    title = "The body is not valid JSON"


class InvalidRequest(GatewayError):
    """The body is JSON, but not a request that we take. `field_errors` says what to mend."""

    status = 422
    code = "INVALID_REQUEST"
    title = "The request has values that are not allowed"


class BodyTooLarge(GatewayError):
    """Refused before it was read to its end."""

    status = 413
    code = "BODY_TOO_LARGE"
    title = "The body is too large"


class NotDeclaredAsJson(GatewayError):
    """A browser lets any page send a body that is declared as something simpler; JSON it first asks about."""

    status = 415
    code = "NOT_DECLARED_AS_JSON"
    title = "The body is not declared as JSON"


class ForeignOrigin(GatewayError):
    """A browser sent this for a page of another site. Nothing was changed."""

    status = 403
    code = "FOREIGN_ORIGIN"
    title = "A page of another site may not write here"


class UnsafeHost(GatewayError):
    """Asked under a name that may belong to anybody. Nothing was changed."""

    status = 403
    code = "UNSAFE_HOST"
    title = "Not to be changed under this name"


class BodyTooSlow(GatewayError):
    """Whoever sends a body byte by byte holds a connection, and a shutdown, for ever."""

    status = 408
    code = "BODY_TOO_SLOW"
    title = "The body did not arrive in time"


class TransactionNotFound(GatewayError):
    """No verdict stands for this transaction_id."""

    status = 404
    code = "TRANSACTION_NOT_FOUND"
    title = "No such transaction"


class ConflictingTransaction(GatewayError):
    """The same transaction_id came with another body. Nothing was recorded."""

    status = 409
    code = "CONFLICTING_TRANSACTION"
    title = "This transaction_id was already used with another body"


class ReviewNotFound(GatewayError):
    """The transaction waits for no person, and never did."""

    status = 404
    code = "REVIEW_NOT_FOUND"
    title = "This transaction is not in the review queue"


class ReviewTaken(GatewayError):
    """Somebody else has claimed it. The detail says who, and until when."""

    status = 409
    code = "REVIEW_TAKEN"
    title = "Somebody else has claimed this transaction"


class ReviewDecided(GatewayError):
    """It is decided, and a decision stands. The detail says by whom; what was wrong is corrected by a label."""

    status = 409
    code = "REVIEW_DECIDED"
    title = "This transaction is decided already"


class NothingToUndo(GatewayError):
    """Nobody has decided it, or somebody has taken another step since the undo."""

    status = 409
    code = "NOTHING_TO_UNDO"
    title = "This transaction has no decision to undo"


class ListEntryNotFound(GatewayError):
    """Nothing is on this list under this value, as far as this gateway knows."""

    status = 404
    code = "LIST_ENTRY_NOT_FOUND"
    title = "Not on this list"


class ListFull(GatewayError):
    """Every gateway keeps all entries in memory, so there is a bound to them."""

    status = 409
    code = "LIST_FULL"
    title = "The lists hold as many entries as they can"


class Stopping(GatewayError):
    """Not ready for new traffic any more."""

    status = 503
    code = "STOPPING"
    title = "This gateway is stopping"


class LedgerFailure(GatewayError):
    """No verdict is given that is not written down."""

    status = 503
    retry_after_s = 1


class LedgerUnavailable(LedgerFailure):
    """The ledger refused, or is not there."""

    code = "LEDGER_UNAVAILABLE"
    title = "The ledger is away: nothing was recorded and no verdict was given"


class LedgerUnconfirmed(LedgerFailure):
    """Sent, and then silence or a broken connection: it may be on record. Only a retry with the same id can tell."""

    code = "LEDGER_UNCONFIRMED"
    title = "The ledger did not confirm the record: no verdict was given"


class LedgerOverloaded(LedgerFailure):
    """More is waiting for the ledger than it can take in time."""

    code = "LEDGER_OVERLOADED"
    title = "The ledger cannot keep up: nothing was recorded and no verdict was given"


class LedgerRefused(LedgerFailure):
    """The ledger is well and says no to this very document. Only a fault of ours can make one."""

    code = "LEDGER_REFUSED"
    title = "The ledger refused the record: nothing was recorded and no verdict was given"


class JournalFailure(LedgerFailure):
    """The ledger is away, and the disk that would keep the verdict for it has not done so."""


class JournalUnavailable(JournalFailure):
    """It is certain that nothing was kept."""

    code = "JOURNAL_UNAVAILABLE"
    title = "Neither the ledger nor the journal takes a record: nothing was recorded and no verdict was given"


class JournalFull(JournalUnavailable):
    """Said before the disk is full, so that what was acknowledged is never at risk."""

    code = "JOURNAL_FULL"


class JournalUnconfirmed(JournalFailure):
    """A disk that is slow, or a file that somebody has locked: it may be kept yet. Only a retry can tell."""

    code = "JOURNAL_UNCONFIRMED"
    title = "The journal did not confirm the record: no verdict was given"


class LabelUnconfirmed(LedgerFailure):
    """A label that may be on record or not. To say it twice is safe."""

    code = "LABEL_UNCONFIRMED"
    title = "The ledger did not confirm the label"


class ReviewUnconfirmed(LedgerFailure):
    """A step of a review that may be on record or not. To take it twice is safe."""

    code = "REVIEW_UNCONFIRMED"
    title = "The ledger did not confirm this step of the review"


class ListUnconfirmed(LedgerFailure):
    """A change of a list that may be on record or not. To say it twice is safe."""

    code = "LIST_UNCONFIRMED"
    title = "The ledger did not confirm the change of the list"


class LedgerUnreadable(LedgerFailure):
    """A question that the ledger did not answer."""

    code = "LEDGER_UNREADABLE"
    title = "The ledger is away: nothing can be looked up now"


class SearchTooSlow(LedgerFailure):
    """So much lies beside what is looked for that it was given up. Narrower, or in a quieter moment, it may do."""

    code = "SEARCH_TOO_SLOW"
    title = "The search took too long"


class SearchesBusy(LedgerFailure):
    """As many searches as may run at once are running. The same one again is safe, and may find its turn."""

    code = "SEARCHES_BUSY"
    title = "Too many searches at once"
