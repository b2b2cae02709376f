"""No document promises anything about real fraud: what was tried was simulated, or a model was trained on it there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
_DOES = (
    r"(?:catch(?:es)?|caught|stop(?:s|ped)?|prevent(?:s|ed)?|reduc(?:es?|ed)|cuts?|detect(?:s|ed)?|saves?|finds?|found)"
)
CLAIM = re.compile(
    rf"\b{_DOES}\b[^.|]*\bfrauds?\b|\bfrauds? (?:losses|rates?) (?:falls?|drops?)"
    r"|\breal(?:-world)? (?:fraud|payments)\b|\bstate of the art\b"
    r"|\bbest-in-class\b|\b(?:more|most|highly) accurate\b|\boutperforms?\b|\buplift\b|\blift\b",
    re.IGNORECASE,
)
# Words of a sentence that says of which payments it speaks, or that it promises nothing.
GROUND = re.compile(
    r"\b(?:simulated|town|Handbook|trained there|your own|do(?:es)? not know|learned from|not (?:yet )?evidence"
    r"|no evidence|nothing (?:here|in it|below)|adapts|at that cap|on the file)\b",
    re.IGNORECASE,
)


def claims(text: str) -> Iterator[str]:
    """Sentences, cells and items that speak of what is done to fraud without saying of which payments."""
    for sentence in re.split(r"(?<=[.!?:;])\s+|\||\n\s*\n|\n\s*[-*#]", text):
        if CLAIM.search(sentence) and not GROUND.search(sentence):
            yield " ".join(sentence.split())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_claims_lift_on_real_payments(document: Path) -> None:
    """Say of which payments a figure is, or say nothing."""
    assert list(claims(document.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "claim",
    ["Sentinel catches 80 % of fraud.", "It stops card fraud before\nit happens", "| x | fraud losses fall by half |",
     "The most accurate model there is.", "Proven on real payments."],
)  # fmt: skip
def test_a_claim_is_seen(claim: str) -> None:
    """In a sentence, over two lines, in a table."""
    assert len(list(claims(claim))) == 1


def test_the_model_card_says_first_what_it_does_to_genuine_customers() -> None:
    """False declines stand before anything that is found."""
    card = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8")

    assert card.index("genuine ones declined") < card.index("frauds stopped") < card.index("## Thresholds")
    assert card.index("## Appendix: the Handbook's world") > card.index("## Limits")
