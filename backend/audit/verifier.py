"""
Recounts the ledger from its documents, and holds each against what was committed. Changes nothing.

The chains are read first, then the records: what is in a chain was on a majority before it, so a record that is not
there then is gone. What is in no chain is looked for once more at the end, for gateways go on meanwhile.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database

from audit.findings import Finding, Findings
from audit.matcher import Matcher
from audit.scratch import Committed, Scratch
from audit.seal_check import SealedRecord, check
from audit.walk import Walk, entries_of
from gateway.ledger.audit_chain import SWEEP, Head
from gateway.ledger.documents import AWARE
from records.account import ACCOUNT, account_key
from records.runs import RUNS, SettledRun

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_RECORDS_AT_ONCE = 500  # about 1 MB
_LINKS_AT_ONCE = 20  # about 1 MB
_LOOK_BACK = timedelta(minutes=5)  # how far the clocks of gateways may be behind

_BY_ID = itemgetter(0)

Progress = Callable[[str, int, int], None]  # what is being read, how many so far, of about how many


@dataclass(slots=True)
class Counts:
    """What stands in the ledger, counted one by one."""

    transactions: int = 0
    blind: int = 0
    backlog: int = 0
    amended: int = 0
    amendments: int = 0
    unsealed: int = 0  # from before there were seals
    erased: int = 0
    chain_pending: int = 0
    conflicts: int = 0
    labels: int = 0

    def take(self, record: SealedRecord) -> None:
        """One more record."""
        document = record.document
        self.transactions += 1
        self.blind += document["verdict"]["scored"] is False
        self.backlog += document.get("needs_rescore") is True
        self.amended += bool(document["amendments"])
        self.amendments += len(document["amendments"])
        self.unsealed += record.leaf is None
        self.erased += bool(record.erased)
        self.chain_pending += "chain_pending" in document


@dataclass(slots=True)
class Report:
    """
    What was found.

    Attributes:
        unchained: Records and amendments that no chain has yet: they are young, flagged, or a living run's.
        entries, swept: What the chains hold; how much of that was found by a sweep.
    """

    counts: Counts = field(default_factory=Counts)
    findings: Findings = field(default_factory=Findings)
    heads: list[Head] = field(default_factory=list)
    links: int = 0
    entries: int = 0
    swept: int = 0
    unchained: int = 0

    @property
    def is_sound(self) -> bool:
        """Nothing is broken."""
        return self.findings.total == 0


def verify(database: Database[Any], *, kept: Sequence[Head], progress: Progress) -> Report:
    """
    Look at everything.

    Args:
        kept: Heads that were kept elsewhere: the chains must still hold them.
        progress: Called for each document.

    Raises:
        PyMongoError: the ledger cannot be read; nothing is known then.
    """
    report, now, settled = Report(), datetime.now(UTC), _settled(database)
    with Scratch() as scratch:
        scratch.add_seen("the file of heads", kept)
        scratch.add_seen("a living gateway", _living_heads(database))
        walk = Walk(scratch, report.findings)
        about = database["chain"].estimated_document_count()
        for number, document in enumerate(_links(database, {}), 1):
            walk.take(document)
            progress("chain documents", number, about)
        for source, link, is_there in scratch.unlike_seen():
            what = "is another one than" if is_there else "is gone, but"
            report.findings.add(Finding(f"this chain document {what} {source} has seen", link=link))
        matcher = Matcher(report.findings, walk.began_at, now, settled)
        committed = ((one.entry.transaction_id, one) for one in scratch.entries())
        both = heapq.merge(_records(database, report, progress), committed, key=_BY_ID)
        for transaction_id, group in groupby(both, key=_BY_ID):
            found = [one for _, one in group]
            entries = [one for one in found if isinstance(one, Committed)]
            matcher.match(transaction_id, [one for one in found if not isinstance(one, Committed)], entries)
            report.swept += sum(one.link.writer.endswith(SWEEP) for one in entries)
        report.heads = scratch.heads()
    _look_again(database, matcher)
    report.links, report.entries, report.unchained = walk.links, walk.entries, matcher.unchained
    report.counts.conflicts = database["conflicts"].count_documents({})
    report.counts.labels = database["labels"].count_documents({})
    return report


def _living_heads(database: Database[Any]) -> Iterator[Head]:
    for instance in database["instances"].find({"chains": {"$exists": True}}, {"chains": 1}):
        for head in instance["chains"]:
            yield Head(head["writer"], int(head["seq"]), bytes(head["digest"]))


def _settled(database: Database[Any]) -> dict[bytes, int]:
    """How far the records of each run are chained. Read before the chains: what is settled then is in them."""
    return {run.name: run.settled for run in map(SettledRun.of, database[RUNS].find({"ended_at": None}))}


def _links(database: Database[Any], query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    collection = database["chain"].with_options(codec_options=AWARE)
    with collection.find(query).sort("_id", 1).batch_size(_LINKS_AT_ONCE).allow_disk_use(True) as cursor:
        yield from cursor


def _records(
    database: Database[Any], report: Report, progress: Progress
) -> Iterator[tuple[str, SealedRecord | Finding | Committed]]:
    """By transaction id, in MongoDB's order, which is that of Python for text."""
    collection = database["transactions"].with_options(codec_options=_RAW)
    about = collection.estimated_document_count()
    if account_key():
        for other in collection.find({"account": {"$ne": ACCOUNT}}, {"_id": 1}):
            report.findings.add(Finding(f"the record with _id {other['_id']} is of an account that is not known"))
    ours = collection.find(account_key()).sort("transaction_id", 1)
    with ours.batch_size(_RECORDS_AT_ONCE).allow_disk_use(True) as cursor:
        for number, raw in enumerate(cursor, 1):
            progress("records", number, about)
            try:
                record = check(bytes(raw.raw))
                report.counts.take(record)
                yield _id_of(record.document), record
            except (ValueError, KeyError, TypeError) as error:
                transaction_id = raw.get("transaction_id")
                if isinstance(transaction_id, str):
                    yield transaction_id, Finding(f"{transaction_id} cannot be read: {error}", transaction_id)
                else:
                    report.findings.add(Finding(f"the record with _id {raw.get('_id')} has no transaction_id"))


def _id_of(document: Mapping[str, Any]) -> str:
    found = document["transaction_id"]
    if not isinstance(found, str):
        raise TypeError("an id is text")
    return found


def _look_again(database: Database[Any], matcher: Matcher) -> None:
    """Whether what was in no chain has got into one since."""
    if matcher.suspects:
        for document in _links(database, {"at": {"$gte": matcher.now - _LOOK_BACK}}):
            try:
                entries = entries_of(document)
            except (KeyError, TypeError):
                continue  # the walk says so
            for entry in entries:
                matcher.suspects.pop(entry, None)
    for finding in matcher.suspects.values():
        matcher.findings.add(finding)
