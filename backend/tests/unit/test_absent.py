"""A test that lacks what it needs is skipped at home and fails where CI is set."""

import pytest

from tests.absent import skip_or_fail


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_what_is_missing_is_named_and_in_ci_it_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    """An empty variable is as good as none."""
    monkeypatch.setenv("CI", ci)

    with pytest.raises(outcome, match="needs a browser"):
        skip_or_fail("needs a browser")
