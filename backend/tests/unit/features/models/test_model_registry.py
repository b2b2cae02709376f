"""Which models answer, remembered from what brains say of themselves, and told to people and to Prometheus."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from gateway.features.models.collector import ModelCollector
from gateway.features.models.comparison import ModelName, PairComparison
from gateway.features.models.service import ModelRegistry, Refused, Served
from gateway.kit.cached import Known
from protos import fraud_pb2
from tests.clock import Clock

NOW = datetime(2026, 1, 2, tzinfo=UTC)


class FakeBrains:
    """What each says when it is asked; who is not in it does not answer."""

    def __init__(self) -> None:
        self.saying: dict[str, fraud_pb2.ModelDescription] = {}

    async def describe(self) -> dict[str, fraud_pb2.ModelDescription]:
        """By address."""
        return dict(self.saying)


@pytest.fixture
def brains() -> FakeBrains:
    """None yet."""
    return FakeBrains()


@pytest.fixture
def clock() -> Clock:
    """A clock of this test."""
    return Clock()


@pytest.fixture
def registry(brains: FakeBrains, clock: Clock) -> ModelRegistry:
    """Asks when a test says so."""
    return ModelRegistry(brains.describe, clock)


def a_histogram(
    counts: Sequence[int], *, name: str = "amount", edges: Sequence[float] = (10.0,), shares: Sequence[float] = ()
) -> fraud_pb2.Histogram:
    """Two bins of equal expected shares, and unknown."""
    return fraud_pb2.Histogram(name=name, edges=edges, expected_shares=shares or (0.5, 0.5, 0.0), counts=counts)


def a_description(
    version: str = "1", *, live: Sequence[fraud_pb2.Histogram] = (), shadow: str | None = None
) -> fraud_pb2.ModelDescription:
    """Of a model with this version, and of the one in its shadow."""
    return fraud_pb2.ModelDescription(
        name="gbdt",
        version=version,
        sha256=f"hash of {version}",
        thresholds={"medium": 0.1, "high": 0.2, "critical": 0.5},
        trained_on="simulated payments",
        metrics={"ap": 0.75, "broken": float("nan")},
        live=live,
        shadow=None if shadow is None else a_description(shadow),
    )


async def test_both_models_of_a_brain_are_known(registry: ModelRegistry, brains: FakeBrains) -> None:
    """With all that was said, except what JSON cannot say."""
    brains.saying = {"b1": a_description(shadow="2")}

    await registry.ask()

    main, shadow = registry.in_service()
    assert (main.role, main.facts.version, main.brains) == ("main", "1", ("b1",))
    assert (shadow.role, shadow.facts.version, shadow.brains) == ("shadow", "2", ("b1",))
    assert dict(main.facts.metrics) == {"ap": 0.75}
    assert dict(main.facts.thresholds) == {"medium": 0.1, "high": 0.2, "critical": 0.5}


async def test_counts_of_brains_with_the_same_model_are_added(registry: ModelRegistry, brains: FakeBrains) -> None:
    """And of no other: another version has seen other payments."""
    brains.saying = {
        "b1": a_description(live=[a_histogram([1, 2, 3])]),
        "b2": a_description(live=[a_histogram([10, 20, 30])]),
        "b3": a_description("2", live=[a_histogram([5, 5, 5])]),
    }

    await registry.ask()

    found = {model.facts.version: (model.brains, model.facts.histograms[0].counts) for model in registry.in_service()}
    assert found == {"1": (("b1", "b2"), (11, 22, 33)), "2": (("b3",), (5, 5, 5))}


async def test_asking_again_does_not_add_a_brain_to_itself(registry: ModelRegistry, brains: FakeBrains) -> None:
    """Its newest word counts."""
    brains.saying = {"b1": a_description(live=[a_histogram([1, 2, 3])])}
    await registry.ask()
    brains.saying = {"b1": a_description(live=[a_histogram([2, 3, 4])])}

    await registry.ask()

    assert registry.in_service()[0].facts.histograms[0].counts == (2, 3, 4)


async def test_counts_in_other_bins_are_not_added(registry: ModelRegistry, brains: FakeBrains) -> None:
    """Bins with the same number are not the same bins."""
    brains.saying = {
        "b1": a_description(live=[a_histogram([1, 2, 3])]),
        "b2": a_description(live=[a_histogram([10, 20, 30], edges=[11.0])]),
    }

    await registry.ask()

    (model,) = registry.in_service()
    assert model.facts.histograms[0].counts == (1, 2, 3)


async def test_a_brain_that_answers_no_more_is_forgotten(
    registry: ModelRegistry, brains: FakeBrains, clock: Clock
) -> None:
    """Not at the first question that it misses, but within a minute."""
    brains.saying = {"b1": a_description(), "b2": a_description("2")}
    await registry.ask()
    del brains.saying["b1"]

    clock.now_s += 10
    await registry.ask()
    soon = [model.facts.version for model in registry.in_service()]
    clock.now_s += 30
    await registry.ask()

    assert soon == ["1", "2"]
    assert [model.facts.version for model in registry.in_service()] == ["2"]


@pytest.mark.parametrize(
    "histogram",
    [
        a_histogram([1, 2]),
        a_histogram([1, 2, 3, 4]),
        a_histogram([1, 2, 3], name=""),
        a_histogram([1, 2, 3], edges=[float("nan")]),
        a_histogram([1, 2, 3], shares=[0.5, float("inf"), 0.5]),
        a_histogram([1, 2, 3], shares=[1.5, -0.5, 0.0]),
        a_histogram([1, 2, 3, 4], edges=[2.0, 1.0], shares=[0.25] * 4),
    ],
    ids=["a bin short", "a bin too many", "no name", "NaN", "infinite", "negative", "descending"],
)
async def test_a_histogram_that_cannot_be_true_is_left_out(
    registry: ModelRegistry, brains: FakeBrains, histogram: fraud_pb2.Histogram
) -> None:
    """The model is known all the same."""
    brains.saying = {"b1": a_description(live=[histogram, a_histogram([1, 2, 3])])}

    await registry.ask()

    assert [one.counts for one in registry.in_service()[0].facts.histograms] == [(1, 2, 3)]


async def test_a_brain_that_does_not_name_its_model_is_no_model(registry: ModelRegistry, brains: FakeBrains) -> None:
    """Nothing could be said of it."""
    brains.saying = {"b1": fraud_pb2.ModelDescription()}

    await registry.ask()

    assert registry.in_service() == []


async def test_prometheus_is_told_the_same(registry: ModelRegistry, brains: FakeBrains) -> None:
    """Every family; an index only where there are rows enough for one; the disagreement of each pair."""
    brains.saying = {
        "b1": a_description(live=[a_histogram([300, 200, 0], name="risk_score"), a_histogram([500, 0, 0])], shadow="2"),
        "b2": a_description("3", live=[a_histogram([1, 1, 0])]),
    }
    await registry.ask()

    families = scrape(registry, a_comparison(disagreeing_share=0.125))

    assert families["sentinel_model_info"] == {
        ("gbdt", "1", "main", "hash of 1"): 1,
        ("gbdt", "2", "shadow", "hash of 2"): 1,
        ("gbdt", "3", "main", "hash of 3"): 1,
    }
    assert families["sentinel_model_drift_rows"] == {("gbdt", "1"): 500, ("gbdt", "3"): 2}
    assert families["sentinel_model_psi"].keys() == {("gbdt", "1", "risk_score"), ("gbdt", "1", "amount")}
    assert families["sentinel_model_psi"]["gbdt", "1", "risk_score"] == pytest.approx(0.0405, abs=1e-4)
    assert families["sentinel_shadow_disagreement_ratio"] == {("gbdt", "1", "gbdt", "2"): 0.125}


async def test_what_a_brain_serves_and_what_it_refuses_is_told(registry: ModelRegistry, brains: FakeBrains) -> None:
    """A promoted model that one of two brains cannot serve must not look as if it decided everywhere."""
    good, bad = a_description("2", shadow="3"), a_description("1")
    good.artifact = "a" * 64
    bad.refused.add(role="live", artifact="a" * 64, reason="other features")
    bad.is_unsure = True
    brains.saying = {"b1": good, "b2": bad}
    await registry.ask()

    assert registry.served() == [
        Served("b1", live="gbdt 2", shadow="gbdt 3", artifact="a" * 64, is_unsure=False),
        Served("b2", live="gbdt 1", shadow=None, artifact=None, is_unsure=True),
    ]
    assert registry.refused() == [Refused("b2", "live", "a" * 64, "other features")]
    assert scrape(registry, None)["sentinel_model_refused"] == {("live", "b2"): 1}


async def test_one_version_with_two_artifacts_is_one_series(registry: ModelRegistry, brains: FakeBrains) -> None:
    """Prometheus refuses a scrape that tells a series twice; the info tells them apart."""
    other = a_description(live=[a_histogram([7, 0, 0])])
    other.sha256 = "another hash"
    brains.saying = {"b1": a_description(live=[a_histogram([1, 0, 0])]), "b2": other}
    await registry.ask()

    families = scrape(registry, None)

    assert len(families["sentinel_model_info"]) == 2
    assert len(families["sentinel_model_drift_rows"]) == 1


def test_what_is_not_known_is_left_out(registry: ModelRegistry) -> None:
    """Before any brain answered, and while the ledger is away: a gap, never a zero."""
    families = scrape(registry, None)

    assert set(families) == {
        "sentinel_model_info", "sentinel_model_refused", "sentinel_model_drift_rows", "sentinel_model_psi",
        "sentinel_shadow_disagreement_ratio",
    }  # fmt: skip
    assert not any(families.values())


def scrape(registry: ModelRegistry, comparison: Known[list[PairComparison]] | None) -> dict[str, dict[object, float]]:
    """What Prometheus would read: values by label values, in the order in which the families declare them."""
    prometheus = CollectorRegistry()
    prometheus.register(ModelCollector(registry.in_service, registry.refused, lambda: comparison))
    order = ("model", "version", "role", "sha256", "of", "shadow_model", "shadow_version", "brain")
    return {
        family.name: {
            tuple(sample.labels[name] for name in order if name in sample.labels): sample.value
            for sample in family.samples
        }
        for family in text_string_to_metric_families(generate_latest(prometheus).decode())
    }


def a_comparison(*, disagreeing_share: float) -> Known[list[PairComparison]]:
    """Of versions 1 and 2."""
    pair = PairComparison(
        model=ModelName("gbdt", "1"),
        shadow=ModelName("gbdt", "2"),
        n=8,
        decisions={},
        disagreeing_share=disagreeing_share,
        mean_difference=0.0,
        correlation=None,
        score_edges=(),
        scores=(),
        shadow_scores=(),
        examples=(),
    )
    return Known(NOW, [pair])
