"""Callers and keys for tests of who may come in."""

import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.types import Scope as Connection

from gateway.access.declared import Access
from gateway.access.keys import ApiKey, KeyDirectory, KnownKey, hash_secret, new_key, split_key
from gateway.access.limits import Limits
from gateway.access.principal import EVERYBODY, Principal
from gateway.access.scopes import Scope
from gateway.access.service import AccessControl
from gateway.settings import AuthMode

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def generous_limits() -> Limits:
    """For tests of something else: nobody comes to them."""
    return Limits(1e6, 1_000_000, time.monotonic)


class _Everybody(AccessControl):
    def _identify(self, connection: Connection, access: Access) -> Principal:
        return EVERYBODY


def everybody_may() -> AccessControl:
    """For tests of something else: nobody is asked, wherever the request comes from."""
    return _Everybody(AuthMode.OPEN, KeyDirectory(), generous_limits(), now_s=time.time)


def made_key(*scopes: Scope, **changes: Any) -> tuple[str, ApiKey]:
    """A key as it is sent, and as it is kept."""
    public_id, sent = new_key()
    parts = split_key(sent)
    assert parts is not None
    kept: dict[str, Any] = {"client": "shop", "created_at": NOW, "created_by": "test"}
    return sent, ApiKey(id=public_id, scopes=scopes, secret_sha256=hash_secret(parts[1]), **(kept | changes))


def wrong_secret(sent: str) -> str:
    """The same public id with another secret."""
    return sent[:-43] + secrets.token_hex(22)[:43]


def request_from(
    peer: str | None = "127.0.0.1",
    *,
    host: str = "localhost:8000",
    headers: Sequence[tuple[str, str]] = (),
    method: str = "GET",
    path: str = "/stats",
) -> dict[str, Any]:
    """The scope of a request, as a server makes it."""
    return {
        "type": "http",
        "method": method,
        "path": path,
        "client": None if peer is None else (peer, 40000),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in (("host", host), *headers)],
    }


def found_in(directory: KeyDirectory, sent: str) -> KnownKey | None:
    """What a process knows of this key."""
    parts = split_key(sent)
    return None if parts is None else directory.find(parts[0], hash_secret(parts[1]))
