"""The ledger's own circuit: while it is open, verdicts go to the journal at once and wait for no dead server."""

from gateway.errors import LedgerRefused, LedgerUnavailable
from gateway.kit.circuit import ErrorKinds

# one event is one batch: its insert came back in time, or did not
LEDGER_ERRORS = ErrorKinds(refusal=LedgerUnavailable, excluded=(LedgerRefused,))
