"""Reports a backtest, as a table and as JSON."""

from training.evaluation.backtest import Backtest, Bools
from training.examples.protocol import date_of


def summary(found: Backtest) -> dict[str, object]:
    """Summarise as shares of all payments of the test time; None where the whole is 0."""
    caught = found.declined | found.reviewed
    return {
        "genuine_declined": found.genuine_share(found.declined),
        "genuine_reviewed": found.genuine_share(found.reviewed),
        "fraud_caught": found.fraud_share(caught),
        "fraud_value_caught": found.fraud_value_share(caught),
        "fraud_declined": found.fraud_share(found.declined),
        "fraud_reviewed": found.fraud_share(found.reviewed),
        "fraud_value_declined": found.fraud_value_share(found.declined),
        "fraud_value_reviewed": found.fraud_value_share(found.reviewed),
        "payments": found.fraud.size,
        "frauds": int(found.fraud.sum()),
        "first_day": str(date_of(found.first_day)),
        "last_day": str(date_of(found.last_day)),
    }


def sentences(found: Backtest) -> str:
    """Write a table below one line of facts."""
    frauds = int(found.fraud.sum())
    days = found.last_day - found.first_day + 1
    lines = [
        f"{found.fraud.size:,} payments of {days} days, {date_of(found.first_day)} to {date_of(found.last_day)}, "
        f"{frauds:,} of them fraud; at the model's thresholds, with all budgets",
        "",
        f"{'':<12}{'genuine':>10}{'frauds':>10}{'their value':>14}",
        _row("declined", found, found.declined),
        _row("reviewed", found, found.reviewed),
        _row("either", found, found.declined | found.reviewed),
    ]
    return "\n".join(lines)


def _row(name: str, found: Backtest, decided: Bools) -> str:
    genuine, frauds, value = (
        "none" if share is None else f"{share:.{digits}%}".replace("%", " %")
        for share, digits in (
            (found.genuine_share(decided), 2),
            (found.fraud_share(decided), 1),
            (found.fraud_value_share(decided), 1),
        )
    )
    return f"{name:<12}{genuine:>10}{frauds:>10}{value:>14}"
