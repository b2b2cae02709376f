"""Shows the worst mistakes of a model: genuine payments that it suspects most, and frauds that it missed."""

from datetime import UTC, datetime
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brain.domain import Query
from brain.model.artifact import Model
from brain.reasons.explanation import explain
from training.own.comparing import NEW, Comparison
from training.payments import NO_CODE, NO_OFFSET_MIN, NO_TIME_MS, TEXTS, Payments

Ints = NDArray[np.int64]

EACH = 10
REASONS = 3


def section(found: Comparison, model: Model) -> str:
    """Write both lists, ten each: genuine payments with the highest scores, and approved frauds of the most value."""
    scores, fraud = found.verdicts[NEW].scores, found.judged.fraud
    genuine = np.flatnonzero(~fraud)
    highest = genuine[np.argsort(-scores[genuine], kind="stable")][:EACH]
    missed = np.flatnonzero(fraud & ~found.verdicts[NEW].declined & ~found.verdicts[NEW].reviewed)
    dearest = missed[np.argsort(-found.judged.amount[missed], kind="stable")][:EACH]
    return (
        "<h2>Its worst mistakes</h2>"
        + _table("Genuine payments that it takes for fraud", found, model, highest)
        + _table("Frauds that it would have approved", found, model, dearest)
    )


def _table(title: str, found: Comparison, model: Model, places: Ints) -> str:
    if not places.size:
        return f"<h3>{title}</h3><p>None.</p>"
    table = found.table.take(places)
    x = table.x(model.label_delay_days)
    queries = [query_of(found.own.payments, int(row), str(found.own.ids[row])) for row in table.rows.tolist()]
    reasons = explain(queries, x, model.predict(x).contributions)
    rows = "".join(
        f"<tr><td>{escape(query.transaction_id)}</td>"
        f"<td>{datetime.fromtimestamp(query.time_ms / 1000, UTC):%Y-%m-%d %H:%M}</td>"
        f"<td>{'' if query.amount_minor is None else f'{query.amount_minor / 100:,.2f}'}</td>"
        f"<td>{found.verdicts[NEW].scores[place]:.3f}</td>"
        f"<td>{escape('; '.join(reason.message for reason in given[:REASONS]))}</td></tr>"
        for query, place, given in zip(queries, places.tolist(), reasons, strict=True)
    )
    head = "<tr><th>payment</th><th>time (UTC)</th><th>amount</th><th>score</th><th>the model's reasons</th></tr>"
    return f'<h3>{title}</h3><table class="words">{head}{rows}</table>'


def query_of(payments: Payments, row: int, transaction_id: str) -> Query:
    """Make what a brain would have been asked about one payment; persons and things by their codes."""

    def code(name: str) -> str | None:
        found = int(getattr(payments, name)[row])
        return None if found == NO_CODE else str(found)

    texts: dict[str, Any] = {
        name: None if (at := int(getattr(payments, name)[row])) == NO_CODE else payments.categories[name][at]
        for name in TEXTS
    }
    amount, made, offset = (
        int(getattr(payments, name)[row]) for name in ("amount_minor", "account_created_ms", "utc_offset_min")
    )
    return Query(
        transaction_id=transaction_id,
        time_ms=int(payments.time_ms[row]),
        amount_minor=None if amount < 0 else amount,
        user_id=code("user") or "",
        merchant_id=code("merchant"),
        card=code("card"),
        device=code("device"),
        address=code("address"),
        email=code("email"),
        account_created_ms=None if made == NO_TIME_MS else made,
        utc_offset_min=None if offset <= NO_OFFSET_MIN else offset,
        **texts,
    )
