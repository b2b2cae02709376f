"""What GET /exposure answers. Amounts are text, in the reference currency; null means that there is no such cap."""

from gateway.api.reply import Reply


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
