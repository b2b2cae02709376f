"""Kubernetes itself would take the manifests: checked against its own schemas, unknown fields refused."""

from collections.abc import Callable
from functools import cache

import kubernetes_validate.utils  # type: ignore[import-untyped]
import pytest

from tests.infra.k8s_breakages import put
from tests.infra.k8s_manifests import OVERLAYS, Manifest, base_files, read, read_base, read_overlay, title

# The oldest that README.md promises (single-pod volumes came to stay in it) and the newest of the package.
VERSIONS = ("1.29", "1.37")

# Read from disk once, not once an object: the definitions alone are megabytes.
kubernetes_validate.utils.schema_contents = cache(kubernetes_validate.utils.schema_contents)


def complaints(manifests: list[Manifest], version: str) -> list[str]:
    """What a Kubernetes of this version says to each object; nothing when it takes all."""
    said = []
    for manifest in manifests:
        try:
            judged_by = kubernetes_validate.validate(manifest, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            said.append(f"{title(manifest)}: {error.message}")
        else:
            assert judged_by == version  # the package falls back to an older one in silence
    return said


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("file_name", [path.name for path in base_files()])
def test_kubernetes_takes_a_file(file_name: str, version: str) -> None:
    """Each file holds objects, and all of them fit the schemas."""
    manifests = read(next(path for path in base_files() if path.name == file_name))

    said = complaints(manifests, version)

    assert manifests
    assert said == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kubernetes_takes_an_overlay(overlay: str, version: str) -> None:
    """What kubectl builds from an overlay fits the schemas too."""
    try:
        manifests = read_overlay(overlay)
    except FileNotFoundError as absent:
        pytest.skip(str(absent))

    said = complaints(manifests, version)

    assert said == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("breakage", "complaint"),
    [
        pytest.param(
            put("Deployment", "sentinel-brain", "spec.template.spec.containers.0.imagePullPolice", "Always"),
            "imagePullPolice",
            id="a misspelt field",
        ),
        pytest.param(
            put("Service", "sentinel-gateway", "spec.ports.0.port", "8000"), "8000", id="a port that is a word"
        ),
        pytest.param(
            put("StatefulSet", "sentinel-db", "spec.template.spec.containers.0.env.0.value", 5),
            "5 is not of type",
            id="a variable that is a number",
        ),
        pytest.param(
            put("HorizontalPodAutoscaler", "sentinel-brain", "spec.scaleTargetRef", {"kind": "Deployment"}),
            "'name' is a required property",
            id="a target without a name",
        ),
    ],
)
def test_the_schemas_refuse_a_broken_copy(
    breakage: Callable[[list[Manifest]], object], complaint: str, version: str
) -> None:
    """The check would see such a slip."""
    manifests = read_base()

    breakage(manifests)
    whole = read_base()
    said = complaints([each for each in manifests if each not in whole], version)

    assert any(complaint in each for each in said), said
