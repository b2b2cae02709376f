"""POST /transaction under a tracer: a gateway enters no more modules than it did, and none of them calls upward."""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from local import commands
from tests.processes import BrainProcess, GatewayProcess
from tests.stack import wait_until

MODULES_MAX = 40  # 40 today, five of them about who may come in; the redesign aims at 26
LAYERS: list[str] = next(
    contract["layers"]
    for contract in tomllib.loads((commands.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    if contract.get("containers") == ["gateway"]
)
DEPTHS = {name: depth for depth, layer in enumerate(LAYERS) for name in layer.split(" | ")}


@pytest.fixture(scope="module")
def traces(mongod_url: str, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Of some ordinary transactions: scored, and committed at once."""
    directory = tmp_path_factory.mktemp("traced")
    file = directory / "traces.json"
    databases = {"GATEWAY_LEDGER_DATABASE": "traced_ledger", "BRAIN_LEDGER_DATABASE": "traced_ledger"}
    environment = databases | {"GATEWAY_LEDGER_BUDGET_MS": "3000", "GATEWAY_SCORING_BUDGET_MS": "3000"}
    with BrainProcess(directory, mongodb_url=mongod_url, environment=environment) as brain:
        gateway = GatewayProcess(directory, mongodb_url=mongod_url, brain_port=brain.port, environment=environment)
        gateway._command = [sys.executable, "-m", "tests.traced_gateway", str(gateway.port), str(file)]
        with gateway:
            wait_until(file.exists, within_s=120)
    found = [trace for trace in json.loads(Path(file).read_text()) if trace["is_ordinary"]]
    assert len(found) >= 4
    return found


def test_a_transaction_enters_no_further_modules(traces: list[dict[str, Any]]) -> None:
    """In all of the gateway's threads, from its connection to its reply."""
    modules = sorted(set.intersection(*(set(trace["modules"]) for trace in traces)))

    assert "gateway.verdict.service" in modules
    assert len(modules) <= MODULES_MAX, "\n".join(modules)


def test_an_ordinary_transaction_passes_by_the_framework(traces: list[dict[str, Any]]) -> None:
    """Its route and our middlewares are for other requests: they cost more than the verdict."""
    modules = set.union(*(set(trace["modules"]) for trace in traces))

    assert "gateway.verdict.intake.ordinary" in modules
    assert modules.isdisjoint({"gateway.api.methods", "gateway.features.transactions.submit"})


def test_no_module_on_the_way_calls_upward(traces: list[dict[str, Any]]) -> None:
    """Not by what was handed down to it either. Only the kit calls whoever gave it a job to do."""
    calls = set.intersection(*({(caller, callee) for caller, callee in trace["calls"]} for trace in traces))

    assert ("gateway.verdict.service", "gateway.ledger.service") in calls
    assert [call for call in sorted(calls) if DEPTHS["kit"] != depth(call[0]) > depth(call[1])] == []


def depth(module: str) -> int:
    """Of its room in the layers: the highest one has 0."""
    return DEPTHS[module.split(".")[1]]
