"""GET /exposure: how much may be approved without a score, and how much has been."""

from typing import Annotated

from fastapi import APIRouter

from gateway.access.declared import needs
from gateway.access.scopes import Scope
from gateway.api.guard import GuardedRoute
from gateway.api.reply import Reply
from gateway.api.services import service
from gateway.fallback.caps import Exposure
from gateway.fallback.service import PolicyFile
from money.currencies import REFERENCE_CURRENCY

router = APIRouter(tags=["operations"], route_class=GuardedRoute)
PolicyDep = Annotated[PolicyFile, service(PolicyFile)]
SpendingDep = Annotated[Exposure, service(Exposure)]


class PerTransactionOut(Reply):
    """Of one payment."""

    cap: str | None


class PerUserHourOut(Reply):
    """Of one user in an hour; `share` is what this gateway may approve of it."""

    cap: str | None
    share: str | None


class PerOutageOut(Reply):
    """Of all payments of an outage; `share` is what this gateway may approve of it."""

    cap: str | None
    share: str | None
    share_is_known: bool
    spent: str


class OtherQuotaOut(Reply):
    """Another gateway's part, as the ledger knew it `seen_s` ago; `is_returned`: that gateway is gone."""

    instance: str
    share: str
    spent: str
    seen_s: float
    is_returned: bool


class ExposureOut(Reply):
    """How much may be approved without a score, and how much has been."""

    reference_currency: str
    policy_version: str
    gateways_at_most: int
    gateways_seen: int
    per_transaction: PerTransactionOut
    per_user_hour: PerUserHourOut
    per_outage: PerOutageOut
    others: list[OtherQuotaOut]


@router.get("/exposure")
@needs(Scope.OPS_READ)
async def exposure(file: PolicyDep, spending: SpendingDep) -> ExposureOut:
    """
    The caps of the blind policy, this gateway's share of the cap per outage, and what it spent of that.

    Amounts are text, in `reference_currency`; null means that there is no such cap. `share_is_known` is false while
    this gateway may approve nothing: it has never held a share, or the ledger has been away for as long as a lease
    lasts. `others` is what the ledger last said of the other gateways, `seen_s` ago by then; what a gateway that is
    gone (`is_returned`) had spent counts until an outage is over.
    """
    policy, share = file.current, spending.share
    caps, gateways = policy.rules.caps, policy.rules.gateways
    others = spending.others
    return ExposureOut(
        reference_currency=REFERENCE_CURRENCY,
        policy_version=policy.version,
        gateways_at_most=gateways,
        gateways_seen=1 + sum(not lease.is_returned for lease in others),
        per_transaction=PerTransactionOut(cap=_maybe(caps.per_transaction)),
        per_user_hour=PerUserHourOut(
            cap=_maybe(caps.per_user_hour),
            share=None if caps.per_user_hour is None else _money(caps.per_user_hour // gateways),
        ),
        per_outage=PerOutageOut(
            cap=_maybe(share.cap),
            share=None if share.cap is None else _money(share.share),
            share_is_known=share.is_known,
            spent=_money(spending.spent),
        ),
        others=[
            OtherQuotaOut(
                instance=lease.instance,
                share=_money(lease.share),
                spent=_money(lease.spent),
                seen_s=round(lease.age_s, 1),
                is_returned=lease.is_returned,
            )
            for lease in others
        ],
    )


def _maybe(hundredths: int | None) -> str | None:
    return None if hundredths is None else _money(hundredths)


def _money(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"
