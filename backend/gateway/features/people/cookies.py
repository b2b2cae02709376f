"""The cookies of signing in. Pages cannot read them, and other sites cannot send them."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from gateway.access.credentials import SESSION_COOKIES

_SECURE_NAME, _PLAIN_NAME = SESSION_COOKIES


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """
    Writes Set-Cookie for the token of a session.

    Args:
        is_secure: Behind TLS: browsers then send it that way only, and take it from this very host only.
    """

    is_secure: bool

    @classmethod
    def at(cls, public_url: str) -> "SessionCookie":
        """Make it for the address at which browsers reach the gateway."""
        return cls(urlsplit(public_url).scheme == "https")

    @property
    def name(self) -> str:
        """Return what it is called."""
        return _SECURE_NAME if self.is_secure else _PLAIN_NAME

    def of(self, token: str, *, lasts: timedelta) -> str:
        """Hand a browser this token."""
        return self._write(self.name, token, lasts)

    def gone(self) -> str:
        """Let a browser forget the token."""
        return self._write(self.name, "", timedelta())

    def _write(self, name: str, value: str, lasts: timedelta) -> str:
        secure = "; Secure" if self.is_secure else ""
        seconds = max(int(lasts.total_seconds()), 0)
        return f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
