"""The policy file as it is on disk: looked at each second, taken over when it is right, reported when it is not."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import structlog

from gateway.fallback.policy import BlindRules, PolicyMistake, read_rules
from gateway.kit import clock
from gateway.kit.periodic import Periodic
from gateway.settings import Settings

_log = structlog.get_logger()
_LOOK_S = 1.0
_BYTES_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules, and which ones: `version` is the beginning of the file's SHA-256."""

    rules: BlindRules
    version: str
    loaded_at: datetime


class PolicyFile(Periodic):
    """
    The policy in force.

    The content is compared, not the time of the file: a ConfigMap that is swapped, or a copy that keeps its time, is
    seen as well, and reading 2 kB a second costs nothing.

    Attributes:
        error: Why the file as it is now is not in force; None when it is.

    Raises:
        PolicyMistake: the file is wrong from the start. The message begins with its name.
    """

    def __init__(self, path: Path, *, gateways: int | None = None) -> None:
        """Args: gateways: replaces the number that the file gives."""
        super().__init__("policy", self.look, every_s=_LOOK_S)
        self.error: str | None = None
        self._path = path
        self._gateways = gateways
        try:
            content = _read(path)
            self._seen = _digest(content)
            self._policy = self._to_policy(content)
        except (OSError, PolicyMistake) as mistake:
            raise PolicyMistake(f"{path}: {_to_line(mistake)}") from None

    @property
    def current(self) -> Policy:
        """What holds now."""
        return self._policy

    @property
    def rules(self) -> BlindRules:
        """What holds now."""
        return self._policy.rules

    async def look(self) -> None:
        """Take the file over if it changed. Never raises; each mistake is logged once."""
        try:
            content = await asyncio.to_thread(_read, self._path)
            seen = _digest(content)
            if seen == self._seen:
                return
            self._seen = seen
            if seen != self._policy.version:
                self._policy = self._to_policy(content)
                _log.info("policy.loaded", version=seen)
            self.error = None
        except OSError as error:
            self._seen = ""  # whatever is there next is looked at, also when it is the file of before
            self._complain(error)
        except PolicyMistake as mistake:
            self._complain(mistake)

    def _complain(self, mistake: Exception) -> None:
        line = _to_line(mistake)
        if line != self.error:
            _log.error("policy.refused", file=str(self._path), mistake=line, in_force=self._policy.version)
        self.error = line

    def _to_policy(self, content: bytes) -> Policy:
        rules = read_rules(content)
        if self._gateways is not None:
            rules = replace(rules, gateways=self._gateways)
        return Policy(rules, _digest(content), clock.now())


def check_policy(settings: Settings) -> None:
    """
    Refuse a policy file that cannot be meant, before anything is started.

    Raises:
        SystemExit: with one line that names the place.
    """
    try:
        PolicyFile(settings.policy_file, gateways=settings.policy_gateways)
    except PolicyMistake as mistake:
        raise SystemExit(f"GATEWAY_POLICY_FILE: {mistake}") from None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_BYTES_MAX + 1)
    if len(content) > _BYTES_MAX:
        raise PolicyMistake(f"larger than {_BYTES_MAX} bytes")
    return content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _to_line(mistake: Exception) -> str:
    if isinstance(mistake, OSError):
        return f"cannot be read: {mistake.strerror or type(mistake).__name__}"
    return str(mistake)
