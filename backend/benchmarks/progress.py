"""How a benchmark says how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]  # what is being measured, how many are done, of how many
