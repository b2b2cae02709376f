"""What a verification found, in sentences and as JSON."""

from dataclasses import asdict
from typing import Any

from audit.erasure import NOT_COVERED
from audit.findings import Finding
from audit.heads import to_json
from audit.person import Erasure
from audit.verifier import Report

_SHOWN_MAX = 20
_HEADS_SHOWN_MAX = 5


def summary(report: Report) -> dict[str, Any]:
    """For --json."""
    first = report.findings.first
    return {
        "sound": report.is_sound,
        **asdict(report.counts),
        "chain_documents": report.links,
        "chain_entries": report.entries,
        "swept_entries": report.swept,
        "unchained": report.unchained,
        "broken": report.findings.total,
        "first_broken": None if first is None else _finding(first),
        "findings": [_finding(finding) for finding in report.findings.kept[:_SHOWN_MAX]],
        "heads": [to_json(head) for head in report.heads],
    }


def sentences(report: Report) -> str:
    """For people; the last line is the answer."""
    counts, findings = report.counts, report.findings
    lines = [
        f"{counts.transactions:,} transactions: {counts.blind:,} blind, {counts.backlog:,} still to be scored again, "
        f"{counts.amended:,} amended ({counts.amendments:,} amendments), {counts.erased:,} with erased data, "
        f"{counts.unsealed:,} from before there were seals",
        f"{counts.conflicts:,} conflicts, {counts.labels:,} labels, {counts.chain_pending:,} flagged for the chain",
        f"chains: {report.entries:,} entries, {report.swept:,} of them found by a sweep, in {report.links:,} "
        f"{'document' if report.links == 1 else 'documents'}; {report.unchained:,} not chained yet",
    ]
    lines += [
        f"head: {head.writer} #{head.seq} {head.digest.hex()}" for head in report.heads[: -_HEADS_SHOWN_MAX - 1 : -1]
    ]
    if len(report.heads) > _HEADS_SHOWN_MAX:
        lines.append(f"... and the heads of {len(report.heads) - _HEADS_SHOWN_MAX:,} older chains: see --heads, --json")
    lines += [f"broken: {finding}" for finding in findings.kept[:_SHOWN_MAX]]
    if findings.total > _SHOWN_MAX:
        lines.append(f"... and {findings.total - _SHOWN_MAX:,} more")
    lines.append(
        "sound: every record is what was committed" if findings.first is None else f"BROKEN, first at {findings.first}"
    )
    return "\n".join(lines)


def _finding(finding: Finding) -> dict[str, Any]:
    link = finding.link
    return {
        "what": finding.what,
        "transaction_id": finding.transaction_id,
        "writer": None if link is None else link.writer,
        "seq": None if link is None else link.seq,
    }


def erased_summary(erasure: Erasure) -> dict[str, Any]:
    """What was erased, for JSON."""
    counts = asdict(erasure.records) | asdict(erasure.traces)
    return counts | {"gateways": asdict(erasure.gateways), "not_covered": NOT_COVERED}


def erased_sentences(erasure: Erasure) -> str:
    """What was erased, and what is left to do."""
    erased, traces, gateways = erasure.records, erasure.traces, erasure.gateways
    lines = [
        f"erased in {erased.records:,} records, {erased.conflicts:,} conflicts and {traces.alerts:,} alerts",
        "brains forget the person within ten seconds, and keep nothing on a disk",
        f"taken off the lists: {traces.list_entries:,} entries; MongoDB forgets that they were there after a day",
        f"{gateways.done:,} of {gateways.running:,} running gateways have dropped what they remembered; others do it "
        "as soon as they reach MongoDB",
    ]
    if gateways.pending:
        lines.append(f"{gateways.pending:,} verdicts wait in journals: once they are in the ledger, say this again")
    return "\n".join([*lines, "not covered:", *(f"  {place}" for place in NOT_COVERED)])
