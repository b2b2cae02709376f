"""Our own rules for the manifests: all hold on what ships, and each is seen to fail on a copy that breaks it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.infra import k8s_access_policies as access
from tests.infra import k8s_pod_policies as pod_rules
from tests.infra import k8s_wiring_policies as wiring
from tests.infra.k8s_breakages import BREAKAGES
from tests.infra.k8s_dashboard_breakages import DASHBOARD_BREAKAGES
from tests.infra.k8s_manifests import OVERLAYS, Manifest, read_base, read_overlay

Policy = Callable[[list[Manifest]], list[str]]
POLICIES: dict[str, Policy] = {
    policy.__name__: policy for policy in (*pod_rules.POLICIES, *wiring.POLICIES, *access.POLICIES)
}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_what_kubectl_applies_keeps_the_policy(policy: Policy) -> None:
    """The folder as it ships draws no complaint."""
    manifests = read_base()

    complaints = policy(manifests)

    assert complaints == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_keeps_every_policy(overlay: str) -> None:
    """What kubectl builds from an overlay draws no complaint either."""
    try:
        manifests = read_overlay(overlay)
    except FileNotFoundError as absent:
        pytest.skip(str(absent))

    complaints = {name: policy(manifests) for name, policy in POLICIES.items()}

    assert {name: said for name, said in complaints.items() if said} == {}


@pytest.mark.parametrize(
    ("policy", "breakage", "complaint"),
    [pytest.param(*case, id=f"{case[0]}: {case[2]}") for case in (*BREAKAGES, *DASHBOARD_BREAKAGES)],
)
def test_a_policy_fails_on_a_broken_copy(policy: str, breakage: Callable[[Any], object], complaint: str) -> None:
    """The breakage draws the complaint that names it."""
    manifests = read_base()

    breakage(manifests)
    complaints = POLICIES[policy](manifests)

    assert any(complaint in each for each in complaints), complaints


def test_every_policy_is_seen_to_fail() -> None:
    """No policy is believed that was never broken."""
    broken = {case[0] for case in BREAKAGES}

    assert broken == set(POLICIES)
