"""Scores as a test wants them, of a brain that its gateway trusts: no test waits for a model's opinion."""

from local.commands import ROOT
from tests.stack import Stack, wait_until

SHIPPED_MODEL = ROOT / "backend" / "brain" / "artifacts"

# for `running_stack`: the brain was looked at once, when the gateway started, and is not looked at again meanwhile
CONTROLLED = {"BRAIN_FAULT_CONTROL": "true", "GATEWAY_FAULT_CONTROL": "true", "GATEWAY_CANARY_S": "3600"}


def score_all(stack: Stack, risk_score: float) -> None:
    """From now on every payment has this score, and its level."""
    wait_until(lambda: stack.get("/health")["scorer"]["last_canary_at"] is not None)
    response = stack.client.put("/faults", json={"constant_score": risk_score})
    assert response.status_code == 200, response.text


def score_as_the_model_does(stack: Stack) -> None:
    """End that."""
    response = stack.client.put("/faults", json={})
    assert response.status_code == 200, response.text
