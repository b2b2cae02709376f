"""Options of commands about a merchant's own payments: where they are, what they mean, and what mistakes cost."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from commands.errors import CannotDo, in_one_line

if TYPE_CHECKING:
    from training.own.judging import Costs
    from training.own.limits import Wish
    from training.own.payments import OwnPayments

Meaning = TypeVar("Meaning")

_FILE, _WISH, _COSTS = "Your payments", "Thresholds: one of", "What mistakes cost, for the figure `money`"

Data = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Payments with labels: .csv, .csv.gz or .parquet.", rich_help_panel=_FILE),
]
Ledger = Annotated[
    bool,
    typer.Option(
        "--ledger", help="Instead of a file: Sentinel's own records and labels, by MONGODB_URL.", rich_help_panel=_FILE
    ),
]
Map = Annotated[
    str | None,
    typer.Option(
        "--map",
        metavar="OURS=THEIRS,…",
        help="Which column of the file is which: amount=order_price,timestamp=paid_at,user_id=customer,"
        "merchant.category=kind,is_fraud=chargeback … Columns with our own names need none. "
        "docs/bring-your-model.md lists the names.",
        rich_help_panel=_FILE,
    ),
]
LabelDelay = Annotated[
    int | None,
    typer.Option(
        "--label-delay-days",
        min=0,
        max=180,
        metavar="N",
        help="After how many days nearly all frauds are known. Without it: measured from label_at, else 60.",
        rich_help_panel=_FILE,
    ),
]
DecimalMark = Annotated[
    str | None,
    typer.Option("--decimal", metavar="comma|point", help="Where 1,234 may be two amounts.", rich_help_panel=_FILE),
]
Dates = Annotated[
    str | None,
    typer.Option(metavar="day-first|month-first", help="Where 03/04/2026 may be two days.", rich_help_panel=_FILE),
]
DeclineCap = Annotated[
    str | None,
    typer.Option(
        metavar="SHARE", help="Decline at most so many of the genuine payments (0.1%).", rich_help_panel=_WISH
    ),
]
ReviewsADay = Annotated[
    float | None,
    typer.Option(
        min=0, metavar="N", help="Send so many payments a day to reviews, above the usual cap.", rich_help_panel=_WISH
    ),
]
Margin = Annotated[
    str | None,
    typer.Option(
        metavar="SHARE", help="Of an amount: lost with a declined genuine payment (25%).", rich_help_panel=_COSTS
    ),
]
Fee = Annotated[
    float | None,
    typer.Option(
        min=0,
        metavar="AMOUNT",
        help="Of a chargeback, beside the amount (20). With --margin, thresholds are the cheapest.",
        rich_help_panel=_COSTS,
    ),
]
ReviewCost = Annotated[
    float | None, typer.Option(min=0, metavar="AMOUNT", help="Of one review (3).", rich_help_panel=_COSTS)
]
Report = Annotated[Path | None, typer.Option(metavar="FILE", help="Where the report goes, as HTML.")]
Present = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Artifact of the present model. Without it: the shipped one.")
]


def share(option: str, text: str) -> float:
    """Parse `0.1%` or `0.001`. Raises CannotDo."""
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1:
        raise CannotDo(f"{option}: {text!r} is no share such as 0.1% or 0.001")
    return number


def costs(margin: str | None, fee: float | None, review_cost: float | None) -> "Costs":
    """Return what mistakes cost, with the usual guesses for what is not given."""
    from training.own.judging import Costs

    usual = Costs()
    return Costs(
        margin=usual.margin if margin is None else share("--margin", margin),
        fee=usual.fee if fee is None else fee,
        review=usual.review if review_cost is None else review_cost,
    )


def wish(
    decline_cap: str | None, reviews_a_day: float | None, margin: str | None, fee: float | None, by: "Costs"
) -> "Wish":
    """Return what thresholds are chosen by. Raises CannotDo: there are two of them."""
    from training.own.limits import Wish

    given = [decline_cap is not None, reviews_a_day is not None, margin is not None and fee is not None]
    if sum(given) > 1:
        raise CannotDo("thresholds are chosen by one of --decline-cap, --reviews-a-day, --margin with --fee")
    usual = Wish()
    return Wish(
        decline_cap=usual.decline_cap if decline_cap is None else share("--decline-cap", decline_cap),
        reviews_a_day=reviews_a_day,
        costs=by if given[2] else None,
    )


def read_own(
    data: Path | None,
    columns: str | None,
    label_delay_days: int | None,
    decimal: str | None,
    dates: str | None,
    *,
    ledger: bool = False,
    like: Mapping[str, Any] | None = None,
) -> "OwnPayments":
    """
    Read a file, or the ledger.

    Args:
        like: The metadata's `source` of the model that the payments are for: its columns and delay hold where nothing
            says otherwise.

    Raises:
        CannotDo, UnusableDataError: it cannot be read.
    """
    if (data is None) == (not ledger):
        raise CannotDo("--data FILE or --ledger says where your payments are")
    if data is None:
        return _read_ledger(label_delay_days)
    from training.own.names import parse_map
    from training.own.reading import LABEL_DELAY_DAYS, Forms, read_file

    like = like or {}
    forms = Forms(
        decimal=_one_of("--decimal", decimal, {"comma": ",", "point": "."}),
        day_first=_one_of("--dates", dates, {"day-first": True, "month-first": False}),
        label_delay_days=label_delay_days,
        assumed_delay_days=like.get("label_delay_days", LABEL_DELAY_DAYS),
        usual_columns=like.get("columns", {}),
    )
    return read_file(data, parse_map(columns), forms)


def _read_ledger(label_delay_days: int | None) -> "OwnPayments":
    from audit.client import open_ledger
    from audit.errors import AuditError
    from training.own.ledger import read_ledger

    with in_one_line(AuditError), open_ledger() as ledger:
        return read_ledger(ledger, label_delay_days=label_delay_days)


def _one_of(option: str, given: str | None, meanings: Mapping[str, Meaning]) -> Meaning | None:
    if given is None:
        return None
    if given not in meanings:
        raise CannotDo(f"{option}: {given!r} is none of {', '.join(meanings)}")
    return meanings[given]
