"""
A small file that is replaced as a whole, and believed only as a whole: first line the SHA-256 of the rest.

After a crash it is the old one or the new one. A damaged one is put aside and reported.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

from gateway.kit.files import replace_file, set_aside

_log = structlog.get_logger()
T = TypeVar("T")


def write_checked(path: Path, body: bytes) -> None:
    """
    Replace the file, durably, for the eyes of this user only.

    Raises:
        OSError: the disk does not take it; the old one stays.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(path, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)


def read_checked(path: Path, decode: Callable[[bytes], T], *, event: str) -> T | None:
    """
    What the file says; None where there is none, or none that can be believed.

    Args:
        decode: Of the body; raises msgspec.MsgspecError for what another version wrote.
        event: Begins the names of log events, such as "lists.snapshot".
    """
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        _log.error(f"{event}_unreadable", error=type(error).__name__)
        return None
    try:
        if hashlib.sha256(body).hexdigest().encode() == digest:
            return decode(body)
    except msgspec.MsgspecError:
        pass  # whole, and of another version
    try:
        kept_as = set_aside(path)
    except OSError as error:
        _log.error(f"{event}_unreadable", error=type(error).__name__)
        return None
    _log.error(f"{event}_damaged", kept_as=kept_as.name)
    return None
