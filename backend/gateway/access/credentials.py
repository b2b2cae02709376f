"""What a request brings to say who sent it. Nothing is believed here yet."""

from collections.abc import Iterable

from starlette.types import Scope as Connection

SESSION_COOKIES = ("__Host-sentinel_session", "sentinel_session")  # the first behind TLS, where it must be
_COOKIES = tuple(f"{name}=" for name in SESSION_COOKIES)
_BEARER = b"bearer "


def keys_of(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """List what was sent as a key, however often: `Authorization: Bearer` and `X-API-Key`. Other schemes are none."""
    found = []
    for name, value in headers:
        if name == b"authorization":
            if value[:7].lower() == _BEARER:
                found.append(value[7:].strip().decode("latin-1"))
        elif name == b"x-api-key":
            found.append(value.strip().decode("latin-1"))
    return found


def session_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Find the token of a session among the cookies."""
    cookies = [
        cookie.strip() for name, value in headers if name == b"cookie" for cookie in value.decode("latin-1").split(";")
    ]
    for name in _COOKIES:
        for cookie in cookies:
            if cookie.startswith(name):
                return cookie[len(name) :]
    return None


def host_of(connection: Connection) -> str:
    """Read the header Host, in lower case; empty where there is none, or more than one."""
    hosts = [value for name, value in connection["headers"] if name == b"host"]
    return hosts[0].decode("latin-1").lower() if len(hosts) == 1 else ""
