"""
The oracle of a drill: what was acknowledged, kept outside the system, and every answer that contradicts it.

It knows nothing of gateways or ledgers; in the end it is held against what stands in MongoDB, id by id.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What a verdict is; how it was delivered (ledger_status, replayed, amendments) may change.
_VERDICT = ("decision", "scored", "risk_score", "risk_level", "created_at", "trace_id")


@dataclass(slots=True)
class Receipts:
    """Written by many clients at once."""

    verdicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)  # 0: the connection broke
    blind: set[str] = field(default_factory=set)
    pending: int = 0
    replays: int = 0
    refusals: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledged(self, reply: Mapping[str, Any]) -> None:
        """A verdict was given: the first of its id, or the same again."""
        transaction_id, verdict = reply["transaction_id"], {name: reply[name] for name in _VERDICT}
        with self._lock:
            self.pending += reply["ledger_status"] == "pending"
            first = self.verdicts.setdefault(transaction_id, verdict)
            if first != verdict:
                self.contradictions.append(f"{transaction_id}: {first} and {verdict}")
            if first is verdict and not reply["scored"]:
                self.blind.add(transaction_id)
            self.replays += bool(reply["replayed"])

    def answered(self, status: int) -> None:
        """Any answer; 0 where the connection broke instead."""
        with self._lock:
            self.statuses[status] += 1

    def conflicted(self, transaction_id: str, status: int) -> None:
        """Another body came with a known id: only 409 is right."""
        with self._lock:
            self.refusals += 1
            if status != 409:
                self.contradictions.append(f"{transaction_id}: another body got {status}")


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What a ledger holds, against what was acknowledged."""

    acknowledged: int
    lost: list[str]
    changed: list[str]
    duplicates: list[str]
    unsettled: list[str]  # blind, and neither amended nor confirmed

    @classmethod
    def of(cls, receipts: Receipts, documents: list[dict[str, Any]]) -> "Reconciliation":
        """Args: documents: all of the ledger's transactions."""
        counts = Counter(document["transaction_id"] for document in documents)
        stands = {document["transaction_id"]: document for document in documents}
        return cls(
            acknowledged=len(receipts.verdicts),
            lost=[name for name in receipts.verdicts if name not in stands],
            changed=[
                name
                for name, verdict in receipts.verdicts.items()
                if name in stands and not _is_same(verdict, stands[name]["verdict"])
            ],
            duplicates=[name for name, count in counts.items() if count > 1],
            unsettled=[name for name in receipts.blind if name in stands and not stands[name]["amendments"]],
        )


def _is_same(verdict: Mapping[str, Any], stored: Mapping[str, Any]) -> bool:
    return all(verdict[name] == stored[name] for name in ("decision", "scored", "risk_score", "trace_id"))
