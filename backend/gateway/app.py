"""The whole HTTP interface: every endpoint, errors in one form, and the document that describes them."""

from fastapi import Depends, FastAPI
from starlette.types import Lifespan

from gateway import VERSION
from gateway.api import me, metrics, problems
from gateway.api.guard import access_by_route, guard_documents
from gateway.api.methods import HeadAsGet, LastSlashIgnored
from gateway.api.metrics import RequestCounter
from gateway.api.reply import Problem, describe
from gateway.api.requests import refuse_foreign_pages
from gateway.api.security import describe_access
from gateway.features.alerts import api as alerts
from gateway.features.brains import api as brains
from gateway.features.brains import schemas as brain_replies
from gateway.features.exposure import api as exposure
from gateway.features.health import api as health
from gateway.features.keys import api as keys
from gateway.features.keys import schemas as key_schemas
from gateway.features.labels import api as labels
from gateway.features.ledger_status import api as ledger
from gateway.features.lists import api as lists
from gateway.features.models import api as models
from gateway.features.outages import api as outages
from gateway.features.outages import schemas as outage_replies
from gateway.features.people import api as people
from gateway.features.people import schemas as people_schemas
from gateway.features.people import sign_in_api as signing_in
from gateway.features.reviews import api as reviews
from gateway.features.reviews import schemas as review_replies
from gateway.features.stats import api as stats
from gateway.features.transactions import api as transactions
from gateway.features.transactions import schemas as replies
from gateway.features.transactions import submit

_RESOURCES = (
    submit, transactions, labels, reviews, lists, exposure, brains, outages, ledger, alerts, stats, models, health,
    metrics, me, keys, signing_in, people,
)  # fmt: skip
_DESCRIBED = (
    replies, labels, review_replies, alerts, lists, outage_replies, brain_replies, key_schemas, people_schemas,
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
    guard_documents(app)
    access_by_route(app.router.routes)  # raises, before anything is served
    app.router.redirect_slashes = False  # LastSlashIgnored says why
    describe(app, [Problem, *(model for schemas in _DESCRIBED for model in schemas.DOCUMENTED)])
    describe_access(app)
    app.add_middleware(HeadAsGet)
    app.add_middleware(LastSlashIgnored)
    app.add_middleware(RequestCounter, counter_of=metrics.request_counter_of)
    return app
