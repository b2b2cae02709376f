"""
What Prometheus is told of the models: read from what is remembered at each scrape, kept in no counter of its own.

Every gateway tells the same, because the counts are the brains'. What is not known is left out: an
absent series is a gap in a graph, a zero would be a statement.
"""

from collections.abc import Callable, Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.features.models.comparison import PairComparison
from gateway.features.models.facts import stability_index
from gateway.features.models.service import InService, Refused
from gateway.kit.cached import Known

_MODEL = ("model", "version")


class ModelCollector(Collector):
    """Made for one registry."""

    def __init__(
        self,
        in_service: Callable[[], Sequence[InService]],
        refused: Callable[[], Sequence[Refused]],
        comparison: Callable[[], Known[list[PairComparison]] | None],
    ) -> None:
        """
        Args:
            in_service: the models that answer.
            refused: promoted models that brains cannot serve.
            comparison: the newest one; None when there is none.
        """
        self._in_service = in_service
        self._refused = refused
        self._comparison = comparison

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The families, as of now."""
        models = self._in_service()
        yield _info(models)
        yield _refusals(self._refused())
        yield from _drift(models)
        comparison = self._comparison()
        yield _disagreement(comparison.value if comparison else [])


def _info(models: Sequence[InService]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "sentinel_model_info",
        "1 for each model that answers (role main) or runs in shadow.",
        labels=[*_MODEL, "role", "sha256"],
    )
    for model in models:
        family.add_metric([model.facts.name, model.facts.version, model.role, model.facts.sha256], 1)
    return family


def _refusals(refused: Sequence[Refused]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "sentinel_model_refused",
        "1 for each promoted model that a brain cannot serve: the last one serves on there.",
        labels=["brain", "role", "artifact"],
    )
    for one in refused:
        family.add_metric([one.brain, one.role, one.artifact[:12]], 1)
    return family


def _drift(models: Sequence[InService]) -> Iterator[GaugeMetricFamily]:
    rows = GaugeMetricFamily(
        "sentinel_model_drift_rows",
        "Payments scored lately that sentinel_model_psi is taken of, all brains together.",
        labels=_MODEL,
    )
    psi = GaugeMetricFamily(
        "sentinel_model_psi",
        "Population stability index of scores and main features: below 0.1 stable, above 0.25 shifted.",
        labels=[*_MODEL, "of"],
    )
    shown = set[tuple[str, str]]()
    for model in models:
        names, histograms = (model.facts.name, model.facts.version), model.facts.histograms
        # two artifacts under one version would be one series shown twice, which Prometheus refuses
        if not histograms or names in shown:
            continue
        shown.add(names)
        rows.add_metric(names, histograms[0].rows)  # every row is counted in each of them
        for histogram in histograms:
            index = stability_index(histogram.expected_shares, histogram.counts)
            if index is not None:
                psi.add_metric([*names, histogram.name], index)
    yield rows
    yield psi


def _disagreement(pairs: Sequence[PairComparison]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "sentinel_shadow_disagreement_ratio",
        "Share of the newest payments on which the model in shadow would have decided otherwise.",
        labels=[*_MODEL, "shadow_model", "shadow_version"],
    )
    for pair in pairs:
        names = [pair.model.name, pair.model.version, pair.shadow.name, pair.shadow.version]
        family.add_metric(names, pair.disagreeing_share)
    return family
