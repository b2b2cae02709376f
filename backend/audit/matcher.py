"""A record and what the chains say of it: is it the one that was committed?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bson.objectid import ObjectId

from audit.findings import Finding, Findings, Link
from audit.scratch import Committed
from audit.seal_check import SealedRecord
from gateway.ledger.audit_chain import Entry, Kind
from records.positions import number_of, run_of

_YOUNG = timedelta(seconds=30)  # three times what a sweep waits
_CLOCKS = timedelta(minutes=5)  # how far a gateway's clock may be ahead
_SUSPECTS_MAX = 100_000  # about 50 MB: a journal that is emptied meanwhile brings old records in thousands


@dataclass(slots=True)
class Matcher:
    """
    Compares one transaction id after the other.

    Attributes:
        began_at: When the first chain began; what is older need not be sealed. None: there is no chain.
        now: When it was begun to look.
        settled: How far the records of each run that is not over were chained, before the chains were read.
        unchained: Records and amendments that are too young, or still flagged or unsettled, to be in a chain.
        suspects: In no chain as far as they were read; the reading may have been a moment too early.
    """

    findings: Findings
    began_at: datetime | None
    now: datetime
    settled: Mapping[bytes, int] = field(default_factory=dict)
    unchained: int = 0
    suspects: dict[Entry, Finding] = field(default_factory=dict)

    def match(
        self, transaction_id: str, records: Sequence[SealedRecord | Finding], committed: Sequence[Committed]
    ) -> None:
        """
        Judge an id.

        Args:
            records: All that have it; a Finding in place of one that cannot be read.
            committed: All that was committed of it, in the order in which it was.
        """
        first = committed[0].link if committed else None
        if not records:
            self._say(f"{transaction_id} is gone", transaction_id, first)
        if len(records) > 1:
            self._say(f"{transaction_id} stands {len(records)} times", transaction_id, first)
        for record in records:
            if isinstance(record, Finding):
                self._say(record.what, transaction_id, first)
            else:
                self._match_record(transaction_id, record, _links(committed, "insert"))
                self._match_amendments(transaction_id, record, _links(committed, "amend"))

    def _match_record(self, transaction_id: str, record: SealedRecord, links: Mapping[bytes, Link]) -> None:
        first = next(iter(links.values()), None)
        if record.leaf is None:
            if first is not None:
                self._say(f"the seal of {transaction_id} is gone", transaction_id, first)
            elif self.began_at is not None and record.created_at >= self.began_at:
                self._say(f"{transaction_id} was never sealed", transaction_id)
            return
        link = links.get(record.leaf)
        for name in record.changed:
            self._say(f"{name} of {transaction_id} is not what was committed", transaction_id, link or first)
        if first is None:
            self._note_unchained(Entry(transaction_id, "insert", record.leaf), record, record.created_at)
        elif link is None:
            what = "another record than the one that" if record.has_hash_of_each_field else "not what"
            self._say(f"{transaction_id} is {what} was committed", transaction_id, first)
        else:
            for leaf, other in links.items():
                if leaf != record.leaf:
                    self._say(f"{transaction_id} was committed with other content, too", transaction_id, other)

    def _match_amendments(self, transaction_id: str, record: SealedRecord, links: Mapping[bytes, Link]) -> None:
        for number, amendment in enumerate(record.amendments, 1):
            link = None if amendment.leaf is None else links.get(amendment.leaf)
            if amendment.leaf is None or not amendment.is_whole:
                self._say(f"amendment {number} of {transaction_id} is not what was committed", transaction_id, link)
            elif link is None:
                self._note_unchained(Entry(transaction_id, "amend", amendment.leaf), record, amendment.at)
        for leaf in links.keys() - {amendment.leaf for amendment in record.amendments}:
            self._say(f"an amendment of {transaction_id} is gone", transaction_id, links[leaf])

    def _note_unchained(self, entry: Entry, record: SealedRecord, at: datetime) -> None:
        is_young = self.now - _YOUNG < at < datetime.now(UTC) + _CLOCKS
        if is_young or self._is_waiting(record.document):
            self.unchained += 1
            return
        name = entry.transaction_id if entry.kind == "insert" else f"an amendment of {entry.transaction_id}"
        finding = Finding(f"{name} is in no chain: nobody committed it", entry.transaction_id)
        if len(self.suspects) < _SUSPECTS_MAX:
            self.suspects[entry] = finding
        else:
            self.findings.add(finding)

    def _is_waiting(self, document: Mapping[str, Any]) -> bool:
        """For a sweep, or for its own gateway."""
        if document.get("chain_pending") is True:
            return True
        record_id = document["_id"]
        if not isinstance(record_id, ObjectId):
            return False
        settled = self.settled.get(run_of(record_id))
        return settled is not None and number_of(record_id) > settled

    def _say(self, what: str, transaction_id: str, link: Link | None = None) -> None:
        self.findings.add(Finding(what, transaction_id, link))


def _links(committed: Sequence[Committed], kind: Kind) -> dict[bytes, Link]:
    """Where each leaf was committed first."""
    links: dict[bytes, Link] = {}
    for one in committed:
        if one.entry.kind == kind:
            links.setdefault(one.entry.leaf, one.link)
    return links
