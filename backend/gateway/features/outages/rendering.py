"""An outage as the API and its alerts show it."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from gateway.features.outages.store import Figures, Outage
from gateway.kit.clock import to_rfc3339
from money.currencies import REFERENCE_CURRENCY


def to_outage_out(outage: Outage, figures: Figures | None) -> dict[str, Any]:
    """Amounts are text, in the reference currency. Args: figures: None when they could not be counted in time."""
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
    """What the alert says of one that has begun."""
    shown = to_outage_out(outage, None)
    return {name: shown[name] for name in ("outage_id", "cause", "from", "instances")}
