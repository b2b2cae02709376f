"""Real processes fail in turn, ledger, receiver and gateway: a backlog that cleared is still told, under one id."""

from pathlib import Path
from typing import Any

import pymongo

from gateway.features.alerts.alert import AlertState
from gateway.kit import clock
from tests.processes import MongodProcess
from tests.stack import running_stack, wait_until
from tests.webhooks import OTHER_SECRET, SECRET, WebhookServer


def test_a_backlog_that_cleared_is_told_by_the_gateway_that_had_it(
    own_mongod: MongodProcess, tmp_path: Path, fresh_databases: dict[str, str]
) -> None:
    """Real processes: the ledger dies and comes back, the receiver fails, the gateway is killed; one id."""
    with WebhookServer() as server:
        server.is_failing = True
        environment = fresh_databases | {
            "GATEWAY_WEBHOOK_URL": server.url.replace("://", "://user:hunter2@"),
            "GATEWAY_WEBHOOK_SECRET": OTHER_SECRET,
            "GATEWAY_WEBHOOK_SECRET_PREVIOUS": SECRET,
            "GATEWAY_LEDGER_BUDGET_MS": "150",
        }
        with running_stack(tmp_path, own_mongod.url, environment, with_worker=True) as stack:
            wait_until(lambda: stack.get("/alerts") is not None, within_s=30)
            own_mongod.kill()
            for n in range(120):
                stack.post(f"t{n}")
            own_mongod.start()
            wait_until(
                lambda: [h for h in server.hooks if h.body["type"] == "ledger.backlog_cleared"] != [], within_s=30
            )
            stack.gateway.kill()
            server.is_failing = False
            stack.gateway.start()

            def told() -> list[dict[str, Any]]:
                response = stack.client.get("/alerts?kind=ledger.backlog_cleared")
                return list(response.json()["alerts"]) if response.status_code == 200 else []

            wait_until(lambda: told() != [], within_s=30)
            (pending,) = told()
            if pending["state"] != "delivered":
                with pymongo.MongoClient[dict[str, Any]](own_mongod.url) as client:  # a lease and a retry later
                    client[fresh_databases["GATEWAY_LEDGER_DATABASE"]]["alerts"].update_many(
                        {"state": "pending"}, {"$set": {"lease": None, "next_at": clock.now()}}
                    )
            wait_until(
                lambda: stack.get(f"/alerts/{pending['webhook_id']}")["state"] == AlertState.DELIVERED, within_s=30
            )
            metrics = stack.client.get("/metrics").text
        log = stack.gateway.log()

    (delivered,) = server.of("ledger.backlog_cleared")
    assert {h.webhook_id for h in server.hooks if h.body["type"] == "ledger.backlog_cleared"} == {pending["webhook_id"]}
    assert all(hook.is_genuine for hook in server.hooks)
    assert delivered.body["data"] == pending["data"]
    assert pending["data"]["records"] >= 100
    assert "sentinel_alerts_held 0.0" in metrics
    assert "hunter2" not in log
    assert SECRET.removeprefix("whsec_") not in log
