"""A whole stack in an environment with proxies, one kind after the other: it comes up, and scores a payment."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.drills.conftest import full_only
from tests.local_stack import StackUnderTest
from tests.proxies import ENVIRONMENTS
from tests.webhooks import SECRET

pytestmark = full_only  # all of them at once: tests/integration/test_local_stack.py


@pytest.mark.parametrize("webhook", ["", "https://192.0.2.1/hooks"], ids=["no webhook", "webhook"])
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_stack_comes_up_and_scores_whatever_proxies_the_environment_names(
    name: str, webhook: str, tmp_path: Path, mongod_binary: Path, tell: Callable[[str], None]
) -> None:
    """The brain is reached without one, and a webhook that cannot be sent keeps nothing from starting."""
    stack = StackUnderTest(tmp_path / "home")
    stack.environment |= ENVIRONMENTS[name]
    if webhook:
        stack.environment |= {"GATEWAY_WEBHOOK_URL": webhook, "GATEWAY_WEBHOOK_SECRET": SECRET}
    try:
        up = stack.run("up", "--detach")
        assert up.returncode == 0, up.stdout
        verdict = stack.post()
        tell(f"{name}: {verdict.status_code}, scored {verdict.json()['scored']}")

        assert verdict.status_code == 200
        assert verdict.json()["scored"] is True
    finally:
        stack.run("down", "--volumes")
