"""Writes the report of a training or a backtest: one page for a head of payments, which needs no network."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from brain.domain import DAY_MS
from brain.model.artifact import Model
from training.errors import UnusableDataError
from training.evaluation.reliability import Reliability
from training.own import mistakes
from training.own.charts import Axis, Series, bars, lines
from training.own.comparing import NEW, Comparison, Part
from training.own.judging import Verdicts, money, ranking
from training.own.words import CALLED, FIGURES, date_of, figure, interval, percent

REPORT_FILE = "report.html"
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:68rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{padding:.3rem .7rem;border-bottom:1px solid #ddd;"
    "text-align:right}td:first-child,th:first-child,.words td{text-align:left}small,.range{color:#555;font-size:.8rem}"
    "figure{margin:2rem 0}figcaption{font-weight:600}svg{max-width:100%;font-size:12px}.legend{list-style:none;"
    "padding:0;display:flex;gap:1.5rem;flex-wrap:wrap}.note{border-left:4px solid #c58f00;padding-left:1rem}"
)
COST_POINTS = 120
ENDS = np.array([1e-4, 1.0])


def write_report(
    path: Path, found: Comparison, model: Model, metadata: Mapping[str, Any], notes: Sequence[str]
) -> None:
    """
    Write the page.

    Args:
        path: Of the file.
        found: The comparison whose "new" is `model`.
        metadata: Of its artifact.
        notes: What a reader has to know first.

    Raises:
        UnusableDataError: it cannot be written.
    """
    body = [
        _head(found, model, notes),
        _figures(found),
        _curves(found, model),
        *(_parts(title, found.parts[key]) for key, title in _PARTS if found.parts[key]),
        mistakes.section(found, model),
        _origin(found, metadata),
    ]
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(model.name)} '
        f"{escape(model.version)}</title><style>{STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as failure:
        raise UnusableDataError(f"{path} cannot be written: {failure.strerror}") from failure


_PARTS = (("amount", "By amount"), ("user", "New and known users"), ("category", "By category"))


def _head(found: Comparison, model: Model, notes: Sequence[str]) -> str:
    judged, new = found.judged, found.measured[NEW].figures
    frauds = int(judged.fraud.sum())
    first, last = (date_of(at) for at in (found.split.test_from_ms, found.split.test_until_ms - DAY_MS))
    declined = "none" if new["genuine_declined"] is None else percent(new["genuine_declined"], 2)
    caught = "none" if new["fraud_caught"] is None else percent(new["fraud_caught"])
    may = (
        "It may block."
        if model.may_block
        else "It may not block: what it would decline goes to people, or is approved."
    )
    said = "".join(f'<p class="note">{escape(note)}</p>' for note in notes)
    return (
        f"<h1>{escape(model.name)} {escape(model.version)}</h1>"
        f"<p>Tested on {judged.fraud.size:,} payments of {first} to {last}, {frauds:,} of them fraud; it was not "
        f"trained on them. By its thresholds it declines <strong>{declined}</strong> of the genuine payments, and "
        f"catches <strong>{caught}</strong> of the frauds, declined or reviewed. {may}</p>{said}"
    )


def _figures(found: Comparison) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for _, heading, _ in FIGURES)
    rows = []
    for name, one in found.measured.items():
        cells = "".join(
            f'<td>{figure(key, one.figures[key])}<br><span class="range">{interval(key, one)}</span></td>'
            for key, _, _ in FIGURES
        )
        rows.append(f"<tr><td>{escape(CALLED[name])}</td>{cells}</tr>")
    costs = found.costs
    nothing = money(found.judged, _approve_all(found), costs, found.judged.weight) or 0.0
    return (
        f"<h2>How good it is</h2><table><tr><th></th>{head}</tr>{''.join(rows)}</table>"
        "<p><small>The small ranges hold the true figure in 95 of 100 cases, as far as users differ by chance. AP is "
        "the mean share of frauds among the payments ranked highest; frauds found at 0.1 % are those above the score "
        "that flags 0.1 % of genuine payments. Cost is per 100,000 payments: a missed fraud costs its amount and "
        f"{costs.fee:g}, a declined genuine payment {costs.margin:.0%} of its amount, a review {costs.review:g}; "
        f"approving everything costs {nothing:,.0f}.</small></p>"
    )


def _curves(found: Comparison, model: Model) -> str:
    judged = found.judged
    precision, cost = [], []
    for name, verdicts in found.verdicts.items():
        if not judged.fraud.any() or judged.fraud.all():
            break
        recall, _, share = ranking(judged.fraud, verdicts.scores, judged.weight)
        precision.append(Series(CALLED[name], recall, share))
        cost.append(_cost_curve(found, name))
    parts = []
    if precision:
        whole = Axis("share of frauds found", 0, 1, percent_text)
        parts.append(
            lines(
                "How many of the flagged are frauds", precision, whole, Axis("frauds among flagged", 0, 1, percent_text)
            )
        )
        most = max(float(one.y.max()) for one in cost) or 1.0
        parts.append(
            lines(
                "What it costs per 100,000 payments, by how many are declined", cost,
                Axis("share of all payments declined", 1e-5, 0.2, lambda share: f"{100 * share:g} %", is_log=True),
                Axis("cost", 0, most, lambda value: f"{value:,.0f}"),
            )
        )  # fmt: skip
    reliability = Reliability.of(judged.fraud, np.clip(found.verdicts[NEW].scores, 0, 1))
    predicted = np.array([one.predicted for one in reliability.bins])
    observed = np.array([one.observed for one in reliability.bins])
    scale = Axis("risk score", 1e-4, 1, lambda value: f"{value:g}", is_log=True)
    parts.append(
        lines(
            "Is a risk score a probability?",
            [Series(CALLED[NEW], predicted, observed), Series("if it were exactly", ENDS, ENDS)],
            scale, Axis("share that was fraud", 1e-4, 1, lambda value: f"{value:g}", is_log=True),
        )
    )  # fmt: skip
    if found.parts["amount"]:
        shares = [part.measured.figures["genuine_declined"] or 0.0 for part in found.parts["amount"]]
        names = [part.name for part in found.parts["amount"]]
        parts.append(bars("Genuine payments declined, by amount", names, shares, lambda share: percent(share, 2)))
    limits = ", ".join(f"{level} from {score:.4f}" for level, score in model.thresholds.items())
    return f"<h2>How it ranks, and what thresholds cost</h2><p>Its thresholds: {limits}.</p>{''.join(parts)}"


def percent_text(share: float) -> str:
    """Write a share without decimals."""
    return percent(share, 0)


def _cost_curve(found: Comparison, name: str) -> Series:
    scores = found.verdicts[name].scores
    ordered = np.sort(scores)[::-1]
    places = np.unique(np.geomspace(1, max(2, scores.size // 5), COST_POINTS).astype(np.int64)) - 1
    costs = [
        money(found.judged, Verdicts.by(scores, high=float(at), critical=float(at)), found.costs, found.judged.weight)
        or 0
        for at in ordered[places]
    ]
    return Series(CALLED[name], (places + 1) / scores.size, np.array(costs))


def _approve_all(found: Comparison) -> Verdicts:
    return Verdicts.by(np.zeros(found.judged.fraud.size), high=1.0, critical=1.0)


def _parts(title: str, parts: Sequence[Part]) -> str:
    keys = ("genuine_declined", "genuine_reviewed", "fraud_caught", "fraud_value_caught", "ap")
    heads = {key: heading for key, heading, _ in FIGURES}
    head = "".join(f"<th>{escape(heads[key])}</th>" for key in keys)
    rows = "".join(
        f"<tr><td>{escape(part.name)}</td><td>{part.payments:,}</td><td>{part.frauds:,}</td>"
        + "".join(f"<td>{figure(key, part.measured.figures[key])}</td>" for key in keys)
        + "</tr>"
        for part in parts
    )
    return f"<h2>{title}</h2><table><tr><th></th><th>payments</th><th>frauds</th>{head}</tr>{rows}</table>"


def _origin(found: Comparison, metadata: Mapping[str, Any]) -> str:
    facts = {
        "trained on": metadata.get("trained_on"),
        "payments and frauds": f"{metadata.get('rows', 0):,} and {metadata.get('frauds', 0):,}",
        "thresholds chosen": metadata.get("thresholds_chosen"),
        "file": metadata.get("source", {}).get("file"),
        "its SHA-256": metadata.get("source", {}).get("sha256"),
        "SHA-256 of the model": metadata.get("sha256"),
        "labels known after": f"{found.own.label_delay_days} days ({found.own.delay_from})",
        "LightGBM": metadata.get("lightgbm"),
    }
    rows = "".join(f"<tr><td>{key}</td><td>{escape(str(value))}</td></tr>" for key, value in facts.items() if value)
    wrong = "".join(f"<li>{escape(said)}</li>" for said in found.own.wrong)
    return f'<h2>Where it comes from</h2><table class="words">{rows}</table>' + (f"<ul>{wrong}</ul>" if wrong else "")
