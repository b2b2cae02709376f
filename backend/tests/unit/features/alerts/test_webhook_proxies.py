"""A webhook takes the proxy that the environment names, never on this machine, and a bad one only costs the webhook."""

import pytest

from gateway.features.alerts.alert import Alert, Outcome
from gateway.features.alerts.delivery import UNUSABLE, Receiver, Signer
from gateway.kit import clock
from tests.alerting import KIND
from tests.proxies import ENVIRONMENTS
from tests.webhooks import SECRET, WebhookServer

ELSEWHERE = "http://192.0.2.1/hooks"  # an address for documents: nobody has it
ELSEWHERE_TLS = "https://192.0.2.1/hooks"


async def deliver(url: str) -> Outcome:
    """One attempt, by a receiver that is made for it."""
    receiver = Receiver(url, Signer([SECRET]))
    try:
        return await receiver.deliver(Alert("id", KIND, "c1", {}, clock.now()))
    finally:
        await receiver.close()


@pytest.mark.parametrize("name", ENVIRONMENTS)
async def test_a_receiver_on_this_machine_is_reached_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """By address, and by name."""
    with WebhookServer() as server:
        for variable, value in ENVIRONMENTS[name].items():
            monkeypatch.setenv(variable, value)

        assert await deliver(server.url) == Outcome()
        assert await deliver(server.url.replace("127.0.0.1", "localhost")) == Outcome()


@pytest.mark.parametrize("name", ENVIRONMENTS)
@pytest.mark.parametrize("url", [ELSEWHERE, ELSEWHERE_TLS])
async def test_one_elsewhere_that_cannot_be_sent_is_a_failed_attempt(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    """Nothing is raised, neither when it is made nor when it sends; the error repeats nothing of the proxy."""
    for variable, value in ENVIRONMENTS[name].items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr("gateway.features.alerts.delivery.ATTEMPT_S", 0.2)  # no route leads there, and no answer comes

    outcome = await deliver(url)

    assert not outcome.is_delivered
    assert "127.0.0.1" not in str(outcome.error)


async def test_one_elsewhere_is_sent_by_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator whose machines reach the outside in no other way."""
    with WebhookServer() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/hooks"))

        assert await deliver(ELSEWHERE) == Outcome()

    assert [hook.headers["host"] for hook in proxy.hooks] == ["192.0.2.1"]


async def test_certificates_that_are_not_there_cost_the_webhook_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a proxy that cannot be used."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/certificates.pem")

    assert (await deliver(ELSEWHERE_TLS)).error == UNUSABLE
