"""What a brain makes sure of before a promoted model serves."""

import hashlib
from typing import Any

import pytest

from brain.errors import ArtifactError
from brain.rollout.check import ANY_TWO, check_artifact
from brain.rollout.models import REASON_CHARS_MAX, Refused
from gateway.scoring.canary import pair
from money.currencies import DEFAULT_RATES_FILE, load_rates
from records.models import Artifact
from tests.promoted import an_artifact

RATES = load_rates(DEFAULT_RATES_FILE)


def test_a_model_that_scores_its_canaries_may_serve() -> None:
    """As the gateway will ask them."""
    assert check_artifact(an_artifact("next"), RATES).version == "next"


def test_a_model_without_canaries_must_tell_two_payments_apart() -> None:
    """A gateway takes one score for both as a brain that does not score: no verdict would have one any more."""
    told_apart = an_artifact("next", canaries=[])
    text = told_apart.model.replace(b"leaf_value=-5 -1 4", b"leaf_value=-5 -5 -5")
    metadata = told_apart.metadata.replace(sha256(told_apart.model), sha256(text))

    assert check_artifact(told_apart, RATES).canaries == ()
    with pytest.raises(ArtifactError, match="no canaries"):
        check_artifact(Artifact(text, metadata), RATES)


@pytest.mark.parametrize("changes", [{"name": 7}, {"trained_on": None}])
def test_a_model_that_no_reply_can_name_may_not_serve(changes: dict[str, Any]) -> None:
    """Each score, or each Describe, would fail after it was taken up."""
    with pytest.raises(ArtifactError, match="must be text"):
        check_artifact(an_artifact("next", **changes), RATES)


def test_a_reason_is_short_whatever_is_wrong() -> None:
    """It goes into each Describe, of which a gateway takes 4 MB."""
    with pytest.raises(ArtifactError) as error:
        check_artifact(an_artifact("next", thresholds={"medium": "x" * 100_000}), RATES)

    assert len(Refused.of("id", error.value).reason) <= REASON_CHARS_MAX


def test_the_two_payments_are_those_of_the_gateway() -> None:
    """The rooms do not import each other."""
    asked = {(canary.minor_units, canary.currency) for canary in (pair.ANY_TWO.clean, pair.ANY_TWO.risky)}

    assert set(ANY_TWO) == asked


def sha256(content: bytes) -> bytes:
    """As the metadata hold it."""
    return hashlib.sha256(content).hexdigest().encode()
