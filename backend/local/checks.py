"""
`python -m local.checks PYTEST_ARGUMENT...`: runs the tests, and beside them what checks the code without running it.

Most tests wait for processes, and the checks use that time. They are nice, so that no test waits for them.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from local.commands import ROOT
from local.dashboard import SOURCE

Lane = Mapping[str, Sequence[str]]  # checks that run one after the other: name -> command

BACKEND: Lane = {
    "ruff check": [sys.executable, "-m", "ruff", "check", "."],
    "ruff format --check": [sys.executable, "-m", "ruff", "format", "--check", "."],
    "mypy --strict": [sys.executable, "-m", "mypy"],
    "import contracts": [
        *(sys.executable, "-c"),
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ],
}
DASHBOARD: Lane = {
    "dashboard: types of the API, lint, tsc, vitest": ["npm", "--prefix", str(SOURCE), "run", "--silent", "check"]
}
_NICE = ("nice", "-n", "5")


def run(tests: Sequence[str], lanes: Sequence[Lane]) -> int:
    """
    Run the tests and the checks. A check that fails says so at once, and again at the end.

    Args:
        tests: The command that runs them.
        lanes: Run beside each other.

    Returns:
        The exit status of the tests, or 1 when only a check failed.
    """
    # a handler, unlike SIG_IGN, is not inherited: Ctrl-C ends the tests, and they end what they started
    signal.signal(signal.SIGINT, lambda *_: None)
    with subprocess.Popen(tests, cwd=ROOT) as testing, ThreadPoolExecutor() as threads:
        failed = [name for names in threads.map(_failures, lanes) for name in names]
        status = testing.wait()
    for name in failed:
        print(f"setup.sh: {name} failed: see above", file=sys.stderr)
    return status or int(bool(failed))


def _failures(lane: Lane) -> list[str]:
    """The names of the checks that fail."""
    failed = []
    for name, command in lane.items():
        check = subprocess.run(
            [*_NICE, *command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said = check.stdout.decode(errors="replace").rstrip()
        if check.returncode:
            failed.append(name)
            print(f"\n== {name}: failed with {check.returncode}\n{said}", flush=True)
        else:
            *_, last = said.split("\n")
            print(f"\n== {name}: passed: {last}", flush=True)
    return failed


def main(pytest_arguments: Sequence[str]) -> int:
    """Run all of it. The dashboard is checked where its packages are installed; where CI is set they have to be."""
    lanes = [BACKEND]
    if (SOURCE / "node_modules" / ".bin" / "next").exists():
        lanes.append(DASHBOARD)
    elif os.environ.get("CI"):
        sys.exit("setup.sh: the dashboard's packages are not installed, and CI is set: it has to be checked there")
    else:
        print("== dashboard: skipped, its packages are not installed (./setup.sh, with Node 20.9 or newer)", flush=True)
    return run([sys.executable, "-m", "pytest", *pytest_arguments], lanes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
