"""The manifests of infra/k8s as plain dictionaries, and the few questions that every policy asks of them."""

import copy
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from local.commands import ROOT

Manifest = dict[str, Any]

FOLDER = ROOT / "infra" / "k8s"
OVERLAYS = ("durable-journal", "priority")
WORKLOADS = frozenset({"Deployment", "StatefulSet", "Job"})


@dataclass(frozen=True)
class Pod:
    """The pods of one workload."""

    owner: str  # such as "Deployment/sentinel-brain", for complaints
    labels: dict[str, str]
    spec: Manifest
    claims: tuple[str, ...]  # names of a StatefulSet's volumeClaimTemplates

    @property
    def containers(self) -> list[Manifest]:
        """All, those that run before the others included."""
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    @property
    def lasting(self) -> list[Manifest]:
        """Those that serve as long as the pod does; none for a pod that ends by itself."""
        return list(self.spec["containers"]) if self.spec.get("restartPolicy", "Always") == "Always" else []


def base_files() -> list[Path]:
    """What `kubectl apply -f infra/k8s/` reads, in its order."""
    return sorted(path for path in FOLDER.iterdir() if path.suffix in {".yaml", ".yml", ".json"})


def read(path: Path) -> list[Manifest]:
    """The objects of one file, in order; new ones at each call."""
    return copy.deepcopy(_parsed(path.read_text()))


def read_base() -> list[Manifest]:
    """The objects of the whole folder, in the order in which kubectl applies them."""
    return [manifest for path in base_files() for manifest in read(path)]


def read_overlay(name: str) -> list[Manifest]:
    """
    What kubectl makes of an overlay.

    Raises:
        FileNotFoundError: no kubectl on PATH.
    """
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        raise FileNotFoundError("kubectl is not on PATH: overlays cannot be built here")
    return copy.deepcopy(_parsed(_build(kubectl, name)))


def pods(manifests: list[Manifest]) -> Iterator[Pod]:
    """The pods that these objects bring."""
    for manifest in manifests:
        if manifest["kind"] in WORKLOADS:
            template = manifest["spec"]["template"]
            claims = [claim["metadata"]["name"] for claim in manifest["spec"].get("volumeClaimTemplates", [])]
            yield Pod(title(manifest), template["metadata"]["labels"], template["spec"], tuple(claims))


def find(manifests: list[Manifest], kind: str, name: str) -> Manifest | None:
    """One object, or None."""
    return next((each for each in manifests if each["kind"] == kind and each["metadata"]["name"] == name), None)


def of_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    """All objects of a kind."""
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def title(manifest: Manifest) -> str:
    """Kind/name."""
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def matches(selector: dict[str, str], labels: dict[str, str]) -> bool:
    """Whether these matchLabels pick those labels. An empty selector picks everything."""
    return selector.items() <= labels.items()


def need(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    """One object. Raises LookupError when there is none."""
    found = find(manifests, kind, name)
    if found is None:
        raise LookupError(f"there is no {kind}/{name}")
    return found


def script(name: str) -> ModuleType:
    """A Python script that the manifests carry, such as "steward": a new module at each call, its main not yet run."""
    text = need(read_base(), "ConfigMap", "sentinel-db-scripts")["data"][f"{name}.py"]
    module = ModuleType(name)
    exec(compile(text, f"sentinel-db-scripts/{name}.py", "exec"), module.__dict__)  # noqa: S102 (our own text)
    return module


@cache
def _parsed(text: str) -> list[Manifest]:
    # PyYAML's C parser where it is: the pure one takes a second for the folder
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [manifest for manifest in yaml.load_all(text, Loader=loader) if manifest]


@cache
def _build(kubectl: str, name: str) -> str:
    command = [kubectl, "kustomize", "--load-restrictor=LoadRestrictionsNone", str(FOLDER / "overlays" / name)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout  # noqa: S603
