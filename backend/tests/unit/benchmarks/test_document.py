"""docs/benchmarks.md says what the committed figures say, and nobody types one into it."""

import re

from benchmarks import results
from benchmarks.document import chain, writer
from benchmarks.document.plots import bars


def test_the_document_is_made_of_the_committed_figures() -> None:
    """Whoever measured anew has written it anew: `./setup.sh bench` does both."""
    assert writer.DOCUMENT.read_text(encoding="utf-8") == writer.document()


def test_the_plots_are_made_of_the_committed_figures() -> None:
    """As the document is."""
    found = results.read("chain")
    assert found is not None

    for name, svg in chain.plots(found):
        assert (writer.DOCUMENT.parent / f"{name}.svg").read_text(encoding="utf-8") == svg


def test_every_place_of_the_template_has_a_section() -> None:
    """A misspelt one would stay in the text."""
    places = re.findall(r"^\{(\w+)\}$", writer.TEMPLATE.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(places) == set(writer.SECTIONS)


def test_a_bar_is_as_long_as_its_value() -> None:
    """Twice the value, twice the length."""
    svg = bars("things a second", {"one": {"a": 1.0, "b": 2.0}})

    short, long = (float(width) for width in re.findall(r'<rect x="120" y="\d+" width="([\d.]+)" height="14"', svg))
    assert abs(long - 2 * short) <= 0.1
