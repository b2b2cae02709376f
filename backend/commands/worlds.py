"""Options of commands that simulate: which worlds, and by which rules where they are not the book's."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class World(StrEnum):
    """The kinds of simulated worlds."""

    TOWN = "town"
    HANDBOOK = "handbook"


_PANEL = "The rules of the world (default: the book's)"

Seeds = Annotated[list[int] | None, typer.Option(metavar="N", help="Of a world; may be repeated.")]
Model = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Directory of the artifact. Without it: the shipped model.")
]
Customers = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="How many customers (5000).", rich_help_panel=_PANEL),
]
Terminals = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="How many terminals (10000).", rich_help_panel=_PANEL),
]
Days = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help="How many days from 2018-04-01 on (183).",
        rich_help_panel=_PANEL,
    ),
]
Multiplier = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Of a stolen card's amounts (5).", rich_help_panel=_PANEL)
]
TerminalDays = Annotated[
    int | None,
    typer.Option(
        "--terminal-compromise-days",
        min=1,
        metavar="N",
        help="How long a terminal stays compromised (28).",
        rich_help_panel=_PANEL,
    ),
]
CustomerDays = Annotated[
    int | None,
    typer.Option(
        "--customer-compromise-days",
        min=1,
        metavar="N",
        help="How long a customer stays compromised (14).",
        rich_help_panel=_PANEL,
    ),
]


def only_given(**rules: int | None) -> dict[str, int]:
    """Those rules that are not the book's, by their names in training.world.simulator.Rules."""
    return {name: value for name, value in rules.items() if value is not None}


def town_rules(given: Mapping[str, int]) -> dict[str, int]:
    """The same rules by their names in training.world.town.rules.Rules."""
    names = {"customers": "users", "terminals": "merchants"}
    return {names.get(name, name): value for name, value in given.items()}
