"""Who is let in: the keys that this process knows, and what is asked of each request."""

from typing import Any

from gateway.access.directory import KeyDirectory
from gateway.access.key_file import KeyFile
from gateway.access.service import AccessControl
from gateway.kit import clock
from gateway.kit.periodic import Part
from gateway.settings import Settings


class Doors:
    """
    Who may come in, of a gateway or a worker.

    Attributes:
        services: What routes ask.
        parts: What keeps it up to date.
    """

    def __init__(self, settings: Settings) -> None:
        keys = KeyDirectory()
        control = AccessControl(settings.auth, keys, now_s=clock.LEDGER.best_s)
        self.services: dict[Any, object] = {AccessControl: control}
        self.parts: tuple[Part, ...] = () if settings.key_file is None else (KeyFile(settings.key_file, keys),)
