"""The dashboard is built once, when it can be, and its absence stops nobody. Node and npm are small stand-ins here."""

import json
import subprocess
import threading
from pathlib import Path

import pytest

from local import dashboard
from local.errors import LocalError
from tests.small_npm import LOCK, calls, put_on_path, to_nobody


def test_it_is_installed_and_built_once(source: Path) -> None:
    """The second time nothing runs, and nothing is said."""
    said: list[str] = []
    assert not dashboard.is_current(source)
    dashboard.build(source, say=said.append)
    first = list(said)
    dashboard.build(source, say=said.append)

    assert calls(source) == ["ci --include=dev", "run build"]
    assert dashboard.is_built(source / "out")
    assert dashboard.is_current(source)
    assert len(first) == 2
    assert said == first


@pytest.mark.parametrize("name", ["src/page.tsx", "src/new.tsx", "next.config.ts"])
def test_changed_sources_are_built_again_with_the_packages_that_are_there(source: Path, name: str) -> None:
    """After a `git pull`, say."""
    dashboard.build(source, say=to_nobody)
    (source / name).write_text("two")
    was_current = dashboard.is_current(source)

    dashboard.build(source, say=to_nobody)

    assert (was_current, dashboard.is_current(source)) == (False, True)
    assert calls(source) == ["ci --include=dev", "run build", "run build"]


def test_changed_packages_are_installed_again(source: Path) -> None:
    """Whoever built with the old ones would build something that nobody tested."""
    dashboard.build(source, say=to_nobody)
    (source / "package-lock.json").write_text(json.dumps(LOCK).replace("16.4.5", "16.4.6"))

    dashboard.build(source, say=to_nobody)

    assert calls(source)[2:] == ["ci --include=dev", "run build"]


def test_what_tests_and_tools_leave_is_no_source(source: Path) -> None:
    """A test report beside the sources is no reason for a build."""
    dashboard.build(source, say=to_nobody)
    (source / "report.html").write_text("all passed")

    dashboard.build(source, say=to_nobody)

    assert len(calls(source)) == 2


@pytest.mark.parametrize(
    ("node", "complaint"),
    [
        (None, "Node 20.9 or newer and npm are not both on PATH"),
        ("v18.20.4", "Node 20.9 or newer is needed, and .* says v18.20.4"),
        ("v20.8.1", "Node 20.9 or newer is needed"),
        ("nonsense", "Node 20.9 or newer is needed"),
    ],
)
def test_without_a_node_that_can_it_says_which_is_needed(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: str | None, complaint: str
) -> None:
    """And runs nothing."""
    put_on_path(tmp_path, monkeypatch, node=node)

    with pytest.raises(LocalError, match=complaint):
        dashboard.build(source, say=to_nobody)

    assert calls(source) == []


@pytest.mark.parametrize("node", ["v20.9.0", "v22.0.1", "v24.11.0"])
def test_a_newer_node_will_do(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: str) -> None:
    """Compared as numbers: 20.10 is newer than 20.9, and 22.0 than both."""
    put_on_path(tmp_path, monkeypatch, node=node)

    dashboard.build(source, say=to_nobody)

    assert dashboard.is_built(source / "out")


def test_an_installation_that_fails_is_tried_again_the_next_time(source: Path) -> None:
    """Offline, say: the line names the cause and where the rest is, and half an installation counts as none."""
    (source / "broken").write_text("npm warn old lockfile\nnpm error code ENOTFOUND\nnpm error network\n")
    with pytest.raises(
        LocalError, match=r"`npm ci .*` failed \(npm error code ENOTFOUND; all of it in .*npm-ci\.log\)"
    ):
        dashboard.build(source, say=to_nobody)
    log = (source / ".next" / "npm-ci.log").read_text()
    (source / "broken").unlink()

    dashboard.build(source, say=to_nobody)

    assert "npm error network" in log
    assert calls(source) == ["ci --include=dev", "ci --include=dev", "run build"]


def test_a_registry_that_is_silent_is_asked_once_and_named(source: Path) -> None:
    """Not once for each package, which takes a quarter of an hour where a network drops packets."""
    (source / "no-network").touch()

    with pytest.raises(LocalError, match=r"`npm view .*` failed \(npm error code EIDLETIMEOUT; all of it in .*\)"):
        dashboard.build(source, say=to_nobody)

    assert calls(source) == ["ci --include=dev"]


def test_without_a_registry_it_is_built_of_what_npm_has_kept(source: Path) -> None:
    """Another checkout on the same machine, on a train."""
    (source / "no-network").touch()
    (source / "kept").touch()

    dashboard.build(source, say=to_nobody)

    assert dashboard.is_current(source)


def test_a_build_of_its_own_is_not_trusted_for_other_sources(source: Path) -> None:
    """Whoever runs `npm run build` by hand leaves no note of what it was built from: it is done once more."""
    dashboard.build(source, say=to_nobody)
    subprocess.run(["npm", "run", "build"], cwd=source, check=True)  # noqa: S607 (the small one of this test)

    dashboard.build(source, say=to_nobody)

    assert calls(source)[1:] == ["run build"] * 3


def test_two_at_once_build_once(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second waits, says so, and finds what the first has built."""
    monkeypatch.setenv("SLOW", "yes")
    said: list[str] = []
    both = [threading.Thread(target=dashboard.build, args=[source], kwargs={"say": said.append}) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert calls(source) == ["ci --include=dev", "run build"]
    assert [line for line in said if "waiting" in line]


def test_the_environment_of_the_caller_does_not_change_the_build(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NODE_ENV=production would leave the compiler out."""
    monkeypatch.setenv("NODE_ENV", "production")

    dashboard.build(source, say=to_nobody)

    assert (source / "out" / "index.html").read_text() == "NODE_ENV=\n"


def test_the_command_goes_on_without_it(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, and status 0: the rest of ./setup.sh runs."""
    put_on_path(tmp_path, monkeypatch, node=None)

    status = dashboard.main(source)

    said = capsys.readouterr().out.splitlines()
    assert status == 0
    why = "Node 20.9 or newer and npm are not both on PATH"
    assert said == [f"dashboard: not built: {why}; going on without it, and the API needs none"]


def test_an_older_build_stays_when_the_new_one_fails(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It may be what an operator needs right now."""
    dashboard.main(source)
    (source / "src" / "page.tsx").write_text("two")
    (source / "broken").write_text("Type error: no such thing\n")

    status = dashboard.main(source)

    assert status == 0
    assert dashboard.is_built(source / "out")
    assert not dashboard.is_current(source)
    assert "`npm run build` failed (Type error: no such thing;" in capsys.readouterr().out.splitlines()[-1]


def test_what_node_failed_of_is_said_and_not_which_node_it_was(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its version is the last line of every crash."""
    (source / "broken").write_text("\nTypeError [ERR_ODD]: no such thing\n    at a line\n\nNode.js v20.20.2\n")

    dashboard.main(source)

    assert "(TypeError [ERR_ODD]: no such thing;" in capsys.readouterr().out.splitlines()[-1]


def test_a_path_that_node_cannot_read_is_refused_at_once(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To Node a backslash in the place of a package is a slash: after minutes of installing, nothing would load."""
    moved = source.rename(source.with_name("a\\b"))

    dashboard.main(moved)

    assert "backslash" in capsys.readouterr().out
    assert calls(moved) == []


def test_where_ci_runs_a_failed_build_fails_it(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The browser would be shown older pages, and the tests would be about them."""
    monkeypatch.setenv("CI", "true")
    built = dashboard.main(source)
    (source / "src" / "page.tsx").write_text("two")
    (source / "broken").write_text("Type error: no such thing\n")

    status = dashboard.main(source)

    assert (built, status) == (0, 1)
    assert "CI is set" in capsys.readouterr().err


def test_a_file_system_that_refuses_is_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that is not there stands for one that cannot be read or written."""
    monkeypatch.delenv("CI", raising=False)

    status = dashboard.main(tmp_path / "nowhere")

    assert status == 0
    assert capsys.readouterr().out.startswith("dashboard: not built: ")
