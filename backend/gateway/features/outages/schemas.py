"""An outage as the API and its alerts show it. The models are for the document; the functions build what they say."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from pydantic import Field

from gateway.api.reply import Reply, Time
from gateway.domain import BlindReason
from gateway.features.outages.shortages import OutageCause
from gateway.features.outages.store import Figures, Outage
from gateway.kit.clock import to_rfc3339
from money.currencies import REFERENCE_CURRENCY


class OutageFiguresOut(Reply):
    """
    What an outage did; amounts are text, in `currency`.

    `blind` verdicts had no score, `approved` of them stand for `amount_exposed` (`unpriced` of these not counted: their
    currency has no rate); `degraded` ones had a score that was made without history; `suspect` ones one that was not
    believed afterwards. Of all these `rescored` have a later score, which would have decided otherwise for `flipped`;
    `unscorable` are given up, `open` are still to be scored.
    """

    blind: int
    suspect: int
    degraded: int
    approved: int
    unpriced: int
    rescored: int
    flipped: int
    unscorable: int
    open: int
    amount_exposed: str
    amount_flipped: str
    currency: str


class OutageOut(Reply):
    """
    Some gateway's circuit was not closed, or more than a few of its verdicts lacked a score, or history. `to` is null
    while it lasts.

    `cause` CANARY: every brain failed its canaries. HISTORY_UNAVAILABLE: scores were made without history;
    LEDGER_UNAVAILABLE: likewise, because MongoDB was away. INJECTED_FAULTS: a drill cost scores. `figures` are final
    once it `is_settled`; null: they could not be counted in time.
    """

    outage_id: str
    cause: BlindReason | OutageCause
    began_at: Time = Field(alias="from")
    ended_at: Time | None = Field(alias="to")
    is_open: bool
    is_settled: bool
    instances: list[str]
    figures: OutageFiguresOut | None


class OutagesOut(Reply):
    """Newest first; next_cursor is null on the last page."""

    outages: list[OutageOut]
    next_cursor: str | None


DOCUMENTED = (OutageOut, OutagesOut)


def to_outage_out(outage: Outage, figures: Figures | None) -> dict[str, Any]:
    """Show one; amounts are text. Args: figures: None when they could not be counted in time."""
    return {
        "outage_id": str(outage.id),
        "cause": outage.cause,
        "from": to_rfc3339(outage.began_at),
        "to": to_rfc3339(outage.ended_at) if outage.ended_at is not None else None,
        "is_open": outage.ended_at is None,
        "is_settled": outage.is_settled,
        "instances": list(outage.instances),
        "figures": None if figures is None else _to_figures_out(figures),
    }


def _to_figures_out(figures: Figures) -> dict[str, Any]:
    shown = asdict(figures)
    exposed, flipped = shown.pop("approved_minor"), shown.pop("flipped_minor")
    return {
        **shown,
        "amount_exposed": _amount(exposed),
        "amount_flipped": _amount(flipped),
        "currency": REFERENCE_CURRENCY,
    }


def _amount(minor: int) -> str:
    return str(Decimal(minor).scaleb(-2).quantize(Decimal("0.01")))


def to_started(outage: Outage) -> dict[str, object]:
    """Make what the alert says of one that has begun."""
    shown = to_outage_out(outage, None)
    return {name: shown[name] for name in ("outage_id", "cause", "from", "instances")}
