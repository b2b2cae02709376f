"""What is not as it was committed."""

import bisect
from dataclasses import dataclass, field

KEPT_MAX = 1_000  # more are counted, not kept


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A document of a chain. Writers' names begin with the time of their start, so this is about the order of time."""

    writer: str
    seq: int

    def __str__(self) -> str:
        return f"{self.writer} #{self.seq}"


_NOWHERE = Link("\U0010ffff", 0)  # sorts last


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that is broken.

    Attributes:
        what: A sentence, such as "amount of txn_7 is not what was committed".
        transaction_id: Of the record; None when it is about a chain.
        link: Where it was committed; None when nowhere.
    """

    what: str
    transaction_id: str | None = None
    link: Link | None = None

    def __str__(self) -> str:
        return self.what if self.link is None else f"{self.link}: {self.what}"


def _order(finding: Finding) -> tuple[Link, str, str]:
    return finding.link or _NOWHERE, finding.transaction_id or "", finding.what


@dataclass(slots=True)
class Findings:
    """The first ones in the order of the chains, and how many there are in all."""

    total: int = 0
    kept: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """One more."""
        self.total += 1
        bisect.insort(self.kept, finding, key=_order)
        del self.kept[KEPT_MAX:]

    @property
    def first(self) -> Finding | None:
        """The first broken link."""
        return self.kept[0] if self.kept else None
