"""The bootstrap Job's very script, run against an API server that grants what its Role grants."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import certifi
import pytest
from pymongo.uri_parser import parse_uri

from tests.infra.fake_kubernetes import TOKEN, FakeKubernetes
from tests.infra.k8s_manifests import need, pods, read_base, script

Run = Callable[[], int]


@pytest.fixture
def kubernetes() -> Iterator[FakeKubernetes]:
    """An API server with an empty namespace."""
    with FakeKubernetes() as fake:
        yield fake


@pytest.fixture
def run(kubernetes: FakeKubernetes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the script as the Job would; returns its exit status."""
    job = need(read_base(), "Job", "sentinel-bootstrap")
    for entry in job["spec"]["template"]["spec"]["containers"][0]["env"]:
        monkeypatch.setenv(entry["name"], entry["value"])
    monkeypatch.setenv("KUBERNETES_API", kubernetes.url)
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "namespace").write_text("shop")
    (tmp_path / "ca.crt").write_text(Path(certifi.where()).read_text())
    module = script("bootstrap")
    monkeypatch.setattr(module, "ACCOUNT", tmp_path)
    monkeypatch.setattr(module, "PAUSE_S", 0.01)
    monkeypatch.setattr(module, "PATIENCE_S", 0.5)
    return lambda: int(module.main())


def test_an_empty_namespace_gets_all_credentials(kubernetes: FakeKubernetes, run: Run) -> None:
    """Three Secrets, with a keyfile that MongoDB takes and long passwords that differ."""
    status = run()

    ledger = kubernetes.secrets["sentinel-db"]
    passwords = [value for name, value in ledger.items() if name != "keyfile"]
    assert status == 0
    assert kubernetes.secrets.keys() == {"sentinel-db", "sentinel-gateway-db", "sentinel-brain-db"}
    assert 6 <= len(ledger["keyfile"]) <= 1024
    assert len(set(passwords)) == 3
    assert all(len(password) * 4 >= 128 for password in passwords)  # hexadecimal: four bits each


def test_each_service_gets_a_url_of_its_own_user(kubernetes: FakeKubernetes, run: Run) -> None:
    """The driver reads user, password, all members and the set from it."""
    run()

    for service in ("gateway", "brain"):
        url = parse_uri(kubernetes.secrets[f"sentinel-{service}-db"]["url"])
        assert url["username"] == f"sentinel-{service}"
        assert url["password"] == kubernetes.secrets["sentinel-db"][f"{service}-password"]
        assert [host for host, _ in url["nodelist"]] == [f"sentinel-db-{number}.sentinel-db" for number in range(3)]
        assert dict(url["options"]) == {"replicaSet": "rs0", "authSource": "admin"}


def test_it_makes_every_key_that_a_pod_takes(kubernetes: FakeKubernetes, run: Run) -> None:
    """A variable that names a key which nobody makes would keep its pod from ever starting."""
    run()

    wanted = [
        reference
        for pod in pods(read_base())
        for container in pod.containers
        for entry in container.get("env", [])
        if (reference := entry.get("valueFrom", {}).get("secretKeyRef"))
    ]
    assert wanted
    assert [each for each in wanted if each["key"] not in kubernetes.secrets[each["name"]]] == []


def test_a_second_run_changes_nothing(kubernetes: FakeKubernetes, run: Run) -> None:
    """What stands is kept: the database already lives by it."""
    run()
    before = {name: dict(content) for name, content in kubernetes.secrets.items()}
    kubernetes.calls.clear()

    status = run()

    assert status == 0
    assert kubernetes.secrets == before
    assert [call for call in kubernetes.calls if call[0] == "create"] == []


def test_a_run_that_was_cut_short_is_completed(kubernetes: FakeKubernetes, run: Run) -> None:
    """URLs are made from the passwords that stand, whoever deleted or never made them."""
    run()
    password = kubernetes.secrets["sentinel-db"]["brain-password"]
    del kubernetes.secrets["sentinel-brain-db"]

    run()

    assert urlsplit(kubernetes.secrets["sentinel-brain-db"]["url"]).password == password


def test_the_faster_of_two_runs_has_the_last_word(kubernetes: FakeKubernetes, run: Run) -> None:
    """Between looking and making another run may come: then its passwords are the ones in the URLs."""
    rival = {"keyfile": "k", "root-password": "r", "gateway-password": "theirs", "brain-password": "b"}
    kubernetes.rivals["sentinel-db"] = rival

    status = run()

    assert status == 0
    assert kubernetes.secrets["sentinel-db"] == rival
    assert urlsplit(kubernetes.secrets["sentinel-gateway-db"]["url"]).password == "theirs"  # noqa: S105 (made up)


def test_it_asks_for_nothing_that_its_role_forbids(kubernetes: FakeKubernetes, run: Run) -> None:
    """The Role of the manifests is enough: no call was refused for rights, in a first run and in a second."""
    run()
    run()

    assert {status for _, _, status in kubernetes.calls} == {200, 201, 404}


def test_a_role_without_creation_is_not_enough(kubernetes: FakeKubernetes, run: Run) -> None:
    """The fake does refuse: with the right to create taken from the Role the Job fails, to be tried again."""
    kubernetes.forbid("create")

    status = run()

    assert status == 1
    assert kubernetes.secrets == {}


def test_an_api_server_that_is_late_is_waited_for(kubernetes: FakeKubernetes, run: Run) -> None:
    """Rights and network policies of a fresh namespace may need a moment."""
    kubernetes.answers_left_unavailable = 3

    status = run()

    assert status == 0


def test_its_log_holds_no_secret(kubernetes: FakeKubernetes, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what it made, never what is in it."""
    run()
    run()

    said = capsys.readouterr()
    values = [value for content in kubernetes.secrets.values() for value in content.values()]
    assert "sentinel-db: made" in said.out
    assert "sentinel-db: was there, kept" in said.out
    assert [value for value in values if value in said.out + said.err] == []
