"""What the guard asks of sessions: features/people answers. Without people nobody is signed in."""

from typing import Protocol

from gateway.access.principal import Principal


class Sessions(Protocol):
    """Finds who signed in by the cookie of a request. Both from memory: they also hold while the ledger is away."""

    def find(self, token: str, *, host: str) -> Principal | None:
        """
        Return who this token belongs to; None for one that is unknown, expired, or of another host.

        Args:
            token: The cookie's value, as it came.
            host: The header Host, in lower case: a session belongs to the host that signed in.
        """

    async def look_up(self, token: str) -> None:
        """Take up a session that began on another gateway a moment ago. Never raises."""

    async def renew(self, token: str) -> str | None:
        """Return a header value for Set-Cookie when it is time for the next token; None otherwise. Never raises."""


class NoSessions:
    """Nobody signed in."""

    def find(self, token: str, *, host: str) -> Principal | None:
        """Find nobody."""

    async def look_up(self, token: str) -> None:
        """Take up nothing."""

    async def renew(self, token: str) -> str | None:
        """Renew nothing."""
