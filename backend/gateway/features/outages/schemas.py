"""What GET /outages and GET /outages/{id} answer, for the document only: outages/rendering.py builds it."""

from pydantic import Field

from gateway.api.reply import Reply, Time
from gateway.domain import BlindReason
from gateway.features.outages.shortages import OutageCause


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
