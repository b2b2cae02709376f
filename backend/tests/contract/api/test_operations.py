"""What operators and orchestrators are promised."""

import re
import secrets
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from gateway.domain import BlindReason
from gateway.features.health.conditions import ConditionCode
from gateway.features.health.schemas import HealthOut
from gateway.features.ledger_status.schemas import LedgerStatusOut
from gateway.features.stats.schemas import StatsOut
from gateway.features.traffic.schemas import OutcomeCountsOut, TrafficOut
from gateway.kit import clock
from tests.markdown import ROOT, documents
from tests.stack import Stack, wait_until


def test_health_tells_the_whole_picture(stack: Stack) -> None:
    """Each neighbour by name; healthy, because nothing at all is wrong."""
    wait_until(lambda: stack.get("/health")["status"] == "healthy")

    health = stack.get("/health")

    HealthOut.model_validate(health)
    assert (health["status"], health["conditions"]) == ("healthy", [])
    assert health["summary"].startswith("No fault is known.")
    assert health["services"]["brain"] == {"status": "up", "circuit": "closed"}
    assert health["services"]["ledger"]["status"] == "up"
    assert health["policy"]["error"] is None
    assert len(health["policy"]["version"]) == 12
    assert health["lists"]["as_of"] is not None


def test_the_circuits_status_carries_the_whole_status(stack: Stack) -> None:
    """Pages that poll it each second need no second answer to know whether all is well."""
    wait_until(lambda: stack.get("/health")["status"] == "healthy")

    health = stack.get("/circuit/status")["health"]

    assert health.keys() == {"status", "summary", "conditions"}
    assert (health["status"], health["conditions"]) == ("healthy", [])


def test_metrics_tell_the_status(stack: Stack) -> None:
    """Every condition is there from the start, so that an alert on one of them can be written."""
    wait_until(lambda: stack.get("/health")["status"] == "healthy")
    stack.post(f"status-{secrets.token_hex(6)}")

    assert samples(stack, "sentinel_healthy") == {(): 1.0}
    assert samples(stack, "sentinel_status") == {(code.value,): 0.0 for code in ConditionCode}
    assert samples(stack, "sentinel_unscored_share") == {(): 0.0}
    assert samples(stack, "sentinel_degraded_share").keys() == {()}


def test_exposure_says_what_may_be_approved_blind(stack: Stack) -> None:
    """The caps as shipped; a gateway that is alone holds all of the one for an outage."""
    wait_until(lambda: stack.get("/exposure")["per_outage"]["share"] == "1000000.00")

    exposure = stack.get("/exposure")

    assert exposure["reference_currency"] == "USD"
    assert exposure["per_transaction"] == {"cap": "2000.00"}
    assert exposure["per_user_hour"] == {"cap": "20000.00", "share": "20000.00"}
    assert exposure["per_outage"] == {
        "cap": "1000000.00", "share": "1000000.00", "share_is_known": True, "spent": "0.00"
    }  # fmt: skip
    assert (exposure["gateways_at_most"], exposure["gateways_seen"], exposure["others"]) == (1, 1, [])


def test_live_and_ready_are_shallow(stack: Stack) -> None:
    """They say that this process works, and nothing of its neighbours."""
    assert stack.get("/health/live") == {"status": "live"}
    assert stack.get("/health/ready") == {"status": "ready"}


def test_circuit_status_says_what_an_operator_needs(stack: Stack) -> None:
    """State, count against threshold, time to the trial, and every instance."""
    status = stack.get("/circuit/status")

    assert (status["state"], status["fleet_state"]) == ("closed", "closed")
    assert (status["failures"], status["fail_max"], status["retry_after_ms"]) == (0, 3, 0)
    assert status["reset_timeout_s"] == 30.0
    assert status["scorer_reachable"] is True
    assert len(status["instances"]) == 1
    assert [(brain["reach"], brain["is_suspect"]) for brain in status["brains"]] == [("live", False)]


def test_the_ledgers_status_says_when_it_was_counted(stack: Stack) -> None:
    """What was acknowledged is what was committed then, and what waits now."""
    first = LedgerStatusOut.model_validate(stack.get("/ledger/status"))
    stack.post(f"counted-{secrets.token_hex(6)}")
    wait_until(lambda: stack.get("/ledger/status")["committed"] > first.committed)

    later = LedgerStatusOut.model_validate(stack.get("/ledger/status"))

    assert first.counted_at is not None
    assert later.counted_at is not None
    assert first.counted_at < later.counted_at <= clock.now()
    assert later.committed is not None
    assert later.acknowledged == later.committed + later.pending


def test_stats_have_their_schema_also_without_a_second_model(stack: Stack) -> None:
    """One model in service, and nothing to compare it with: an empty list, which is not null."""
    wait_until(lambda: stack.get("/stats")["models"]["in_service"] != [])

    models = StatsOut.model_validate(stack.get("/stats")).models

    assert [(model.role, len(model.sha256)) for model in models.in_service] == [("main", 64)]
    assert models.comparison is not None
    assert models.comparison.pairs == []
    assert models.labelled is not None


def test_stats_tell_the_traffic_of_the_last_minutes(stack: Stack) -> None:
    """A verdict is in a bucket once that is closed, by outcome, latency and score."""
    stack.post(f"traffic-{secrets.token_hex(6)}")

    wait_until(lambda: sum_of(StatsOut.model_validate(stack.get("/stats")).traffic).approve > 0)

    traffic = StatsOut.model_validate(stack.get("/stats")).traffic
    assert (traffic.bucket_s, len(traffic.buckets), traffic.instances, traffic.is_whole) == (2, 120, 1, True)
    assert traffic.at == traffic.buckets[-1].at + timedelta(seconds=2)
    assert sum_of(traffic).failed == 0
    assert (len(traffic.scores.edges), len(traffic.scores.counts)) == (19, 20)
    assert sum(traffic.scores.counts) > 0


def test_metrics_are_prometheus_text(stack: Stack) -> None:
    """One that its own parser reads, with the model that answers."""
    wait_until(lambda: stack.get("/stats")["models"]["in_service"] != [])

    response = stack.client.get("/metrics")

    families = {family.name: family.samples for family in text_string_to_metric_families(response.text)}
    assert response.headers["content-type"].startswith("text/plain")
    assert [sample.labels["role"] for sample in families["sentinel_model_info"]] == ["main"]


def test_metrics_name_routes_by_their_pattern(stack: Stack) -> None:
    """One series for all transactions, and one for all that does not exist: callers choose paths."""
    stack.client.get(f"/transactions/{secrets.token_hex(6)}")
    stack.client.get(f"/{secrets.token_hex(6)}")

    requests = samples(stack, "sentinel_requests_total")

    assert requests["GET", "/transactions/{transaction_id}", "404"] > 0
    assert requests["GET", "other", "404"] > 0


def test_metrics_count_verdicts_by_decision_and_why_they_were_blind(stack: Stack) -> None:
    """Every combination is there from the start, so that the first one of a kind is seen as growth."""
    before = samples(stack, "sentinel_verdicts_total")
    decision = stack.post(f"metrics-{secrets.token_hex(6)}")["decision"]

    after = samples(stack, "sentinel_verdicts_total")

    assert len(before) == 3 + 3 * len(BlindReason)
    assert after == before | {(decision, "", "true"): before[decision, "", "true"] + 1}


def test_metrics_tell_the_backlog_and_the_circuit(stack: Stack) -> None:
    """Of a gateway that is well."""
    wait_until(lambda: samples(stack, "sentinel_rescore_backlog") != {})

    assert samples(stack, "sentinel_circuit_state") == {("closed",): 1, ("open",): 0, ("half-open",): 0}
    assert samples(stack, "sentinel_ledger_pending") == {(): 0}
    assert samples(stack, "sentinel_ledger_oldest_pending_seconds") == {(): 0}
    assert samples(stack, "sentinel_journal_poison") == {(): 0}


def test_metrics_have_every_series_that_operators_are_told_of(stack: Stack) -> None:
    """Whoever writes an alert by the documents gets one that can fire."""
    wait_until(lambda: samples(stack, "sentinel_rescore_backlog") != {})
    stack.post(f"told-of-{secrets.token_hex(6)}")  # shares are told while there is something to divide by
    reference = [path.read_text(encoding="utf-8") for path in documents() if path.is_relative_to(ROOT / "docs")]
    named = {
        name for text in reference for name in re.findall(r"sentinel_(?!worker_)[a-z_]+", text)
    }  # a worker tells its own
    told = set(re.findall(r"sentinel_[a-z_]+", stack.client.get("/metrics").text))

    assert len(named) > 15
    assert named - told == set()


def test_openapi_names_every_endpoint_and_resolves(stack: Stack) -> None:
    """A client can be generated from it."""
    document = stack.get("/openapi.json")

    assert {
        "/transaction", "/transactions", "/transactions/{transaction_id}",
        "/transactions/{transaction_id}/label", "/health", "/health/live", "/health/ready",
        "/circuit/status", "/ledger/status", "/stats", "/metrics",
        "/reviews", "/reviews/{transaction_id}", "/reviews/{transaction_id}/claim",
        "/reviews/{transaction_id}/release", "/reviews/{transaction_id}/decision",
        "/reviews/{transaction_id}/undo",
        "/alerts", "/alerts/{webhook_id}", "/alerts/{webhook_id}/retry",
        "/outages", "/outages/{outage_id}",
        "/exposure", "/faults",
        "/lists", "/lists/{list}/{kind}/{value}", "/models", "/me",
        "/keys", "/keys/{id}", "/keys/{id}/rotate",
        "/sign-in", "/sign-in/options", "/sign-out", "/join", "/me/password",
        "/people", "/people/invitations", "/people/invitations/{invitation_id}", "/people/{person_id}",
    } == document["paths"].keys()  # fmt: skip
    for reference in find_references(document):
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]


def test_the_docs_page_is_there(stack: Stack) -> None:
    """As the README says."""
    response = stack.client.get("/docs")

    assert response.status_code == 200
    assert "/openapi.json" in response.text


def samples(stack: Stack, name: str) -> dict[tuple[str, ...], float]:
    """One series as Prometheus reads it, by its labels' values."""
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(stack.client.get("/metrics").text)
        for sample in family.samples
        if sample.name == name
    }


def sum_of(traffic: TrafficOut) -> OutcomeCountsOut:
    """All buckets together."""
    counts = [bucket.counts.model_dump() for bucket in traffic.buckets]
    return OutcomeCountsOut(**{name: sum(count[name] for count in counts) for name in OutcomeCountsOut.model_fields})


def find_references(node: object) -> list[str]:
    """Every $ref below a node."""
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for child in node.values() for found in find_references(child)]
    if isinstance(node, list):
        return [found for child in node for found in find_references(child)]
    return []
