"""The whole HTTP interface: every endpoint, errors in one form, and the document that describes them."""

from fastapi import Depends, FastAPI
from starlette.types import Lifespan

from gateway import VERSION
from gateway.api import (
    alert_replies,
    alerts,
    circuit,
    exposure,
    faults,
    faults_replies,
    health,
    label_replies,
    labels,
    ledger,
    list_replies,
    lists,
    metrics,
    outage_replies,
    outages,
    problems,
    replies,
    review_replies,
    reviews,
    stats,
    submit,
    transactions,
)
from gateway.api.callers import refuse_foreign_pages
from gateway.api.methods import HeadAsGet, LastSlashIgnored
from gateway.api.openapi import describe
from gateway.api.reply import Problem
from gateway.metrics.requests import RequestCounter

_RESOURCES = (
    submit, transactions, labels, reviews, lists, exposure, circuit, outages, ledger, alerts, stats, health, faults,
    metrics,
)  # fmt: skip
_DESCRIBED = (
    replies, label_replies, review_replies, alert_replies, list_replies, outage_replies, faults_replies,
)  # fmt: skip
_OF_CHECKOUTS = (submit,)  # never refused for a header that a proxy in front of a shop may have changed

_DESCRIPTION = """
What carries an `ETag` is made for polling. With `If-None-Match` an answer that has not changed is 304.
"""


def create_api(lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """
    The routes, which find what they work with on `app.state.services`.

    Args:
        lifespan: Puts it there. Without one nothing is served, and `openapi()` still says what would be.
    """
    app = FastAPI(
        title="Sentinel",
        version=VERSION,
        summary="Approve, review or block, within the budget, whatever is broken.",
        description=_DESCRIPTION,
        lifespan=lifespan,
    )
    problems.install(app)
    for resource in _RESOURCES:
        guards = [] if resource in _OF_CHECKOUTS else [Depends(refuse_foreign_pages)]
        app.include_router(resource.router, dependencies=guards)
    app.router.redirect_slashes = False  # LastSlashIgnored says why
    describe(app, [Problem, *(model for schemas in _DESCRIBED for model in schemas.DOCUMENTED)])
    app.add_middleware(HeadAsGet)
    app.add_middleware(LastSlashIgnored)
    app.add_middleware(RequestCounter, counter_of=metrics.request_counter_of)
    return app
