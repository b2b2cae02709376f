"""Draws charts as SVG within a page: no script, and nothing from the network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

COLOURS = ("#0b6e4f", "#b3261e", "#8a8a8a", "#c58f00")  # told apart in grey too, with the dashes below
DASHES = ("", "6 3", "2 3", "8 3 2 3")
WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 44
POINTS_MAX = 400


@dataclass(frozen=True, slots=True)
class Series:
    """A line by its name: x and y are (n,)."""

    name: str
    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True)
class Axis:
    """
    One direction of a chart.

    Attributes:
        name: What is shown, with its unit.
        low, high: Its ends.
        text: Writes a value beside its mark.
        is_log: Whether equal steps are equal ratios.
    """

    name: str
    low: float
    high: float
    text: Callable[[float], str]
    is_log: bool = False

    def place(self, values: Floats) -> Floats:
        """Return places from 0 to 1 along it; values outside are put at its ends."""
        inside = np.clip(values, self.low, self.high)
        if self.is_log:
            return np.asarray(np.log(inside / self.low) / np.log(self.high / self.low))
        return np.asarray((inside - self.low) / (self.high - self.low))

    @property
    def marks(self) -> list[float]:
        """Values at which the axis is labelled."""
        if self.is_log:
            first, last = int(np.ceil(np.log10(self.low) - 1e-9)), int(np.floor(np.log10(self.high) + 1e-9))
            return [10.0**power for power in range(first, last + 1)]
        return [float(value) for value in np.linspace(self.low, self.high, 6)]


def lines(title: str, series: Sequence[Series], x: Axis, y: Axis) -> str:
    """Draw lines, with their names above."""
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    body = [_frame(x, y)]
    for at, one in enumerate(series):
        keep = np.unique(np.linspace(0, one.x.size - 1, min(POINTS_MAX, one.x.size)).astype(np.int64))
        xs, ys = LEFT + wide * x.place(one.x[keep]), TOP + high * (1 - y.place(one.y[keep]))
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(xs.tolist(), ys.tolist(), strict=True))
        style = f'stroke="{COLOURS[at % 4]}" stroke-dasharray="{DASHES[at % 4]}"'
        body.append(f'<polyline fill="none" stroke-width="2" {style} points="{points}"/>')
    return _figure(title, [one.name for one in series], "".join(body))


def bars(title: str, names: Sequence[str], values: Sequence[float], text: Callable[[float], str]) -> str:
    """Draw one bar for each name, with its value behind it."""
    step, most = 26, max([*values, 1e-12])
    height = TOP + step * len(names) + 8
    body = []
    for at, (name, value) in enumerate(zip(names, values, strict=True)):
        y = TOP + at * step
        long = (WIDTH - 300) * value / most
        body.append(
            f'<text x="190" y="{y + 15}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="200" y="{y + 3}" width="{long:.1f}" height="16" fill="{COLOURS[0]}"/>'
            f'<text x="{206 + long:.1f}" y="{y + 15}">{escape(text(value))}</text>'
        )
    return _figure(title, [], "".join(body), height=height)


def _frame(x: Axis, y: Axis) -> str:
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    parts = [
        f'<rect x="{LEFT}" y="{TOP}" width="{wide}" height="{high}" fill="none" stroke="#bbb"/>',
        f'<text x="{LEFT + wide / 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape(x.name)}</text>',
        f'<text transform="translate(12,{TOP + high / 2}) rotate(-90)" text-anchor="middle">{escape(y.name)}</text>',
    ]
    for mark in x.marks:
        at = LEFT + wide * float(x.place(np.array([mark]))[0])
        parts.append(f'<text x="{at:.1f}" y="{TOP + high + 16}" text-anchor="middle">{escape(x.text(mark))}</text>')
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{TOP + high}" stroke="#eee"/>')
    for mark in y.marks:
        at = TOP + high * (1 - float(y.place(np.array([mark]))[0]))
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{escape(y.text(mark))}</text>')
        parts.append(f'<line x1="{LEFT}" x2="{LEFT + wide}" y1="{at:.1f}" y2="{at:.1f}" stroke="#eee"/>')
    return "".join(parts)


def _figure(title: str, names: Sequence[str], body: str, *, height: int = HEIGHT) -> str:
    legend = "".join(
        f'<li><svg width="28" height="8" aria-hidden="true"><line x1="0" x2="28" y1="4" y2="4" stroke-width="2" '
        f'stroke="{COLOURS[at % 4]}" stroke-dasharray="{DASHES[at % 4]}"/></svg> {escape(name)}</li>'
        for at, name in enumerate(names)
    )
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><ul class="legend">{legend}</ul>'
        f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {WIDTH} {height}">{body}</svg></figure>'
    )
