"""The ledger's own circuit: while it is open, verdicts go to the journal at once and wait for no dead server."""

from gateway.circuit import Circuit
from gateway.errors import LedgerRefused, LedgerUnavailable


class LedgerCircuit(Circuit):
    """One event is one batch: its insert came back in time, or did not."""

    refusal = LedgerUnavailable
    excluded = (LedgerRefused,)
    neutral = ()
