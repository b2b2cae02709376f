"""Injected faults are seen and switched over REST, where gateway and brain allow it, and what was hurt heals."""

import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.api.reply import Problem
from gateway.features.brains.schemas import FaultsOut
from tests.stack import Stack, running_stack, wait_until

OFF = {
    "latency_rate": 0.0, "latency_s": 2.0, "error_rate": 0.0, "drop_rate": 0.0, "nan_rate": 0.0, "wrong_id_rate": 0.0,
    "constant_score": None,
}  # fmt: skip
HOSTILE = {
    "rate above 1": (b'{"latency_rate": 1.01}', 422, "/latency_rate"),
    "rate below 0": (b'{"error_rate": -0.1}', 422, "/error_rate"),
    "NaN": (b'{"drop_rate": NaN}', 422, "/drop_rate"),
    "Infinity": (b'{"latency_s": Infinity}', 422, "/latency_s"),
    "1e999": (b'{"latency_s": 1e999}', 422, "/latency_s"),
    "a minute and more": (b'{"latency_s": 60.5}', 422, "/latency_s"),
    "huge": (b'{"nan_rate": ' + b"9" * 3000 + b"}", 422, "/nan_rate"),
    "text": (b'{"wrong_id_rate": "0.1"}', 422, "/wrong_id_rate"),
    "true": (b'{"constant_score": true}', 422, "/constant_score"),
    "null where there is no off": (b'{"latency_rate": null}', 422, "/latency_rate"),
    "unknown field": (b'{"latency_rat": 0.1}', 422, "/latency_rat"),
    "one bad among good": (b'{"error_rate": 1, "constant_score": 2}', 422, "/constant_score"),
    "array": (b"[]", 422, ""),
    "deep nesting": (b"[" * 2000 + b"]" * 2000, 400, None),
    "not JSON": (b"drop_rate=1", 400, None),
    "empty": (b"", 400, None),
    "5 kB": (b'{"drop_rate": 0' + b" " * 5000 + b"}", 413, None),
}


@pytest.fixture(scope="module")
def drill(mongod_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that takes changes, and whose circuit tries again after a second."""
    run = secrets.token_hex(6)
    environment = {
        "GATEWAY_LEDGER_DATABASE": f"fraud_ledger_{run}",
        "BRAIN_LEDGER_DATABASE": f"fraud_ledger_{run}",
        "GATEWAY_FAULT_CONTROL": "true",
        "BRAIN_FAULT_CONTROL": "true",
        "GATEWAY_CIRCUIT_RESET_S": "1",
    }
    with running_stack(tmp_path_factory.mktemp("faults"), mongod_url, environment) as running:
        yield running


def put(stack: Stack, faults: dict[str, Any]) -> httpx.Response:
    """Ask for these, and only these."""
    return stack.client.put("/faults", json=faults)


def injected(stack: Stack) -> list[Any]:
    """What each brain says that it injects."""
    reply = stack.get("/faults")
    FaultsOut.model_validate(reply)
    return [brain["faults"] for brain in reply["brains"]]


@pytest.mark.parametrize(
    ("faults", "severity"), [({"latency_rate": 0.1}, "notice"), ({"error_rate": 0.01}, "degraded")]
)
def test_faults_that_are_on_are_told_without_traffic(drill: Stack, faults: dict[str, Any], severity: str) -> None:
    """Nobody asks for a verdict, and within 3 s neither /health nor the metrics say that all is well."""
    wait_until(lambda: conditions(drill) == {})
    put(drill, faults)
    try:
        wait_until(lambda: conditions(drill) == {"INJECTED_FAULTS": severity}, within_s=3.0)
        health, metrics = drill.get("/health"), drill.client.get("/metrics").text
    finally:
        put(drill, {})

    assert (health["status"], health["conditions"][0]["figures"]) == ("degraded", {"brains": 1, "brains_asked": 1})
    assert health["summary"].startswith("Faults are injected on purpose: ")
    assert "\nsentinel_healthy 0.0\n" in metrics
    assert '\nsentinel_status{condition="INJECTED_FAULTS"} 1.0\n' in metrics
    wait_until(lambda: conditions(drill) == {})


def conditions(stack: Stack) -> dict[str, str]:
    """What is wrong, with how bad it is."""
    return {condition["code"]: condition["severity"] for condition in stack.get("/health")["conditions"]}


def test_dropped_answers_make_verdicts_blind_and_switching_off_heals(drill: Stack) -> None:
    """Nobody has to restart anything, and neither health nor the way to the switch is hurt meanwhile."""
    assert drill.post("before")["scored"] is True

    hurt = put(drill, {"drop_rate": 1})
    blind = drill.post("meanwhile")
    probes = [drill.client.get(path).status_code for path in ("/health", "/health/live", "/health/ready")]
    seen = injected(drill)
    healed = put(drill, {})

    assert hurt.status_code == 200
    assert FaultsOut.model_validate(hurt.json()).model_dump() == {
        "is_enabled": True,
        "brains": [
            {"address": f"127.0.0.1:{drill.brain.port}", "is_allowed": True, "faults": OFF | {"drop_rate": 1.0}}
        ],
    }
    assert (blind["scored"], blind["risk_score"]) == (False, None)
    assert blind["fallback"]["reason_code"] == "SCORER_TIMEOUT"
    assert probes == [200, 200, 200]
    assert drill.brain.is_running
    assert seen == [OFF | {"drop_rate": 1.0}]
    assert [brain["faults"] for brain in healed.json()["brains"]] == [OFF]
    wait_until(lambda: drill.post(f"after-{secrets.token_hex(4)}")["scored"])


def test_a_replacement_turns_off_what_it_leaves_out(drill: Stack) -> None:
    """It is whole; the same again changes nothing."""
    first = put(drill, {"latency_rate": 0.25, "latency_s": 0.1, "nan_rate": 0.5})
    second = put(drill, {"latency_rate": 0.25})
    again = put(drill, {"latency_rate": 0.25})
    put(drill, {})

    assert [brain["faults"] for brain in first.json()["brains"]] == [
        OFF | {"latency_rate": 0.25, "latency_s": 0.1, "nan_rate": 0.5}
    ]
    assert [brain["faults"] for brain in second.json()["brains"]] == [OFF | {"latency_rate": 0.25}]
    assert again.json() == second.json()
    assert injected(drill) == [OFF]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_are_refused_and_switch_nothing(drill: Stack, name: str) -> None:
    """By place, where there is one; the brain injects what it did before."""
    body, status, pointer = HOSTILE[name]

    response = drill.client.put("/faults", content=body, headers={"content-type": "application/json"})

    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(response.json())
    assert [error.pointer for error in problem.errors or []] == ([] if pointer is None else [pointer])
    assert "request.crashed" not in drill.gateway.log()
    assert injected(drill) == [OFF]


@pytest.mark.parametrize("declared", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_faults_that_are_not_declared_as_json_switch_nothing(drill: Stack, declared: str | None) -> None:
    """A browser would send such a body for any page."""
    headers = {} if declared is None else {"Content-Type": declared}

    refused = drill.client.put("/faults", content=b'{"drop_rate": 1}', headers=headers)

    assert (refused.status_code, Problem.model_validate(refused.json()).code) == (415, "NOT_DECLARED_AS_JSON")
    assert injected(drill) == [OFF]


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example:8000",
        "rebound.example",
        "127.0.0.1.rebound.example",
        "localhost.rebound.example",
        "a..",
        ":8000",
        "[x]",
    ],
)
def test_faults_are_not_switched_under_a_name_that_anybody_may_own(drill: Stack, host: str) -> None:
    """Such a name may lead to another site's page first and to this machine next; then Origin and Host agree."""
    headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}

    refused = drill.client.put("/faults", json={"drop_rate": 1}, headers=headers)

    problem = Problem.model_validate(refused.json())
    assert (refused.status_code, problem.code) == (403, "UNSAFE_HOST")
    assert "localhost" in problem.detail
    assert injected(drill) == [OFF]


@pytest.mark.parametrize(
    "host", ["localhost:3000", "LOCALHOST", "app.localhost:8000", "10.1.2.3:8000", "[::1]:8000", "gateway:8000"]
)
def test_faults_are_switched_under_a_local_name(drill: Stack, host: str) -> None:
    """What no other site can be called: an address, localhost, a service of the same network."""
    assert drill.client.put("/faults", json={}, headers={"Host": host}).status_code == 200


def test_a_gateway_refuses_unless_it_was_started_for_it(stack: Stack) -> None:
    """By default everybody may look, and nobody may switch; also what would not be valid is refused for that."""
    refused = [put(stack, {}), put(stack, {"drop_rate": 7})]

    assert stack.get("/faults") == {
        "is_enabled": False,
        "brains": [{"address": f"127.0.0.1:{stack.brain.port}", "is_allowed": False, "faults": OFF}],
    }
    for response in refused:
        problem = Problem.model_validate(response.json())
        assert (response.status_code, problem.code) == (403, "FAULTS_DISABLED")
        assert "GATEWAY_FAULT_CONTROL" in problem.detail


def test_a_silent_brain_is_shown_as_silent_and_unconfirmed(drill: Stack) -> None:
    """No guess at what it injects: null, and 503 for who wants to change it. Awake again, it takes the same request."""
    drill.brain.freeze()
    try:
        silent = drill.get("/faults")["brains"]
        refused = put(drill, {"error_rate": 0.5})
    finally:
        drill.brain.thaw()
    taken = put(drill, {"error_rate": 0.5})
    put(drill, {})

    assert silent == [{"address": f"127.0.0.1:{drill.brain.port}", "is_allowed": False, "faults": None}]
    assert (refused.status_code, Problem.model_validate(refused.json()).code) == (503, "FAULTS_UNCONFIRMED")
    assert refused.headers["retry-after"] == "1"
    assert [brain["faults"] for brain in taken.json()["brains"]] == [OFF | {"error_rate": 0.5}]


def test_a_dead_brain_is_still_listed_and_comes_back_as_its_environment_says(drill: Stack) -> None:
    """What was switched on at run time ends with the process."""
    address = f"127.0.0.1:{drill.brain.port}"
    put(drill, {"constant_score": 0.5})

    drill.brain.kill()
    wait_until(lambda: not drill.get("/circuit/status")["scorer_reachable"])
    dead = drill.get("/faults")["brains"]
    drill.brain.start()
    wait_until(lambda: drill.get("/faults")["brains"] != dead)

    assert dead == [{"address": address, "is_allowed": False, "faults": None}]
    assert injected(drill) == [OFF]
