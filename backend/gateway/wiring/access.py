"""Who is let in: the keys and people that this process knows, and what is asked of each request."""

from pathlib import Path
from time import monotonic
from typing import Any

from gateway.access.directory import KeyDirectory
from gateway.access.key_file import KeyFile
from gateway.access.keys import ApiKey
from gateway.access.limits import Limits
from gateway.access.records import Directory, Kinds, RecordIndex, RecordKind
from gateway.access.service import AccessControl
from gateway.access.store import AccessNews, KeyStore
from gateway.access.usage import KeyUsage
from gateway.errors import LedgerFailure
from gateway.features.keys.service import Keys
from gateway.kit import clock
from gateway.kit.follower import Follower
from gateway.kit.periodic import Part
from gateway.ledger.client import Database
from gateway.ledger.health import LedgerHealth
from gateway.settings import Settings


class Doors:
    """
    Who may come in, of a gateway or a worker.

    Args:
        directory: On this machine, for what is known while the ledger is away; None where nothing is kept.

    Attributes:
        services: What routes ask.
        parts: What keeps it up to date.
    """

    def __init__(self, settings: Settings, database: Database, health: LedgerHealth, *, directory: Path | None) -> None:
        keys = KeyDirectory()
        directories: list[Directory] = [keys]
        kinds: Kinds = {ApiKey.kind: ApiKey}
        control = AccessControl(
            settings.auth,
            keys,
            Limits(settings.key_rate_per_s, settings.key_concurrency_max, monotonic),
            now_s=clock.LEDGER.best_s,
            trusted_proxies=settings.trusted_proxies,
        )
        store = KeyStore(database)
        follower = Follower(
            RecordKind(kinds),
            AccessNews(database, kinds),
            RecordIndex(directories),
            health.is_ready,
            expected=LedgerFailure,
            directory=directory,
        )
        self.services: dict[Any, object] = {AccessControl: control, Keys: Keys(store, follower.put)}
        file = () if settings.key_file is None else (KeyFile(settings.key_file, keys),)
        self.parts: tuple[Part, ...] = (*file, follower, KeyUsage(store, control.take_used, health.is_up))
