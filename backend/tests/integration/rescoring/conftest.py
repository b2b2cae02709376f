"""What tests of rescoring share: times so short that an outage with all that follows fits into a test."""

import pytest

SETTINGS = {
    "GATEWAY_CIRCUIT_RESET_S": "1",
    "GATEWAY_CANARY_S": "1",
    "GATEWAY_BLIND_ALERT_S": "2",
}


@pytest.fixture
def environment(fresh_databases: dict[str, str], amount_model: dict[str, str]) -> dict[str, str]:
    """Short times: the order of events is the same."""
    return fresh_databases | amount_model | SETTINGS


@pytest.fixture
def with_worker() -> bool:
    """Who scores again is a worker."""
    return True
