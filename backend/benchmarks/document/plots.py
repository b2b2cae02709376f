"""Draws bars as SVG, readable on a light and on a dark page."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

from benchmarks.document.tables import number

COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44")  # Paul Tol's "bright": apart for colour-blind readers
WIDTH, LABEL_WIDTH, VALUE_WIDTH, BAR, GAP, TOP = 720, 120, 90, 16, 14, 56


def bars(title: str, groups: Mapping[str, Mapping[str, float]]) -> str:
    """
    Draw one bar for each value.

    Args:
        title: What is measured, and its unit.
        groups: Label of a group to its values by series; every group has the same series.
    """
    series = list(next(iter(groups.values())))
    most = max(value for values in groups.values() for value in values.values())
    scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / most
    parts, y = list(_head(title, series)), TOP
    for label, values in groups.items():
        parts.append(_text(LABEL_WIDTH - 8, y + len(values) * BAR / 2 + 4, label, anchor="end"))
        for colour, value in zip(COLOURS, values.values(), strict=False):
            width = max(1.0, value * scale)
            parts.append(f'<rect x="{LABEL_WIDTH}" y="{y}" width="{width:.1f}" height="{BAR - 2}" fill="{colour}"/>')
            parts.append(_text(LABEL_WIDTH + width + 6, y + BAR - 5, number(value)))
            y += BAR
        y += GAP
    return _page(parts, height=y)


def _head(title: str, series: list[str]) -> list[str]:
    parts, x = [_text(8, 20, title, weight="bold")], LABEL_WIDTH
    for colour, name in zip(COLOURS, series, strict=False):
        parts.append(f'<rect x="{x}" y="32" width="10" height="10" fill="{colour}"/>')
        parts.append(_text(x + 15, 41, name))
        x += 35 + 8 * len(name)
    return parts


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-weight="{weight}">{escape(text)}</text>'


def _page(parts: list[str], *, height: int) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="12" fill="#222222">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )
