"""
Why the tool ends without an answer.

AuditError
└── CannotErase    (audit/erasure.py) a record of that person is evidence: nothing was erased
"""


class AuditError(Exception):
    """The message is the one line that a person reads: what is wrong, and what to do."""
