"""
Acknowledged verdicts that no longer can be read, by name, until people have taken note: then they move the file away.

    lost.jsonl    a line each: transaction_id, acknowledged_at, found_at
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog

from gateway.kit.files import append_to_file
from gateway.ledger.journal.tally import Pair

_log = structlog.get_logger()
FILE = "lost.jsonl"
_SHOWN_MAX = 20


class Loss(msgspec.Struct, frozen=True):
    """One verdict that was acknowledged and is gone."""

    transaction_id: str
    acknowledged_at: datetime
    found_at: datetime  # when it was missed

    @property
    def pair(self) -> Pair:
        """As in the tally."""
        return self.transaction_id, round(self.acknowledged_at.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Lost:
    """All that is on record: how many, and some of them, oldest first."""

    count: int
    first: tuple[Loss, ...]

    @classmethod
    def of(cls, losses: Sequence[Loss]) -> "Lost":
        """The summary of these."""
        return cls(len(losses), tuple(losses[:_SHOWN_MAX]))


NONE_LOST = Lost(0, ())
_decoder = msgspec.json.Decoder(Loss)


class Losses:
    """The file. For one thread at a time."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE
        self._seen: tuple[int, int] | None = None
        self._all: tuple[Loss, ...] = ()

    def add(self, pairs: Iterable[Pair], *, found_ms: int) -> None:
        """Keep these durably, each once. Raises OSError."""
        known = {loss.pair for loss in self.all()}
        lines = b"".join(
            msgspec.json.encode(Loss(pair[0], _time(pair[1]), _time(found_ms))) + b"\n"
            for pair in sorted(pairs, key=lambda pair: pair[1])
            if pair not in known
        )
        append_to_file(self._path, lines)

    def all(self) -> tuple[Loss, ...]:
        """In the order in which they were found; read again only when the file has changed."""
        try:
            found = self._path.stat()
            if (seen := (found.st_ino, found.st_size)) != self._seen:
                self._all, self._seen = _read(self._path), seen
        except FileNotFoundError:
            self._all, self._seen = (), None
        except OSError as error:
            _log.warning("journal.losses_unreadable", error=type(error).__name__)
        return self._all


def _read(path: Path) -> tuple[Loss, ...]:
    losses = []
    for line in path.read_bytes().splitlines():
        try:
            losses.append(_decoder.decode(line))
        except msgspec.MsgspecError:
            _log.warning("journal.loss_unreadable")
    return tuple(losses)


def _time(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
