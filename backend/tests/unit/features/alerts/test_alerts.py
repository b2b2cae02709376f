"""An alert is one event: one id, one body, a signature that receivers check, and a day of attempts."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from gateway.alerting import AlertKind
from gateway.features.alerts.alert import (
    GIVE_UP,
    RETRY_AFTER_MAX,
    Alert,
    AlertState,
    Outcome,
    Progress,
    advance,
    begin,
    pause,
    webhook_id,
)
from gateway.features.alerts.buffer import WAITING_MAX, AlertQueue, Spool
from gateway.features.alerts.delivery import Signer, check_webhook_url
from gateway.kit import clock
from gateway.settings import load_settings
from tests.webhooks import OTHER_SECRET, SECRET

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def an_alert(key: str = "t1") -> Alert:
    """Any."""
    kind = AlertKind.JOURNAL_POISON
    return Alert(webhook_id(kind, key), kind, key, {"transaction_id": key, "why": "ünreadable"}, NOW)


def test_one_event_has_one_id_in_every_process() -> None:
    """It is made of kind and key alone, so this very text stands for ever."""
    ids = {webhook_id(kind, key) for kind in AlertKind for key in ("t1", "t2", "")}

    assert webhook_id(AlertKind.JOURNAL_POISON, "t1") == "msg_4jka4eqn4ddiyz22hcbkji4hzsz"
    assert len(ids) == 3 * len(AlertKind)
    assert all(len(one) == 31 and "." not in one for one in ids)


def test_a_body_is_what_the_standard_says() -> None:
    """Type, timestamp and data; characters as they are."""
    assert an_alert().body == (
        '{"type":"journal.poison","timestamp":"2026-11-24T12:00:00.000Z",'
        '"data":{"transaction_id":"t1","why":"ünreadable"}}'
    )


def test_a_signature_passes_the_library_s_own_verifier() -> None:
    """And a changed body, a foreign secret or another id do not."""
    alert = an_alert()
    headers = Signer([SECRET]).headers(alert.webhook_id, alert.body, clock.now())

    assert Webhook(SECRET).verify(alert.body.encode(), headers) == json.loads(alert.body)
    for secret, body, changed in [
        (SECRET, alert.body.replace("t1", "t2"), {}),
        (OTHER_SECRET, alert.body, {}),
        (SECRET, alert.body, {"webhook-id": an_alert("t2").webhook_id}),
    ]:
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers | changed)


def test_while_secrets_change_a_receiver_may_know_either() -> None:
    """Two signatures in the header, the new one first."""
    alert = an_alert()

    headers = Signer([OTHER_SECRET, SECRET]).headers(alert.webhook_id, alert.body, clock.now())

    for secret in (SECRET, OTHER_SECRET):
        Webhook(secret).verify(alert.body, headers)
    assert headers["webhook-signature"].count("v1,") == 2


@given(chances=st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_a_receiver_that_stays_away_is_tried_for_a_day(chances: list[float]) -> None:
    """Whatever the jitter: waits that grow to two hours at most, then dead within the day, and never late."""
    now, progress = NOW, begin(NOW, has_receiver=True)
    waits = []
    while progress.state is AlertState.PENDING:
        after = advance(progress, Outcome("HTTP 500"), now, chance=chances[progress.attempts % len(chances)])
        if after.next_at is not None:
            waits.append(after.next_at - now)
            now = after.next_at
        progress = after

    assert progress.state is AlertState.DEAD
    assert progress.last_error == "HTTP 500"
    assert 20 <= progress.attempts <= 40
    assert timedelta(seconds=2.5) <= waits[0] <= timedelta(seconds=5)
    assert max(waits) <= timedelta(hours=2)
    assert GIVE_UP - timedelta(hours=2) <= now - NOW < GIVE_UP
    assert progress.ended_at == now


def test_what_a_receiver_asks_for_is_granted_within_bounds() -> None:
    """Never sooner than planned, and two hours at most."""
    assert pause(1, asked=timedelta(minutes=3), chance=0) == timedelta(minutes=3)
    assert pause(1, asked=timedelta(seconds=-5), chance=0) == timedelta(seconds=2.5)
    assert pause(1, asked=timedelta(days=9), chance=0) == RETRY_AFTER_MAX


def test_delivered_and_refused_for_good_are_the_end() -> None:
    """Nothing is due any more."""
    pending = begin(NOW, has_receiver=True)

    delivered = advance(pending, Outcome(), NOW)
    refused = advance(pending, Outcome("HTTP 410", is_final=True), NOW)

    assert (delivered.state, delivered.next_at, delivered.ended_at) == (AlertState.DELIVERED, None, NOW)
    assert (refused.state, refused.next_at, refused.ended_at) == (AlertState.DEAD, None, NOW)
    assert begin(NOW, has_receiver=False) == Progress(AlertState.UNSENT, give_up_at=NOW, ended_at=NOW)


def test_an_event_that_is_raised_again_waits_once() -> None:
    """The first raise stands."""
    queue = AlertQueue()

    for n in range(3):
        queue.raise_alert("scorer.blind", "since 10:00", {"n": n})
    queue.raise_alert("scorer.blind", "since 11:00", {"n": 9})

    assert [alert.data for alert in queue.take(10)] == [{"n": 0}, {"n": 9}]
    assert len(queue) == 0


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"at": NOW, "amount": Decimal("1.50")}, {"at": "2026-11-24T12:00:00Z", "amount": "1.50"}),
        ({"what": object()}, {}),
        ({"big": 2**70}, {}),
        ({"nul\x00": 1}, {}),
        ({"lone": "\ud800"}, {}),
        ({"long": "x" * 70_000}, {"too_large": True}),
        (None, {}),
    ],
)
def test_data_that_cannot_be_told_costs_the_data_and_not_the_alert(data: object, kept: object) -> None:
    """And never an exception where it is raised."""
    queue = AlertQueue()

    queue.raise_alert("journal.poison", "t1", data)  # type: ignore[arg-type]

    assert [alert.data for alert in queue.take(1)] == [kept]


def test_an_unknown_kind_raises_nothing() -> None:
    """It is a fault of ours, in the log; whoever raised it goes on."""
    queue = AlertQueue()

    queue.raise_alert("journal.posion", "t1", {})

    assert len(queue) == 0


def test_a_full_queue_drops_and_counts() -> None:
    """Bounded memory, and a number that says so."""
    queue = AlertQueue()

    for n in range(WAITING_MAX + 7):
        queue.raise_alert("journal.poison", f"t{n}", {})

    assert (len(queue), queue.dropped) == (WAITING_MAX, 7)


def test_the_spool_gives_back_what_it_kept(tmp_path: Path) -> None:
    """Over a restart, oldest first, until it is dropped; half a file and a foreign one are no obstacle."""
    batches = [[an_alert("t1"), an_alert("t2")], [an_alert("t3")]]
    paths = [Spool(tmp_path / "journal").keep(batch) for batch in batches]
    (tmp_path / "journal" / "1.alerts.draft").write_bytes(b'[{"kind"')
    (tmp_path / "journal" / "2.alerts").write_bytes(b'[{"kind":"journal.poi')

    again = Spool(tmp_path / "journal")

    assert again.left_behind() == dict(zip(paths, batches, strict=True))
    for path in paths:
        assert path is not None
        again.drop(path)
    assert again.left_behind() == {}
    assert [path.name for path in (tmp_path / "journal").iterdir()] == ["2.alerts"]


def test_a_disk_that_refuses_costs_the_spool_only(tmp_path: Path) -> None:
    """No exception: the alerts go on from memory."""
    (tmp_path / "journal").write_bytes(b"a file where a directory should be")

    spool = Spool(tmp_path / "journal")

    assert spool.keep([an_alert()]) is None
    assert spool.left_behind() == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_WEBHOOK_URL", "ftp://hunter2@host/"),
        ("GATEWAY_WEBHOOK_URL", "file:///hunter2"),
        ("GATEWAY_WEBHOOK_URL", "http://"),
        ("GATEWAY_WEBHOOK_URL", "hunter2"),
        ("GATEWAY_WEBHOOK_URL", "http://[hunter2"),
        ("GATEWAY_WEBHOOK_SECRET", "hunter2"),
        ("GATEWAY_WEBHOOK_SECRET", "whsec_hunter2"),
        ("GATEWAY_WEBHOOK_SECRET", "whsec_" + "!" * 40),
        ("GATEWAY_WEBHOOK_SECRET_PREVIOUS", "whsec_aHVudGVyMg=="),
    ],
)
def test_a_wrong_webhook_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """By name, and without a word of it."""
    monkeypatch.setenv("GATEWAY_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit, match=name) as stopped:
        load_settings()

    assert "hunter2" not in str(stopped.value)


@pytest.mark.parametrize("url", ["https://hunter2:1@999.1.1.1/", "https://host/hunter2\x7f"])
def test_a_receiver_that_no_http_client_can_reach_stops_the_start(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """In one line, which holds nothing of the URL."""
    monkeypatch.setenv("GATEWAY_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("GATEWAY_WEBHOOK_URL", url)

    with pytest.raises(SystemExit, match="GATEWAY_WEBHOOK_URL") as stopped:
        check_webhook_url(load_settings())

    assert "hunter2" not in str(stopped.value)


def test_a_receiver_without_a_secret_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is ever sent unsigned."""
    monkeypatch.setenv("GATEWAY_WEBHOOK_URL", "https://user:hunter2@host/hooks")

    with pytest.raises(SystemExit, match="GATEWAY_WEBHOOK_SECRET") as stopped:
        load_settings()

    assert "hunter2" not in str(stopped.value)


def test_neither_url_nor_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even when the settings are logged."""
    monkeypatch.setenv("GATEWAY_WEBHOOK_URL", "https://user:hunter2@host/hooks")
    monkeypatch.setenv("GATEWAY_WEBHOOK_SECRET", SECRET)

    shown = str(load_settings().model_dump())

    assert "hunter2" not in shown
    assert SECRET not in shown
