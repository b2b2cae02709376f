"""
GATEWAY_KEY_FILE: keys that a gateway knows without a ledger. One a line, `<key> [scope,scope…]`; `#` begins a comment.

For tools on the same machine, for tests, and for the first key of a cluster. Without scopes it is one of an admin.
"""

import asyncio
from datetime import datetime
from pathlib import Path

import structlog

from gateway.access.keys import ApiKey, KeyDirectory, hash_secret, split_key
from gateway.access.scopes import Scope
from gateway.kit import clock
from gateway.kit.periodic import Periodic
from gateway.settings import Settings

_log = structlog.get_logger()
_LOOK_S = 1.0  # a key that is taken out of the file stops within 2 s
_BYTES_MAX = 256 * 1024
_FOR_OTHERS = 0o007


class KeyFileMistake(ValueError):
    """The file cannot be meant. The message names the line, and never repeats it: it may hold a key."""


def read_key_file(content: bytes, at: datetime) -> tuple[ApiKey, ...]:
    """
    Read the keys of a file.

    Args:
        at: When it was read: the keys' `created_at`.

    Raises:
        KeyFileMistake: a line is no key, names no scope, or repeats a key.
    """
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise KeyFileMistake("it is not UTF-8") from None
    keys: dict[str, ApiKey] = {}
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        key = _to_key(text, at, number)
        if key.id in keys:
            raise KeyFileMistake(f"line {number} repeats the key of a line before")
        keys[key.id] = key
    return tuple(keys.values())


def _to_key(text: str, at: datetime, number: int) -> ApiKey:
    key, _, named = text.partition(" ")
    parts = split_key(key)
    if parts is None:
        raise KeyFileMistake(f"line {number} does not begin with a key: sentinel_<12 characters>_<43 characters>")
    try:
        scopes = tuple(Scope(name.strip()) for name in named.split(",") if name.strip()) or (Scope.ADMIN,)
    except ValueError:
        raise KeyFileMistake(f"line {number} names an unknown scope; there are {', '.join(Scope)}") from None
    public_id, secret = parts
    return ApiKey(
        id=public_id,
        client=f"{public_id} of the key file",
        scopes=scopes,
        secret_sha256=hash_secret(secret),
        created_at=at,
        created_by="GATEWAY_KEY_FILE",
    )


class KeyFile(Periodic):
    """
    Keeps the directory's keys those of the file, as it is now.

    The content is compared, not its time: a Secret that is swapped is seen as well. A file that is wrong or gone leaves
    what was known in force, and is logged.

    Raises:
        KeyFileMistake, OSError: it is wrong from the start.
    """

    def __init__(self, path: Path, directory: KeyDirectory) -> None:
        super().__init__("key_file", self.look, every_s=_LOOK_S)
        self._path = path
        self._directory = directory
        self._mistake: str | None = None
        self._seen = _read(path)
        self._take(self._seen)
        if path.stat().st_mode & _FOR_OTHERS:
            _log.warning("key_file.readable_by_others", file=str(path), advice="chmod 600")

    async def look(self) -> None:
        """Take the file over if it changed. Never raises; each mistake is logged once."""
        try:
            content = await asyncio.to_thread(_read, self._path)
            if content != self._seen:
                self._seen = content
                self._take(content)
            self._mistake = None
        except (KeyFileMistake, OSError) as error:
            mistake = to_line(error)
            if mistake != self._mistake:
                _log.error("key_file.refused", file=str(self._path), mistake=mistake)
            self._mistake = mistake

    def _take(self, content: bytes) -> None:
        keys = read_key_file(content, clock.now())
        self._directory.take_file(keys)
        _log.info("key_file.loaded", keys=len(keys))


def check_key_file(settings: Settings) -> None:
    """
    Refuse a key file that cannot be meant, before anything is started.

    Raises:
        SystemExit: with one line that repeats nothing of the file.
    """
    if settings.key_file is not None:
        try:
            read_key_file(_read(settings.key_file), clock.now())
        except (KeyFileMistake, OSError) as error:
            raise SystemExit(f"GATEWAY_KEY_FILE: {settings.key_file}: {to_line(error)}") from None


def to_line(error: Exception) -> str:
    """Say what is wrong in one line."""
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_BYTES_MAX + 1)
    if len(content) > _BYTES_MAX:
        raise KeyFileMistake(f"it has more than {_BYTES_MAX} bytes")
    return content
