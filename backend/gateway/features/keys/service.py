"""Makes, rotates and revokes keys. For the API and for the command line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import time

from gateway.access.errors import KeyNotFound
from gateway.access.keys import ApiKey, hash_secret, new_key, split_key
from gateway.access.scopes import Scope
from gateway.access.store import KeyStore
from gateway.kit import clock


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made. Attributes: sent: the whole of it, which nobody can find out later."""

    sent: str
    key: ApiKey


class Keys:
    """
    Args:
        store: Where the keys of all gateways are.
        note: Told of each change, so that it holds here at once.
    """

    def __init__(self, store: KeyStore, note: Callable[[ApiKey], None]) -> None:
        self._store = store
        self._note = note

    async def all(self) -> Sequence[ApiKey]:
        """List all, revoked ones too, by client, the newest first. Raises LedgerUnreadable."""
        return await self._store.all()

    async def create(
        self,
        client: str,
        scopes: Sequence[Scope],
        *,
        networks: Sequence[str] = (),
        expires_at: datetime | None = None,
        by: str,
    ) -> NewKey:
        """
        Make a key; it holds here at once, and on every gateway within 2 s.

        Raises:
            TooManyKeys: the client has two that are good.
            AccessUnconfirmed: not known to be recorded.
        """
        public_id, sent = new_key()
        parts = split_key(sent)
        assert parts is not None  # noqa: S101  (it was just made)
        kept = await self._store.add(
            ApiKey(
                id=public_id,
                client=client,
                scopes=tuple(sorted(set(scopes))),
                secret_sha256=hash_secret(parts[1]),
                networks=tuple(networks),
                expires_at=expires_at,
                created_at=clock.from_s(time()),
                created_by=by,
            )
        )
        self._note(kept)
        return NewKey(sent, kept)

    async def rotate(self, public_id: str, *, by: str) -> NewKey:
        """
        Make a second key that may do the same; the first goes on to be good until it is revoked.

        Raises:
            KeyNotFound: there is none with this id, or it was revoked.
            TooManyKeys, AccessUnconfirmed: as `create`.
        """
        old = await self._store.find(public_id)
        is_over = old is not None and old.expires_at is not None and old.expires_at <= clock.LEDGER.best()
        if old is None or old.revoked_at is not None or is_over:
            raise KeyNotFound("There is no key with this id that is good: create one.")
        return await self.create(old.client, old.scopes, networks=old.networks, expires_at=old.expires_at, by=by)

    async def revoke(self, public_id: str) -> ApiKey:
        """End a key, here at once and on every gateway within 2 s. Raises KeyNotFound, AccessUnconfirmed."""
        ended = await self._store.revoke(public_id)
        if ended is None:
            raise KeyNotFound("There is no key with this id. One of a key file ends by taking it out of the file.")
        self._note(ended)
        return ended
