"""One door: every command explains itself, ends with the same statuses, and needs nothing but its own packages."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from commands.app import app, main
from local.commands import BACKEND

_BENCHES = [
    "chain",
    "guard",
    "lone",
    "poisson",
    "outages",
    "polling",
    "rescoring",
    "history",
    "documents",
    "soak",
    "profile",
    "brain",
]
FOR_MACHINES = [
    *("ledger verify", "ledger erase", "history verify", "chaos"),
    *(f"bench {name}" for name in _BENCHES),
    *(f"model {name}" for name in ("evaluate", "replay", "drift", "calibrate", "ablation", "train")),
]
FOR_PEOPLE = ["model simulate"]


@pytest.mark.parametrize("command", ["", "ledger", "history", "model", "bench", *FOR_MACHINES, *FOR_PEOPLE])
def test_every_command_explains_itself(command: str) -> None:
    """With its usage, and status 0."""
    said = CliRunner().invoke(app, [*command.split(), "--help"], prog_name="sentinel")

    assert said.exit_code == 0
    assert f"Usage: {' '.join(['sentinel', *command.split()])}" in said.output


@pytest.mark.parametrize("command", FOR_MACHINES)
def test_machines_are_answered_in_json(command: str) -> None:
    """Wherever a machine may read."""
    assert "--json" in CliRunner().invoke(app, [*command.split(), "--help"]).output


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("", "sentinel: Missing command (see: sentinel --help)"),
        ("ledger prove", "sentinel ledger: No such command 'prove' (see: sentinel ledger --help)"),
        ("ledger erase", "sentinel ledger erase: Missing option '--user' (see: sentinel ledger erase --help)"),
        ("model train extra", "sentinel model train: Got unexpected extra argument(s) (extra) (see: "),
        ("model drift --weeks 8", "sentinel model drift: Invalid value for '--weeks': Input should be less than or"),
        ("model evaluate --world handbook --weeks 8", "sentinel: --weeks: a simulated world has 7 test weeks"),
        ("bench chain --seconds 0", "sentinel bench chain: Invalid value for '--seconds': "),
        ("chaos --workers 0", "sentinel chaos: Invalid value for '--workers': "),
        (
            "history verify --wait-s -1",
            "sentinel history verify: Invalid value for '--wait-s': Input should be greater than or equal to 0",
        ),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(arguments: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the command, what is wrong, and where to look."""
    status = main(arguments.split())

    said = capsys.readouterr()
    assert (status, said.out, len(said.err.splitlines())) == (2, "", 1)
    assert said.err.startswith(line)


@pytest.mark.parametrize("command", ["ledger verify", "history verify --wait-s 0"])
def test_a_setting_that_is_wrong_is_one_line_and_status_2(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without anything of the address, which may hold a password."""
    monkeypatch.setenv("MONGODB_URL", "mongodb://sentinel:hunter2@:/?")

    status = main(command.split())

    said = capsys.readouterr()
    assert (status, said.out, len(said.err.splitlines())) == (2, "", 1)
    assert said.err.startswith("sentinel: MONGODB_URL is no MongoDB URL")
    assert "hunter2" not in said.err


def test_a_defect_does_not_look_like_a_finding(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python itself would end with status 1, which says that a check found something."""

    def defect() -> None:
        raise RuntimeError("of our own")

    monkeypatch.setattr("audit.client.load_settings", defect)

    assert main(["ledger", "verify"]) == 2
    assert "RuntimeError: of our own" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("held", "listed"), [({"audit"}, {"ledger"}), ({"brain"}, {"history", "model"})], ids=["gateway", "brain"]
)
def test_an_image_lists_only_what_it_can_do(held: set[str], listed: set[str]) -> None:
    """The packages that an image does not hold are hidden from a Python; help must not load those that it holds."""
    script = (
        "import importlib.util, sys\n"
        "find = importlib.util.find_spec\n"
        f"importlib.util.find_spec = lambda name: find(name) if name in {held} else None\n"
        "from commands.app import app\n"
        "print(*sorted(group.name for group in app.registered_groups))\n"
        "print(*({'gateway', 'brain', 'audit', 'numpy', 'pymongo', 'lightgbm'} & sys.modules.keys()))\n"
    )

    done = subprocess.run(  # noqa: S603 (our own)
        [sys.executable, "-c", script], env={"PYTHONPATH": str(BACKEND)}, capture_output=True, text=True, check=True
    )

    assert set(done.stdout.splitlines()[0].split()) == listed
    assert done.stdout.splitlines()[1] == ""
