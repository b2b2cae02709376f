"""Answers for each request who sent it and whether they may: from memory, in some microseconds."""

from collections.abc import Callable, Sequence

from starlette.types import Scope as Connection

from gateway.access.address import Address, Network, address_of
from gateway.access.credentials import host_of, keys_of, session_of
from gateway.access.declared import Access
from gateway.access.errors import KeyInvalid, KeyMissing, NetworkNotAllowed, ScopeMissing
from gateway.access.keys import KeyDirectory, hash_secret, split_key
from gateway.access.limits import Allowance, Limits, Use
from gateway.access.local import is_from_here, own_peers
from gateway.access.principal import ANYBODY, DEMO, EVERYBODY, Principal, put_principal
from gateway.access.sessions import NoSessions, Sessions
from gateway.settings import AuthMode

_HOW = (
    "Send a key as `Authorization: Bearer …` or `X-API-Key: …`. Whoever runs this gateway makes one with "
    "`sentinel keys create`; people sign in at /dashboard/."
)
_INVALID = f"It is unknown, or not good any more. {_HOW}"


class AccessControl:
    """
    The one place where callers are let in.

    Args:
        mode: GATEWAY_AUTH.
        keys: All that are known.
        limits: Of each of them.
        now_s: The time, in seconds since the epoch.
        trusted_proxies: Whose X-Forwarded-For is believed.

    Attributes:
        sessions: Who signed in.
    """

    def __init__(
        self,
        mode: AuthMode,
        keys: KeyDirectory,
        limits: Limits,
        *,
        now_s: Callable[[], float],
        sessions: Sessions | None = None,
        trusted_proxies: Sequence[Network] = (),
    ) -> None:
        self.mode = mode
        self.sessions = sessions or NoSessions()
        self._find_key = keys.find
        self._limits = limits
        self._trusted_proxies = trusted_proxies
        self._now_s = now_s
        self._used: dict[str, float] = {}
        self._own_peers = own_peers() if mode is not AuthMode.REQUIRED else frozenset()

    def enter(self, connection: Connection, access: Access) -> Allowance:
        """
        Let a request in that asks for a route. `leave` of what is returned has to follow, once it is answered.

        Raises:
            RateLimited, TooManyAtOnce: this caller asks for more than it may.
            GatewayError: as `admit`.
        """
        allowance = self._limits.of(self.admit(connection, access))
        allowance.enter(access.use)
        return allowance

    def take(self, principal: Principal, cost: int, use: Use) -> None:
        """Charge the caller for more than one transaction. Raises RateLimited."""
        self._limits.of(principal).take(cost, use)

    def admit(self, connection: Connection, access: Access) -> Principal:
        """
        Find out whether a request may ask for a route, and let the route know who asks.

        Raises:
            KeyMissing, KeyInvalid: nobody knows who sent it.
            NetworkNotAllowed, ScopeMissing: the sender is known, and may not.
        """
        principal = self._identify(connection, access)
        if access.scope is not None and access.scope not in principal.scopes and principal is not DEMO:
            raise ScopeMissing(f"It needs the scope `{access.scope}`. {_who(principal)} it.")
        put_principal(connection, principal)
        return principal

    def address_of(self, connection: Connection) -> Address | None:
        """Find the client's address, behind proxies that are trusted too; None where it has none."""
        return address_of(connection, self._trusted_proxies)

    def take_used(self) -> dict[str, float]:
        """Return when keys were last used since this was asked before: seconds since the epoch, by public id."""
        used, self._used = self._used, {}
        return used

    async def look_up_session(self, connection: Connection) -> None:
        """Ask the ledger for the session of a request, where its cookie names one that is not known here."""
        token = session_of(connection["headers"])
        if token is not None:
            await self.sessions.look_up(token)

    async def renewed_cookie(self, connection: Connection) -> str | None:
        """Return the value of Set-Cookie with the session's next token, when it is time for one."""
        token = session_of(connection["headers"])
        return None if token is None else await self.sessions.renew(token)

    def _identify(self, connection: Connection, access: Access) -> Principal:
        headers = connection["headers"]
        if keys := keys_of(headers):
            return self._of_keys(keys, connection)
        token = session_of(headers)
        if token is not None:
            person = self.sessions.find(token, host=host_of(connection))
            if person is not None:
                return person
        if self.mode is AuthMode.OPEN:
            # a page that leads a name of its own here must not make a key that outlives this setting
            return EVERYBODY if is_from_here(connection, self._own_peers) else ANYBODY
        if self.mode is AuthMode.DEMO and access.in_demo and is_from_here(connection, self._own_peers):
            return DEMO
        raise KeyMissing(_HOW if token is None else f"This session is over. {_HOW}", auth=self.mode)

    def _of_keys(self, sent: list[str], connection: Connection) -> Principal:
        parts = split_key(sent[0])
        if parts is None or any(other != sent[0] for other in sent):
            raise KeyInvalid(_INVALID)
        public_id, secret = parts
        known, now_s = self._find_key(public_id, hash_secret(secret)), self._now_s()
        if known is None or known.ends_at_s <= now_s:
            raise KeyInvalid(_INVALID)
        if known.networks and not known.is_allowed_from(self.address_of(connection)):
            raise NetworkNotAllowed("This key may be used from other networks only.")
        self._used[public_id] = now_s
        return known.principal


def _who(principal: Principal) -> str:
    return "This key does not have" if principal.kind == "key" else "Your roles do not include"
