"""Who is let in: the keys and people that this process knows, and what is asked of each request."""

from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from gateway.access.key_file import KeyFile
from gateway.access.keys import ApiKey, KeyDirectory
from gateway.access.limits import Limits
from gateway.access.records import Directory, Kinds, RecordIndex, RecordKind
from gateway.access.service import AccessControl
from gateway.access.store import AccessNews, KeyStore
from gateway.access.usage import KeyUsage
from gateway.errors import LedgerFailure
from gateway.features.keys.service import Keys
from gateway.features.people.cookies import SessionCookie
from gateway.features.people.directory import Known, PeopleDirectory
from gateway.features.people.passwords import Passwords
from gateway.features.people.records import KINDS as PEOPLE
from gateway.features.people.service import People
from gateway.features.people.sessions import PeopleSessions
from gateway.features.people.store import PeopleStore
from gateway.features.people.throttle import Throttle
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
        with_people: Whether people sign in here too.

    Attributes:
        services: What routes ask.
        parts: What keeps it up to date.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        health: LedgerHealth,
        *,
        directory: Path | None,
        with_people: bool = False,
    ) -> None:
        keys, people = KeyDirectory(), PeopleDirectory()
        directories: list[Directory] = [keys, *([people] if with_people else [])]
        kinds: Kinds = {ApiKey.kind: ApiKey, **(PEOPLE if with_people else {})}
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
        if with_people:
            signing_in = _SigningIn(settings, PeopleStore(database), people, follower)
            control.sessions = signing_in.sessions
            self.services |= {People: signing_in.people, PeopleSessions: signing_in.sessions}
            self.parts += (signing_in.sessions, signing_in.passwords)


class _SigningIn:
    """The people of a gateway."""

    def __init__(self, settings: Settings, store: PeopleStore, directory: PeopleDirectory, known: Known) -> None:
        self.passwords = Passwords()
        self.people = People(
            directory,
            known,
            store,
            self.passwords,
            Throttle(monotonic),
            now=clock.LEDGER.best,
            public_url=settings.public_url,
        )
        self.sessions = PeopleSessions(
            directory,
            known,
            store,
            SessionCookie.at(settings.public_url),
            now=clock.LEDGER.best,
            idle=timedelta(seconds=settings.session_idle_s),
            absolute=timedelta(seconds=settings.session_absolute_s),
        )
