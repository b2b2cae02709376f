"""Real replies are what the document says, field by field: a client is generated from it."""

import re
from collections.abc import Iterator

import pytest

from gateway.api.reply import Reply
from gateway.features.alerts.api import AlertsOut
from gateway.features.brains.schemas import CircuitStatusOut, FaultsOut
from gateway.features.exposure.api import ExposureOut
from gateway.features.health.schemas import HealthOut, LiveOut, ReadyOut
from gateway.features.ledger_status.schemas import LedgerStatusOut
from gateway.features.outages.schemas import OutagesOut
from gateway.features.stats.schemas import StatsOut
from gateway.features.transactions.schemas import PageOut, ReviewsOut
from tests.stack import Stack

REPLIES: dict[str, type[Reply]] = {
    "/alerts": AlertsOut,
    "/circuit/status": CircuitStatusOut,
    "/exposure": ExposureOut,
    "/faults": FaultsOut,
    "/health": HealthOut,
    "/health/live": LiveOut,
    "/health/ready": ReadyOut,
    "/ledger/status": LedgerStatusOut,
    "/outages": OutagesOut,
    "/reviews": ReviewsOut,
    "/stats": StatsOut,
    "/transactions?limit=5": PageOut,
}
A_TIME = re.compile(r"\d{4}-\d\d-\d\dT")
THE_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.mark.parametrize("path", REPLIES)
def test_a_reply_has_the_fields_of_its_schema_and_no_others(stack: Stack, path: str) -> None:
    """None is missing, none has another name, none another type."""
    schema = REPLIES[path]

    reply = schema.model_validate_json(stack.client.get(path).text)

    assert reply.model_fields_set == schema.model_fields.keys()


@pytest.mark.parametrize("path", REPLIES)
def test_every_time_has_one_form(stack: Stack, path: str) -> None:
    """UTC with milliseconds: text that sorts by time."""
    stack.post("t-for-a-time")

    for text in texts_in(stack.get(path)):
        assert not A_TIME.match(text) or THE_FORM.fullmatch(text), text


def texts_in(node: object) -> Iterator[str]:
    """Every text below a node."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, (dict, list)):
        for child in node.values() if isinstance(node, dict) else node:
            yield from texts_in(child)
