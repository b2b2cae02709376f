"""
Refusals of a caller who is not known, or may not.

    GatewayError
    ├── KeyMissing           401
    ├── KeyInvalid           401: unknown, wrong, revoked or expired; nobody is told which
    ├── ScopeMissing         403
    ├── NetworkNotAllowed    403
    ├── KeyNotFound          404
    ├── TooManyKeys          409
    └── LedgerFailure
        └── AccessUnconfirmed    503
"""

from gateway.errors import GatewayError, LedgerFailure
from gateway.settings import AuthMode

_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class KeyMissing(GatewayError):
    """The request says nothing of who sent it. Says with the problem whether this gateway is a demo (`auth`)."""

    status = 401
    code = "KEY_MISSING"
    title = "This needs a key, or somebody who signed in"
    headers = _CHALLENGE

    def __init__(self, detail: str, *, auth: AuthMode) -> None:
        super().__init__(detail)
        self.members = {"auth": auth.value}


class KeyInvalid(GatewayError):
    """One text for every reason, so that nobody can find out which keys there are."""

    status = 401
    code = "KEY_INVALID"
    title = "This key is not valid"
    headers = _CHALLENGE


class ScopeMissing(GatewayError):
    """The caller is known, and may not do this."""

    status = 403
    code = "SCOPE_MISSING"
    title = "This key or person may not do that"


class NetworkNotAllowed(GatewayError):
    """The key is right, and may not be used from there."""

    status = 403
    code = "NETWORK_NOT_ALLOWED"
    title = "This key may not be used from here"


class KeyNotFound(GatewayError):
    """There is no key with this id that all gateways share; those of a key file end by taking them out of it."""

    status = 404
    code = "KEY_NOT_FOUND"
    title = "No such key"


class TooManyKeys(GatewayError):
    """Two keys of a client are good at a time, and no more: one replaces the other without a gap."""

    status = 409
    code = "TOO_MANY_KEYS"
    title = "This client has as many keys as it may have"


class AccessUnconfirmed(LedgerFailure):
    """A change of keys or people that may be on record or not. To make it twice is safe."""

    code = "ACCESS_UNCONFIRMED"
    title = "The ledger did not confirm this change"
