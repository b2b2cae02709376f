"""
Refusals of a caller who is not known, or may not.

    GatewayError
    ├── KeyMissing           401
    ├── KeyInvalid           401: unknown, wrong, revoked or expired; nobody is told which
    ├── ScopeMissing         403
    ├── NetworkNotAllowed    403
    ├── KeyNotFound          404
    ├── TooManyKeys          409
    ├── RateLimited, TooManyAtOnce  429
    └── LedgerFailure
        └── AccessUnconfirmed    503
"""

import math

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


class RateLimited(GatewayError):
    """More requests a second than a key has. The header RateLimit is that of draft-ietf-httpapi-ratelimit-headers."""

    status = 429
    code = "RATE_LIMITED"
    title = "More requests than this key has"

    def __init__(self, rate_per_s: float, *, left: float, wait_s: float) -> None:
        """
        Args:
            rate_per_s: What it has.
            left: What of it such a request could use now.
            wait_s: Until this one could pass.
        """
        retry_s = max(1, math.ceil(wait_s))
        super().__init__(
            f"A key has {rate_per_s:g} transactions and requests a second on each gateway; single transactions may use "
            f"all of them, batches and reads a part. Try again in {retry_s} s."
        )
        self.headers = {
            "Retry-After": str(retry_s),
            "RateLimit-Policy": f'"rate";q={math.floor(rate_per_s)};w=1',
            "RateLimit": f'"rate";r={math.floor(left)};t={retry_s}',
        }


class TooManyAtOnce(GatewayError):
    """More requests in flight than a key has."""

    status = 429
    code = "TOO_MANY_AT_ONCE"
    title = "More requests at once than this key has"

    def __init__(self, at_once_max: int) -> None:
        """Args: at_once_max: What it has."""
        super().__init__(
            f"A key has {at_once_max} requests at a time on each gateway; single transactions may use all of them, "
            "batches and reads a part. Wait for answers, then send more."
        )
        self.headers = {
            "Retry-After": "1",
            "RateLimit-Policy": f'"at-once";q={at_once_max}',
            "RateLimit": '"at-once";r=0;t=1',
        }
