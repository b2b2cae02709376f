"""GET /stats: figures for people. Nothing here is on the way of a verdict."""

import asyncio
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter

from gateway.access.declared import needs
from gateway.access.scopes import Scope
from gateway.api.polled import PolledRoute
from gateway.api.services import service
from gateway.features.budgets.schemas import to_budgets_out
from gateway.features.models.comparison import Judged, PairComparison
from gateway.features.models.facts import Histogram, reading, stability_index
from gateway.features.models.service import InService, ModelRegistry
from gateway.features.stats.outcomes import to_outcomes_out
from gateway.features.stats.schemas import (
    ComparisonOut,
    DriftOut,
    LabelledOut,
    LabelledPairOut,
    ModelInServiceOut,
    ModelsOut,
    PairOut,
    StatsOut,
)
from gateway.features.traffic.schemas import to_traffic_out
from gateway.features.traffic.service import Traffic
from gateway.kit.cached import Cached
from gateway.verdict.budgets.service import Budgets

router = APIRouter(tags=["operations"], route_class=PolledRoute)
BudgetsDep = Annotated[Budgets, service(Budgets)]
ComparisonDep = Annotated[Cached[list[PairComparison]], service(Cached[list[PairComparison]])]
LabelledDep = Annotated[Cached[Judged], service(Cached[Judged])]
ModelsDep = Annotated[ModelRegistry, service(ModelRegistry)]
TrafficDep = Annotated[Traffic, service(Traffic)]


@router.get("/stats")
@needs(Scope.OPS_READ)
async def stats(
    budgets: BudgetsDep, comparison: ComparisonDep, labelled: LabelledDep, models: ModelsDep, traffic: TrafficDep
) -> StatsOut:
    """
    Which models answer, how what they score has drifted, how a second model in shadow compares, and what labels say;
    how far their scores are acted on; how much is asked, how it is answered and how fast.

    Drift is the population stability index against what the model was judged on: below 0.1 stable, above 0.25
    shifted. `comparison` is at most 5 s old and `labelled` 30 s, or a minute while the ledger is slow; each is null
    while it does not answer. `budgets` and `traffic` are from memory: they wait for nobody.
    """
    compared, judged = await asyncio.gather(comparison.get(), labelled.get())
    return StatsOut(
        models=ModelsOut(
            in_service=[_to_model(model) for model in models.in_service()],
            comparison=compared
            and ComparisonOut(at=compared.at, pairs=[PairOut(**asdict(pair)) for pair in compared.value]),
            labelled=judged
            and LabelledOut(
                at=judged.at,
                pairs=[LabelledPairOut(**asdict(pair)) for pair in judged.value.pairs],
                outcomes=[to_outcomes_out(model, budgets.models) for model in judged.value.outcomes],
            ),
        ),
        budgets=to_budgets_out(budgets),
        traffic=to_traffic_out(traffic.report()),
    )


def _to_model(model: InService) -> ModelInServiceOut:
    facts = model.facts
    return ModelInServiceOut(
        role=model.role,
        name=facts.name,
        version=facts.version,
        sha256=facts.sha256,
        trained_on=facts.trained_on,
        thresholds=dict(facts.thresholds),
        metrics=dict(facts.metrics),
        brains=list(model.brains),
        drift=[_to_drift(histogram) for histogram in facts.histograms],
    )


def _to_drift(histogram: Histogram) -> DriftOut:
    index = stability_index(histogram.expected_shares, histogram.counts)
    return DriftOut(
        name=histogram.name,
        psi=index,
        reading=reading(index),
        rows=histogram.rows,
        edges=list(histogram.edges),
        expected_shares=list(histogram.expected_shares),
        counts=list(histogram.counts),
    )
