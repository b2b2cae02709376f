"""Our own rules for the Dockerfiles: each takes the instructions and returns its complaints."""

import json
import re
from dataclasses import dataclass

RUNTIME_FOLDERS = (
    "protos",
    "money",
    "records",
    "observability",
    "commands",
)  # what gateway and brain hold beside their own folder
TOOLS = {"gateway": ("audit",), "brain": ()}  # what their commands need beside that
BASES = {
    "brain": {"python:3.11-slim"},
    "gateway": {"python:3.11-slim"},
    "dashboard": {"node:20-slim", "nginxinc/nginx-unprivileged:stable"},
}
ASKED_TO_STOP_BY = {"brain": "SIGTERM", "gateway": "SIGTERM", "dashboard": "SIGQUIT"}  # nginx drops requests on TERM
PAGES = "frontend/dashboard"
NUMERIC_USER = re.compile(r"[1-9]\d*:[1-9]\d*")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, continuation lines joined, comments gone."""

    stage: int  # from 0
    name: str  # in capitals, such as FROM
    value: str


def parse(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile, in order."""
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found: list[Instruction] = []
    stage = -1
    for line in re.sub(r"\\\n", " ", code).splitlines():
        name, _, value = line.strip().partition(" ")
        if name:
            stage += name.upper() == "FROM"
            found.append(Instruction(stage, name.upper(), " ".join(value.split())))
    return found


def final_stage(instructions: list[Instruction]) -> list[Instruction]:
    """Those that make the image that ships."""
    return [each for each in instructions if each.stage == instructions[-1].stage]


def values(instructions: list[Instruction], name: str) -> list[str]:
    """What every instruction of this name says."""
    return [each.value for each in instructions if each.name == name]


def bases_are_pinned(service: str, instructions: list[Instruction]) -> list[str]:
    """Another Python minor version, another Node major or another line of nginx comes by a change of this file only."""
    bases = {value.split(" ")[0] for value in values(instructions, "FROM")}
    return [f"{service}: base {base}, not {sorted(BASES[service])}" for base in bases - BASES[service]]


def built_in_two_stages(service: str, instructions: list[Instruction]) -> list[str]:
    """pip and npm work in a stage that does not ship."""
    complaints = [] if instructions[-1].stage > 0 else [f"{service}: one stage only"]
    installs = [
        value for value in values(final_stage(instructions), "RUN") if re.search(r"\b(pip|apt-get|npm)\b", value)
    ]
    return complaints + [f"{service}: installs in the final stage: {value}" for value in installs]


def runs_unprivileged(service: str, instructions: list[Instruction]) -> list[str]:
    """Kubernetes can tell only a number from root."""
    users = values(final_stage(instructions), "USER")
    return [] if users and NUMERIC_USER.fullmatch(users[-1]) else [f"{service}: user {users[-1:]}, not uid:gid"]


def gets_signals_itself(service: str, instructions: list[Instruction]) -> list[str]:
    """A shell as PID 1 swallows the signal: a stopped brain would then serve on for 10 s."""
    last, wanted = final_stage(instructions), ASKED_TO_STOP_BY[service]
    complaints = [] if values(last, "STOPSIGNAL") == [wanted] else [f"{service}: no STOPSIGNAL {wanted}"]
    commands = values(last, "CMD")
    return complaints + ([] if len(commands) == 1 and _is_list(commands[0]) else [f"{service}: CMD is no list"])


def says_whether_it_is_healthy(service: str, instructions: list[Instruction]) -> list[str]:
    """With a list, too: `sh -c` would be one process more every few seconds."""
    checks = [value.partition("CMD ")[2] for value in values(final_stage(instructions), "HEALTHCHECK")]
    return [] if len(checks) == 1 and _is_list(checks[0]) else [f"{service}: no HEALTHCHECK with a list"]


def holds_its_own_folders(service: str, instructions: list[Instruction]) -> list[str]:
    """From the checkout come the service, what both share, and its health check; the rest from the builder."""
    copies = [value.split(" ") for value in values(instructions, "COPY")]
    sources = {source for copy in copies if not copy[0].startswith("--from") for source in copy[:-1]}
    complaints = [f"{service}: copies {source}" for source in sorted(sources - _own(service))]
    return complaints + [f"{service}: ADD" for _ in values(instructions, "ADD")]


def names_no_secret(service: str, instructions: list[Instruction]) -> list[str]:
    """ENV, ARG and LABEL stay readable in the image for ever."""
    told = [each.value for each in instructions if each.name in {"ENV", "ARG", "LABEL"}]
    found = [word for value in told for word in re.findall(r"(?i)\w*(?:password|secret|token|mongodb_url)\w*", value)]
    return [f"{service}: names {word}" for word in found]


def _own(service: str) -> set[str]:
    if service == "dashboard":
        lists = {f"{PAGES}/{name}" for name in ("package.json", "package-lock.json", ".npmrc")}
        return {PAGES, *lists, "infra/docker/dashboard"}
    folders = {f"backend/{folder}" for folder in (service, *RUNTIME_FOLDERS, *TOOLS[service])}
    lists = {"backend/constraints.txt", f"backend/{service}/requirements.txt"}
    return {*folders, *lists, f"infra/docker/healthcheck_{service}.py"}


POLICIES = (
    bases_are_pinned,
    built_in_two_stages,
    runs_unprivileged,
    gets_signals_itself,
    says_whether_it_is_healthy,
    holds_its_own_folders,
    names_no_secret,
)


def _is_list(value: str) -> bool:
    try:
        return isinstance(json.loads(value), list)
    except ValueError:
        return False
